import { randomUUID } from "node:crypto";
import type { Tx } from "#database/transaction.ts";
import { chargePerThousand, costPerThousand, effectiveRate } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Order } from "#orders/orders.sql.ts";
import { placeOrderBatch } from "#orders/placing/place-orders.sql.ts";
import type { OrderOutcome } from "#orders/placing/place-orders.sql.ts";
import { priceOfPosts } from "#orders/subscriptions/post-price.ts";
import type { DuePost } from "./subscriptions.sql.ts";

/** `not_sold`: the service is disabled, or not sold to this customer at its current price. */
export type PostOutcome = OrderOutcome["code"] | "not_sold";

export type PostToOrder = Pick<DuePost, "link" | "quantity"> & {
  /** Why its order waits for a review; orders of test accounts never do. */
  readonly held?: string;
};

/** The result for a post: the order that it got, or why it got none. */
export type PlacedPost = OrderOutcome | { readonly code: "not_sold"; readonly orderId?: undefined };

/**
 * Makes the order of a locked subscription's post, charged at the current price, in the caller's
 * transaction: either the post has its order and the customer has paid, or neither. The number is
 * unique, so a post is ordered once. Locks the account.
 */
export async function orderPost(
  tx: Tx,
  parent: Order,
  post: PostToOrder,
  number: number,
): Promise<PostOutcome> {
  return (await placePostOrder(tx, parent, post, number)).code;
}

/**
 * The same, with the order's id. `rateAnyway` is the price where the service is not sold now. It is
 * for orders that a provider has already made and will charge.
 */
export async function placePostOrder(
  tx: Tx,
  parent: Order,
  post: PostToOrder,
  number: number,
  rateAnyway?: Amount,
): Promise<PlacedPost> {
  const { accountId } = parent;
  const price = await priceOfPosts(tx, parent);
  if (price === undefined) return { code: "not_sold" };
  const { service, terms, rate: rateNow } = price;
  if (!service.isEnabled && rateAnyway === undefined) return { code: "not_sold" };
  const rate = rateNow ?? (rateAnyway && effectiveRate(rateAnyway));
  if (rate === undefined) return { code: "not_sold" };
  const [outcome] = await placeOrderBatch(tx, randomUUID(), [
    {
      accountId,
      keyId: undefined,
      keyVersion: undefined,
      serviceId: service.id,
      serviceVersion: service.version,
      priceVersion: terms.priceVersion,
      quantity: post.quantity,
      runs: undefined,
      intervalMinutes: undefined,
      rate,
      charge: chargePerThousand(rate, post.quantity),
      cost: service.cost && costPerThousand(service.cost, post.quantity),
      link: post.link,
      fields: null,
      requestId: null,
      requestHash: null,
      parent: { orderId: parent.id, run: number },
      source: "subscription",
      ...(post.held !== undefined && terms.ratesOf === accountId && { held: post.held }),
    },
  ]);
  if (outcome === undefined) throw new Error("a batch of one order without an outcome");
  return outcome;
}
