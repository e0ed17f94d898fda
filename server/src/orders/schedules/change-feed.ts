import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { parseUrl } from "#outgoing/send-request.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { isScheduled } from "./change-schedule.ts";
import type { ChangeScheduleRefusal } from "./change-schedule.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { updateSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";
import { findFeed, startFeed } from "./feed-state.sql.ts";
import { kindOfSchedule, scheduleOf } from "./turn-schedule.ts";

export type ChangeFeedRefusal = ChangeScheduleRefusal | { readonly code: "feed_url_invalid" };

const urlLengthMax = 2048;
const kind = "subscription";

/**
 * Sets where a subscription's posts are announced. `undefined`: only by calls of its customer.
 * Posts in the new feed at its first reading count as already there.
 */
export async function changeFeed(
  ctx: Context,
  actor: Actor,
  id: OrderId,
  url: string | undefined,
): Promise<Result<{ order: Order; schedule: Schedule }, ChangeFeedRefusal>> {
  authorize(actor, "orders.schedule");
  if (url !== undefined && (parseUrl(url) === undefined || url.length > urlLengthMax)) {
    return refused({ code: "feed_url_invalid" });
  }
  return inTransaction(ctx, async (tx) => {
    const found = await findOrder(tx, id);
    const order = found && (await lockOrder(tx, found.accountId, id));
    if (order === undefined || !(await isScheduled(tx, order)) || kindOfSchedule(order) !== kind) {
      return refused({ code: "schedule_unknown", kind });
    }
    if (isFinal(order.status)) return refused({ code: "schedule_ended", kind });
    const schedule = await scheduleOf(tx, order);
    const before = await findFeed(tx, schedule);
    await startFeed(tx, schedule, url);
    if (schedule.reason === "feed") {
      await updateSchedule(tx, { ...schedule, status: "active", reason: undefined });
    }
    const { accountId, providerId } = order;
    await setTask(tx, { accountId, orderId: id, providerId, kind: "run", inSeconds: 0 });
    await audit(tx, {
      actor,
      action: "subscription.set",
      subject: `order:${id}`,
      before: { feed: before?.url },
      after: { feed: url },
    });
    return ok({ order, schedule });
  });
}
