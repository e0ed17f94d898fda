import { audit } from "#audit/audit.sql.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { listOrdersWithTask, setTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { actorName } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { findSchedule, listSchedulesOf, updateSchedule } from "./schedules.sql.ts";
import type { Schedule, ScheduleKind } from "./schedules.sql.ts";
import { subscriptions } from "#orders/service-types/subscriptions.ts";
import { retryFeed } from "./feed-state.sql.ts";
import { tellSubscription, viewSubscription } from "./tell-subscription.ts";
import { kindOfSchedule, scheduleOf, turnSchedule } from "./turn-schedule.ts";

export type ScheduleChange = "pause" | "resume" | "cancel";

export type ChangeScheduleRefusal =
  | { readonly code: "schedule_unknown"; readonly kind: ScheduleKind }
  | { readonly code: "schedule_ended"; readonly kind: ScheduleKind }
  // The protocol between panels has no pause, and staff's decision does not reach the provider.
  | {
      readonly code: "schedule_upstream";
      readonly kind: ScheduleKind;
      readonly change: ScheduleChange;
    };

export type ChangedSchedule = { readonly order: Order; readonly schedule: Schedule };

/**
 * Pauses, resumes or cancels an order that the panel runs, on an operator's word. Cancelling makes
 * no further run and refunds at once what was not run yet. The run under way ends as it ends.
 * Repeating a change has no effect.
 */
export async function changeSchedule(
  ctx: Context,
  actor: Actor,
  kind: ScheduleKind,
  id: OrderId,
  change: ScheduleChange,
): Promise<Result<ChangedSchedule, ChangeScheduleRefusal>> {
  authorize(actor, "orders.schedule");
  return inTransaction(ctx, async (tx) => {
    const found = await findOrder(tx, id);
    const order = found && (await lockOrder(tx, found.accountId, id));
    if (order === undefined || kindOfSchedule(order) !== kind) {
      return refused({ code: "schedule_unknown", kind });
    }
    if (!(await isScheduled(tx, order))) {
      if (!(await isRunUpstream(tx, order))) return refused({ code: "schedule_unknown", kind });
      const isOver = isFinal(order.status);
      return refused(
        isOver ? { code: "schedule_ended", kind } : { code: "schedule_upstream", kind, change },
      );
    }
    if (isFinal(order.status)) return refused({ code: "schedule_ended", kind });
    const before = await scheduleOf(tx, order);
    const seen = await viewSubscription(tx, order);
    const after = { ...before, ...changed(before, change, actor) };
    await updateSchedule(tx, after);
    if (change === "resume" && before.reason === "feed") await retryFeed(tx, before);
    await takeTurn(tx, order);
    // The turn has already told of what it changed itself.
    const isPausing = change !== "cancel" && kind === "subscription";
    if (isPausing) await tellSubscription(tx, order, seen);
    const done = (await lockOrder(tx, order.accountId, id)) ?? order;
    await audit(tx, {
      actor,
      action: `${kind}.${change}`,
      subject: `order:${id}`,
      before: { status: before.status, reason: before.reason, order: order.status },
      after: { status: after.status, reason: after.reason, order: done.status },
    });
    return ok({ order: done, schedule: after });
  });
}

/**
 * Cancels what the panel runs for a locked order, as `changeSchedule` does. False where the order
 * makes no others: then nothing was done. `by` is who asked.
 */
export async function cancelSchedule(tx: Tx, order: Order, by: Actor): Promise<boolean> {
  if (isFinal(order.status) || !(await isScheduled(tx, order))) return false;
  const schedule = await scheduleOf(tx, order);
  if (schedule.status === "stopped") return true;
  await updateSchedule(tx, { ...schedule, ...changed(schedule, "cancel", by) });
  await takeTurn(tx, order);
  return true;
}

/** True for an order that the panel carries out by orders of its own. */
export async function isScheduled(tx: Tx, { accountId, id }: Order): Promise<boolean> {
  return (await listScheduled(tx, accountId, [id])).has(id);
}

/** Those of the account's orders that the panel carries out by orders of its own. */
export async function listScheduled(
  tx: Tx,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<ReadonlySet<OrderId>> {
  const scheduled = new Set(await listOrdersWithTask(tx, accountId, ids, "run"));
  for (const { orderId, isMirrored } of await listSchedulesOf(tx, accountId, ids)) {
    if (isMirrored) scheduled.delete(orderId);
    else scheduled.add(orderId);
  }
  return scheduled;
}

/** True for a drip-feed or subscription that was, or is about to be, sent to its provider whole. */
async function isRunUpstream(tx: Tx, order: Order): Promise<boolean> {
  const { accountId, id, parentId, held, runs, serviceId } = order;
  if (parentId !== undefined || held !== undefined) return false;
  if (runs !== undefined || (await findSchedule(tx, accountId, id))?.isMirrored === true)
    return true;
  return (await findService(tx, serviceId))?.type === subscriptions.wireName;
}

function changed(
  { status, reason }: Schedule,
  change: ScheduleChange,
  by: Actor,
): Pick<Schedule, "status" | "reason"> {
  if (status === "stopped" || status === "done") return { status, reason };
  switch (change) {
    case "pause":
      return { status: "paused", reason: actorName(by) };
    case "resume":
      return { status: "active", reason: undefined };
    case "cancel":
      return { status: "stopped", reason: actorName(by) };
  }
}

/** The consequences follow at once, not when a worker comes by. */
async function takeTurn(tx: Tx, order: Order): Promise<void> {
  const inSeconds = await turnSchedule(tx, order);
  if (inSeconds === undefined) return;
  const { accountId, id: orderId, providerId } = order;
  await setTask(tx, { accountId, orderId, providerId, kind: "run", inSeconds });
}
