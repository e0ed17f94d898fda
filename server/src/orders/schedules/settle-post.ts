import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { closeDeskEntries } from "#orders/desk.sql.ts";
import { findOpenPost, listOpenPosts, stepMirroredPost } from "./mirrored-posts.sql.ts";
import type { PostStep } from "./mirrored-posts.sql.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { subscriptionOf } from "#orders/subscriptions/subscription.ts";

export type SettlePostRefusal =
  | { readonly code: "post_unknown"; readonly providerOrder: string }
  | { readonly code: "post_quantity_invalid"; readonly min: number; readonly max: number };

/**
 * Sets, on an operator's word, the quantity of an order that a provider made for a subscription. It
 * is created and charged here with the provider's next answer. `undefined`: it came to nothing and
 * is not charged. The quantity must lie within what the customer ordered.
 */
export async function settlePost(
  ctx: Context,
  actor: Actor,
  id: OrderId,
  providerOrder: string,
  quantity: number | undefined,
): Promise<Result<Order, SettlePostRefusal>> {
  authorize(actor, "orders.settle");
  return inTransaction(ctx, async (tx) => {
    const found = await findOrder(tx, id);
    const order = found && (await lockOrder(tx, found.accountId, id));
    if (order === undefined) return refused({ code: "post_unknown", providerOrder });
    const { accountId, providerId } = order;
    const key = { accountId, orderId: id };
    const post = await findOpenPost(tx, key, providerOrder);
    if (post === undefined || post.status === "waiting") {
      return refused({ code: "post_unknown", providerOrder });
    }
    const { min, max } = subscriptionOf(order);
    if (quantity !== undefined && (quantity < min || quantity > max)) {
      return refused({ code: "post_quantity_invalid", min, max });
    }
    const step: PostStep =
      quantity === undefined ? { status: "void" } : { status: "waiting", quantity };
    await stepMirroredPost(tx, key, providerOrder, step);
    await setTask(tx, { ...key, providerId, kind: "poll", inSeconds: 0 });
    const left = await listOpenPosts(tx, key);
    if (!left.some((each) => each.status === "unclear")) {
      const decision = "staff said how much every order is for";
      const reasons = ["post_unclear"] as const;
      await closeDeskEntries(tx, accountId, id, { by: actor, decision, reasons });
    }
    await audit(tx, {
      actor,
      action: "subscription.post",
      subject: `order:${id}`,
      before: { providerOrder, status: post.status, problem: post.problem },
      after: step,
    });
    return ok(order);
  });
}
