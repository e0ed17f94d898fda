import { changeService } from "#catalog/change-service.ts";
import { changeSetting } from "#catalog/change-setting.ts";
import { setCustomRate } from "#catalog/set-custom-rate.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { changeSchedule } from "#orders/schedules/change-schedule.ts";
import { addHoldRule, removeHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import { refuseOrder, releaseOrder } from "#orders/hold-rules/decide-held.ts";
import { listHoldRules } from "#orders/hold-rules/hold-rules.sql.ts";
import type { HoldCondition } from "#orders/hold-rules/rule.ts";
import { resendOrder } from "#orders/dispatch/resend-order.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleCancel } from "#orders/requests/settle-cancel.ts";
import { settleRefill } from "#orders/requests/settle-refill.ts";
import { recordAdjustment } from "#payments/record-adjustment.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { holdByOperator, releaseByOperator } from "#providers/upkeep/hold-by-operator.ts";
import { commandLineActor } from "#values/actor.ts";
import type { CancelId, OrderId, RefillId } from "#values/ids.ts";
import { amount } from "#test/panel.ts";
import { pickOrder } from "./customers.ts";
import type { Deed } from "./customers.ts";
import { listUnknown, settleHonestly } from "./settle.ts";

const actor = commandLineActor("operator");

/** Gives or takes money, under a key that is sometimes used twice. */
export const moveMoney: Deed = async ({ ctx, random, memory, buyers }) => {
  const { accountId } = random.pick(buyers);
  const idempotencyKey = `money ${random.chance(0.2) ? Math.floor(memory.links / 20) : memory.links}`;
  if (random.chance(0.6)) {
    const payment = { accountId, amount: amount(String(random.int(1, 60))), idempotencyKey };
    const paid = await recordDeposit(ctx, actor, payment);
    return `deposit: ${paid.ok ? "booked" : paid.refusal.code}`;
  }
  const change = amount(String(random.int(-30, 20)));
  const adjusted = await recordAdjustment(ctx, actor, {
    accountId,
    change,
    idempotencyKey: `adjust ${idempotencyKey}`,
    reason: "simulated",
  });
  return `adjust: ${adjusted.ok ? "booked" : adjusted.refusal.code}`;
};

/** Changes what a customer pays, or how low their balance may go. */
export const changeTerms: Deed = async (world) => {
  const { ctx, random, memory } = world;
  const { accountId } = random.pick(world.buyers);
  if (random.chance(0.3)) {
    const { id } = random.pick(world.services);
    const percent = amount(String(random.int(50, 150)));
    const rate = random.chance(0.3) ? undefined : ({ kind: "percent", percent } as const);
    const set = await setCustomRate(ctx, actor, accountId, id, rate);
    return `custom rate: ${set.ok ? "set" : set.refusal.code}`;
  }
  const floor = random.pick(["0", "0", "-5", "-100"]);
  const changed = await changeCustomer(ctx, actor, accountId, {
    floor: amount(floor),
    discountPercent: amount(String(random.int(0, 30))),
  });
  if (!changed.ok) return `terms: ${changed.refusal.code}`;
  const mark = memory.accounts.get(accountId);
  if (mark !== undefined) mark.floor = changed.value.floor;
  return "terms";
};

/** Changes a price, or takes a service off sale and puts it back. */
export const changeOffer: Deed = async ({ ctx, context, random, services }) => {
  const { id } = random.pick(services);
  const rate = amount(`${random.int(0, 3)}.${random.int(10_000, 99_999)}`);
  const isEnabled = !random.chance(0.15);
  const changed = await changeService(ctx, actor, id, () => ({ rate, isEnabled }));
  // This process notices a little later, as a real one would.
  if (random.chance(0.7)) await context.catalog.refresh();
  return `offer: ${changed.ok ? "changed" : changed.refusal.code}`;
};

/** Moves an order by hand, legally or not. */
export const moveByHand: Deed = async ({ ctx, random, memory }) => {
  const order = pickOrder(random, memory.recent);
  if (order === undefined) return "set order: nothing";
  const status = random.pick([
    "pending",
    "processing",
    "in_progress",
    "completed",
    "partial",
    "canceled",
    "none",
  ] as const);
  const move = {
    ...(status !== "none" && { status }),
    ...(random.chance(0.6) && { remains: random.int(-5, 400) }),
    ...(random.chance(0.3) && { startCount: random.int(0, 5000) }),
  };
  const moved = await setOrder(ctx, actor, order.id, move);
  if (!moved.ok) return `set order: ${moved.refusal.code}`;
  memory.byHand.add(order.id);
  return `set order: ${status}`;
};

/** Sends a failed order again, or tries to with one that has not failed. */
export const resend: Deed = async ({ ctx, random, memory }) => {
  const { rows } = await ctx.db.query<{ order_id: OrderId }>(
    `select order_id from desk_entries
      where closed_at is null and reason in ('failed', 'link_waits')
      order by opened_at, id limit 20`,
  );
  const failed = rows.length > 0 && !random.chance(0.2);
  const id = failed ? random.pick(rows).order_id : pickOrder(random, memory.recent)?.id;
  if (id === undefined) return "resend: nothing";
  const sent = await resendOrder(ctx, actor, id);
  return `resend: ${sent.ok ? "sent" : sent.refusal.code}`;
};

/** Looks up an order of unknown outcome at its provider, and settles it accordingly. */
export const settle: Deed = async (world) => {
  const unknown = await listUnknown(world.ctx, 20);
  if (unknown.length === 0) return "settle: nothing";
  return settleHonestly(world, world.random.pick(unknown));
};

/** Pauses, resumes or cancels what the panel runs. What would never end is cancelled. */
export const changeRuns: Deed = async ({ ctx, random, memory }) => {
  for (const { id, kind } of memory.forgotten.splice(0)) {
    await changeSchedule(ctx, actor, kind === "drip_feed" ? kind : "subscription", id, "cancel");
  }
  const scheduled = memory.recent.filter(
    ({ kind }) => kind === "drip_feed" || kind === "subscription",
  );
  const order = pickOrder(random, scheduled);
  if (order === undefined) return "schedule: nothing";
  const kind = order.kind === "drip_feed" ? "drip_feed" : "subscription";
  const change = random.pick(["pause", "resume", "resume", "cancel"] as const);
  const changed = await changeSchedule(ctx, actor, kind, order.id, change);
  if (changed.ok && change === "pause" && random.chance(0.5)) memory.forgotten.push(order);
  return `schedule ${change}: ${changed.ok ? "done" : changed.refusal.code}`;
};

/** Decides about an order that waits for a review. */
export const review: Deed = async ({ ctx, random, memory }) => {
  const { rows } = await ctx.db.query<{ id: OrderId }>(
    "select id from orders where held is not null and status = 'pending' order by id limit 20",
  );
  const isHeld = rows.length > 0 && !random.chance(0.1);
  const id = isHeld ? random.pick(rows).id : pickOrder(random, memory.recent)?.id;
  if (id === undefined) return "review: nothing";
  const decide = random.chance(0.6) ? releaseOrder : refuseOrder;
  const decided = await decide(ctx, actor, id);
  return `review: ${decided.ok ? decide.name : decided.refusal.code}`;
};

/** Answers a request to cancel or to refill. */
export const answerRequest: Deed = async ({ ctx, random, memory }) => {
  if (random.chance(0.5)) {
    const { rows } = await ctx.db.query<{ id: CancelId; order_id: OrderId }>(
      random.chance(0.9)
        ? "select id, order_id from cancels where status = 'pending' order by id limit 5"
        : "select id, order_id from cancels order by id desc limit 5",
    );
    if (rows.length === 0) return "answer cancel: nothing";
    const status = random.pick(["completed", "rejected"] as const);
    const { id, order_id: orderId } = random.pick(rows);
    const settled = await settleCancel(ctx, actor, id, status);
    if (settled.ok && status === "completed") memory.byHand.add(orderId);
    return `answer cancel: ${settled.ok ? status : settled.refusal.code}`;
  }
  const { rows } = await ctx.db.query<{ id: RefillId }>(
    random.chance(0.9)
      ? `select id from refills where status in ('pending', 'in_progress') order by id limit 5`
      : "select id from refills order by id desc limit 5",
  );
  if (rows.length === 0) return "answer refill: nothing";
  const status = random.pick(["in_progress", "completed", "rejected", "error"] as const);
  const settled = await settleRefill(ctx, actor, random.pick(rows).id, status);
  return `answer refill: ${settled.ok ? status : settled.refusal.code}`;
};

/** Holds and releases providers, and sets what becomes of refused orders. */
export const changePanel: Deed = async ({ ctx, random, sly }) => {
  const id = random.pick([...sly.keys()]);
  if (random.chance(0.15)) {
    await holdByOperator(ctx, actor, id, "simulated");
    return "hold provider";
  }
  if (random.chance(0.8)) {
    await releaseByOperator(ctx, actor, id);
    return "release provider";
  }
  const becomes = random.pick(["desk", "refund"]);
  const changed = await changeSetting(ctx, actor, "refused_orders", becomes);
  return `refused orders: ${changed.ok ? becomes : changed.refusal.code}`;
};

/** Adds a rule that holds or refuses orders, or takes one away. */
export const changeRules: Deed = async ({ ctx, context, random }) => {
  const rules = await listHoldRules(ctx.db);
  if (rules.length > 0 && random.chance(0.6)) {
    await removeHoldRule(ctx, actor, random.pick(rules).id);
    await context.holds.refresh();
    return "remove rule";
  }
  const conditions: readonly HoldCondition[] = [
    { kind: "deny_link", match: "path", pattern: `example.com/p/${random.int(0, 9)}*` },
    { kind: "velocity", orders: random.int(5, 40), spend: undefined },
    { kind: "first_deposit", hours: 48, above: amount("0.5") },
    { kind: "same_link", minutes: 60 },
  ];
  const added = await addHoldRule(ctx, actor, {
    condition: random.pick(conditions),
    decision: random.chance(0.8) ? "hold" : "refuse",
    serviceId: undefined,
    reason: "simulated",
    expiresAt: undefined,
    createdBy: actor,
  } as Parameters<typeof addHoldRule>[2]);
  await context.holds.refresh();
  return `rule: ${added.ok ? added.value.kind : added.refusal.code}`;
};
