import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { answerOneOnce } from "#request-ids/answer-once.ts";
import type { RepeatableRequest, RequestIdUsed } from "#request-ids/request-id.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { parseLink } from "#values/link.ts";
import { cut, isIdentifier } from "#values/text.ts";
import { isFinal } from "#values/order-status.ts";
import { isScheduled } from "./change-schedule.ts";
import { postJudge } from "#orders/hold-rules/judge-post.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import { subscriptionOf } from "#orders/subscriptions/subscription.ts";
import { findKnownPosts, tallyPosts } from "./subscriptions.sql.ts";
import { takePost } from "./take-posts.ts";
import { kindOfSchedule, scheduleOf, turnSchedule } from "./turn-schedule.ts";

export type AnnouncePostRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "bad_link"; readonly field: "link" }
  | { readonly code: "link_refused"; readonly field: "link" }
  | { readonly code: "field_invalid"; readonly field: "id"; readonly expected: string }
  | { readonly code: "subscription_over" }
  | RequestIdUsed;

/** `known`: a call or the feed announced it before. It gets no second order. */
export type AnnouncedPost = "taken" | "known";

const idLengthMax = 1000;

/**
 * Takes a new post of a subscription from its customer. `postId` (or the link, if left out) makes
 * the call repeatable, in any spelling, and so does a request id. The order is made after the
 * subscription's delay.
 */
export async function announcePost(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
  post: { readonly link: string; readonly postId: string | undefined },
  request?: RepeatableRequest,
): Promise<Result<AnnouncedPost, AnnouncePostRefusal>> {
  const link = parseLink(post.link);
  if (link === undefined) return refused({ code: "bad_link", field: "link" });
  const id = post.postId ?? cut(link, idLengthMax);
  if (id.length > idLengthMax || !isIdentifier(id)) {
    const expected = `1 to ${idLengthMax} printable characters`;
    return refused({ code: "field_invalid", field: "id", expected });
  }
  const announce = async (tx: Tx): Promise<Result<AnnouncedPost, AnnouncePostRefusal>> => {
    const order = await lockOrder(tx, accountId, orderId);
    const isOne = order !== undefined && kindOfSchedule(order) === "subscription";
    if (!isOne || !(await isScheduled(tx, order))) return refused({ code: "order_unknown" });
    const key = { accountId, orderId };
    const schedule = await scheduleOf(tx, order);
    if ((await findKnownPosts(tx, key, [{ id, link }])).has(0)) return ok("known");
    const subscription = subscriptionOf(order);
    const { new_posts: newPosts } = await tallyPosts(tx, key);
    const isFull = newPosts >= (subscription.posts ?? Infinity);
    if (isFinal(order.status) || schedule.status === "stopped" || isFull) {
      return refused({ code: "subscription_over" });
    }
    const rule = (await postJudge(tx, order))(link);
    if (rule?.decision === "refuse") {
      return refused({ code: "link_refused", field: "link" });
    }
    await takePost(tx, order, subscription, { id, link, is: "new" });
    const inSeconds = await turnSchedule(tx, order);
    if (inSeconds !== undefined) {
      await setTask(tx, { ...key, providerId: order.providerId, kind: "run", inSeconds });
    }
    return ok("taken");
  };
  return inTransaction(ctx, (tx) =>
    answerOneOnce(tx, request, orderId, readAnnounced, () => announce(tx)),
  );
}

function readAnnounced(stored: unknown): AnnouncedPost | undefined {
  return stored === "taken" || stored === "known" ? stored : undefined;
}
