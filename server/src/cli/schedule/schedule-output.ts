import { changeSchedule } from "#orders/schedules/change-schedule.ts";
import type { ScheduleChange } from "#orders/schedules/change-schedule.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { listSchedules } from "#orders/schedules/schedules.sql.ts";
import type { RunRow, Schedule, ScheduleKind } from "#orders/schedules/schedules.sql.ts";
import { amountFromDecimal, subtract } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given, OpenPanel } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { currencyOf, customerOf, limitOption, money, orderJson } from "#cli/kit/shared.ts";

// What the commands of drip-feeds and of subscriptions have in common.

const nouns = { drip_feed: "dripfeed", subscription: "subscription" } as const;

/** `dripfeed pause` and its like. */
export function changeCommand(
  kind: ScheduleKind,
  change: ScheduleChange,
  words: { readonly summary: string; readonly done: string },
): CliCommand {
  return {
    name: `${nouns[kind]} ${change}`,
    summary: words.summary,
    options: [orderId],
    positions: [orderId],
    run: async (panel, given) => {
      const open = await panel.open();
      const done = await changeSchedule(open.ctx, open.actor, kind, given(orderId), change);
      if (!done.ok) return refuse(done.refusal);
      const { order, schedule } = done.value;
      const { refunded, charge } = order;
      const effect =
        charge === 0n
          ? ""
          : ` ${money(refunded)} of ${money(charge)} ${await currencyOf(open)} is refunded.`;
      return answer(
        scheduleJson(schedule, order),
        `Order ${order.id} is ${words.done}; it stands at ${wireStatus[order.status]}.${effect}`,
      );
    },
  };
}

const email = optional("--email <address>", "only this customer's", filledText);
const all = flag("--all", "those that have ended as well");
const limit = limitOption(100);

/** `dripfeed list` and its like. */
export function listCommand(kind: ScheduleKind, summary: string): CliCommand {
  return {
    name: `${nouns[kind]} list`,
    summary,
    options: [email, all, limit],
    run: async (panel, given) => {
      const open = await panel.open();
      const found = await readList(open, kind, given);
      if (!found.ok) return found;
      const rows = found.value.map(({ schedule, order }) => [
        order.id,
        order.accountId,
        order.serviceId,
        schedule.status,
        wireStatus[order.status],
        order.runs,
        order.intervalMinutes,
        order.remains,
        money(subtract(order.charge, order.refunded)),
        schedule.status === "active" ? shownTime(schedule.nextAt) : (schedule.reason ?? ""),
        order.link,
      ]);
      const headers = ["order>", "customer>", "service>", "state", "status", "runs>", "minutes>"];
      return answer(
        found.value.map(({ schedule, order }) => scheduleJson(schedule, order)),
        table([...headers, "remains>", "charge>", "next (UTC)", "link"], rows, "None."),
      );
    },
  };
}

async function readList({ ctx, ...open }: OpenPanel, kind: ScheduleKind, given: Given) {
  const address = given(email);
  const customer = address === undefined ? undefined : await customerOf({ ctx, ...open }, address);
  if (customer !== undefined && !customer.ok) return customer;
  const schedules = await listSchedules(ctx.db, kind, {
    ...(customer === undefined ? {} : { accountId: customer.value.accountId }),
    withDone: given(all),
    limit: given(limit),
  });
  const orders = await listOrdersByKey(ctx.db, schedules);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const value = schedules.flatMap((schedule) => {
    const order = byId.get(schedule.orderId);
    return order === undefined ? [] : [{ schedule, order }];
  });
  return { ok: true, value } as const;
}

/** A schedule with its order, for programs. */
export function scheduleJson(schedule: Schedule, order: Order): Record<string, unknown> {
  return {
    ...orderJson(order),
    state: schedule.status,
    reason: schedule.reason ?? null,
    next: schedule.status === "active" ? schedule.nextAt : null,
  };
}

/** The orders that it made, for people and programs. */
export function runsTable(runs: readonly RunRow[]): string {
  const rows = runs.map((run) => [
    run.run,
    run.id,
    wireStatus[run.status],
    run.quantity,
    run.remains,
    run.start_count ?? undefined,
    money(amountFromDecimal(run.charge)),
    shownTime(run.created_at),
    run.link,
  ]);
  const headers = ["run>", "order>", "status", "quantity>", "remains>", "start>", "charge>"];
  return table([...headers, "made (UTC)", "link"], rows, "No order was made yet.");
}

export function runJson(run: RunRow): Record<string, unknown> {
  return {
    run: run.run,
    order: run.id,
    status: wireStatus[run.status],
    quantity: run.quantity,
    remains: run.remains,
    start_count: run.start_count,
    charge: money(amountFromDecimal(run.charge)),
    link: run.link,
    created: run.created_at,
  };
}
