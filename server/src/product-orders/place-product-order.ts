import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import {
  brokenConstraint,
  inTransaction,
  isConnectionLoss,
  OutcomeUnknown,
} from "#database/transaction.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import { findProductOrderByRequest } from "./place-product-order.sql.ts";
import type { EarlierProductOrder } from "./place-product-order.sql.ts";
import type { ProductContext } from "./product-context.ts";
import { answerPurpose } from "./product-orders.sql.ts";
import { readProductOrder } from "./read-product-order.ts";
import type {
  PlaceProductOrderRefusal,
  ProductOrderInput,
  ProductOrderRequest,
} from "./read-product-order.ts";
import { sellProduct } from "./sell-product.ts";
import type { ProductBuyer, Sale } from "./sell-product.ts";

const attemptsMax = 8;
const pauseMs = 250;

export type PlacedProductOrder = {
  readonly orderId: ProductOrderId;
  /** True where the same request had placed the order before. Nothing was charged again. */
  readonly isReplay: boolean;
};

type Placed = Result<PlacedProductOrder, PlaceProductOrderRefusal>;

/**
 * Buys digital goods: charge, order and delivery in one transaction, or none of them. Items from
 * the stock are delivered at once; what staff or a provider deliver stays pending. A request id
 * makes the call repeatable: the same request returns the same order, whatever became of the
 * product. Throws `OutcomeUnknown` where nobody can say.
 */
export async function placeProductOrder(
  context: ProductContext,
  buyer: ProductBuyer,
  input: ProductOrderInput,
): Promise<Placed> {
  const { ctx } = context;
  const read = readProductOrder(input);
  if (!read.ok) return read;
  const request = read.value;
  const secrets = await findSecrets(ctx);
  const placed = await context.limiter.run(request.productId, () =>
    placeSurely({ ctx, buyer, request, secrets }),
  );
  if (placed.ok) return placed;
  // A refused request may have been placed before: it may itself have taken the stock and the
  // money.
  return (await findReplay(ctx, buyer, request, secrets)) ?? placed;
}

/** `undefined`, with a log line for staff, where the encryption key is missing. */
async function findSecrets(ctx: Context): Promise<Secrets | undefined> {
  try {
    return await ctx.secrets();
  } catch (error) {
    if (!(error instanceof SecretsUnavailable)) throw error;
    ctx.log.error({ error }, "digital goods are not sold: the encryption key is not here");
    return undefined;
  }
}

/**
 * Sells even through lost connections. The outcome of a commit is always found out
 * (`inTransaction`), so a failed sale was not made and may be tried again.
 */
async function placeSurely(given: Sale): Promise<Placed> {
  const { ctx, buyer, request, secrets } = given;
  for (let attempt = 1; ; attempt++) {
    try {
      const sold = await inTransaction(ctx, (tx) => sellProduct(tx, given));
      return sold.ok ? ok({ orderId: sold.value, isReplay: false }) : sold;
    } catch (error) {
      const isTaken = brokenConstraint(error) === "product_orders_requests";
      const replay = isTaken ? await findReplay(ctx, buyer, request, secrets) : undefined;
      if (replay !== undefined) return replay;
      const isUnknown = error instanceof OutcomeUnknown;
      if (isUnknown || !isConnectionLoss(error) || attempt >= attemptsMax) throw error;
      await pause(pauseMs * attempt);
    }
  }
}

/** What was placed under this request id before; `undefined` if nothing was. */
async function findReplay(
  { db }: Context,
  { accountId }: ProductBuyer,
  request: ProductOrderRequest,
  secrets: Secrets | undefined,
): Promise<Placed | undefined> {
  if (request.requestId === undefined) return undefined;
  const earlier = await findProductOrderByRequest(db, accountId, request.requestId);
  if (earlier === undefined) return undefined;
  const isSameOrder =
    earlier.productId === request.productId && earlier.quantity === request.quantity;
  const isSame = isSameOrder && isSameAnswer(earlier, request.answer, secrets);
  if (isSame === undefined) return refused({ code: "delivery_unavailable" });
  return isSame
    ? ok({ orderId: earlier.id, isReplay: true })
    : refused({ code: "request_id_used", field: "requestId" });
}

/**
 * `undefined` where the stored answer cannot be opened. An answer nobody asked for is not compared.
 */
function isSameAnswer(
  { id, sealedAnswer }: EarlierProductOrder,
  answer: string | undefined,
  secrets: Secrets | undefined,
): boolean | undefined {
  if (sealedAnswer === undefined) return true;
  const opened = secrets?.open(answerPurpose(id), sealedAnswer);
  return opened === undefined ? undefined : opened === answer;
}
