import { panelMargin } from "#catalog/panel-margin.ts";
import type { PanelMargin } from "#catalog/price.ts";
import { checkBuyer } from "#customers/buyers.sql.ts";
import type { Buyer } from "#customers/buyers.sql.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { chargeProductOrder } from "#ledger/movements/charge-product-order.ts";
import { insertSoldItems, itemPurpose, lockStock, takeFreeItems } from "#products/items.sql.ts";
import { productRate } from "#products/product-price.ts";
import type { ProductTerms } from "#products/product-price.ts";
import { findProductTerms } from "#products/product-rates.sql.ts";
import { maySee } from "#products/product.ts";
import type { Product } from "#products/product.ts";
import { findProduct } from "#products/products.sql.ts";
import { checkAnswer } from "#products/question-check.ts";
import { readSettings } from "#settings/settings.ts";
import type { BuyerActor } from "#values/actor.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { chargeMax, chargePerItem, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import { sealLine } from "./deliver-lines.ts";
import { findSupply } from "./find-supply.ts";
import type { Supply } from "./find-supply.ts";
import { tellProductOrder } from "./move-product-order.ts";
import { playLines } from "./play-lines.ts";
import { placeNewProductOrder } from "./place-product-order.sql.ts";
import { answerPurpose, nextProductOrderId } from "./product-orders.sql.ts";
import type { ProductOrder } from "./product-orders.sql.ts";
import type { PlaceProductOrderRefusal, ProductOrderRequest } from "./read-product-order.ts";

/** Who buys, and how that is recorded. */
export type ProductBuyer = Buyer & {
  readonly by: BuyerActor;
  readonly source: "api" | "web";
};

/** A sale that is about to be made. */
export type Sale = {
  readonly ctx: Context;
  readonly buyer: ProductBuyer;
  readonly request: ProductOrderRequest;
  /** `undefined` where the encryption key is missing. */
  readonly secrets: Secrets | undefined;
};

/** What a buyer would pay for this now. */
type Offer = { readonly product: Product; readonly rate: Amount };

/**
 * Sells within the caller's transaction, with price, stock, order, delivery and charge as they are
 * now. Locks the stock, the lock under which products change, then the account. Sealed lines are
 * opened before they are sold, so that nobody pays for a line that cannot be shown.
 */
export async function sellProduct(
  tx: Tx,
  sale: Sale,
): Promise<Result<ProductOrderId, PlaceProductOrderRefusal>> {
  const { buyer, request, secrets } = sale;
  const terms = await findProductTerms(tx, buyer.accountId, request.productId);
  // Before the stock is locked. If the sale is refused, the number is never used.
  const id = await nextProductOrderId(tx);
  // A test account reads without the lock, so that play keeps nobody waiting.
  const free = buyer.isTest ? 0 : await lockStock(tx, request.productId);
  const product = await findProduct(tx, request.productId);
  if (terms === undefined || free === undefined || product === undefined) {
    return refused({ code: "product_unknown", field: "product" });
  }
  const offered = await makeOffer(tx, product, terms, request);
  if (!offered.ok) return offered;
  const supply = findSupply(product, free, request.quantity, buyer.isTest);
  if (!supply.ok) return supply;
  const needsSecrets = product.question !== undefined || product.type === "auto" || buyer.isTest;
  if (needsSecrets && secrets === undefined) return refused({ code: "delivery_unavailable" });

  const order = newOrder(sale, offered.value, supply.value, id);
  const refusal = checkCharge(order, request.maxCharge);
  if (refusal !== undefined) return refused(refusal);
  const { id: keyId, source, by } = buyer;
  await placeNewProductOrder(tx, order, { keyId, source, by, requestId: request.requestId });
  const delivered = await deliver(tx, sale, supply.value, order);
  if (!delivered.ok) return delivered;
  const paid = await pay(tx, buyer, order);
  if (!paid.ok) return paid;
  await tellProductOrder(tx, order);
  return ok(id);
}

// For products of unknown cost: there is no margin to keep.
const noMargin: PanelMargin = { percent: zero, belowMargin: "allow" };

/** The product at this buyer's price, if they may buy it in this quantity with this answer. */
async function makeOffer(
  tx: Tx,
  product: Product,
  terms: ProductTerms,
  { quantity, answer }: ProductOrderRequest,
): Promise<Result<Offer, PlaceProductOrderRefusal>> {
  const unknown = refused({ code: "product_unknown", field: "product" } as const);
  if (!maySee(product, terms.custom !== undefined)) return unknown;
  const { min, max } = product;
  if (quantity < min) return refused({ code: "quantity_below_min", field: "quantity", min });
  if (quantity > max) return refused({ code: "quantity_above_max", field: "quantity", max });
  const margin = product.cost === undefined ? noMargin : panelMargin(await readSettings(tx));
  const rate = productRate(product, terms, quantity, margin);
  if (rate === undefined) return unknown;
  if (product.question !== undefined) {
    if (answer === undefined) return refused({ code: "field_required", field: "require" });
    const checked = checkAnswer(product.questionCheck, answer);
    if (!checked.ok) {
      return refused({ code: "field_invalid", field: "require", expected: checked.expected });
    }
  }
  return ok({ product, rate });
}

function checkCharge(
  { charge, cost = zero }: ProductOrder,
  maxCharge: Amount | undefined,
): PlaceProductOrderRefusal | undefined {
  if (charge > chargeMax || cost > chargeMax) return { code: "charge_too_high", field: "quantity" };
  return maxCharge !== undefined && charge > maxCharge
    ? { code: "price_above_max_charge", field: "maxCharge", charge }
    : undefined;
}

/** Charges the order, then checks under the account's lock whether the buyer may still buy. */
async function pay(
  tx: Tx,
  buyer: ProductBuyer,
  { id: productOrderId, charge: amount }: ProductOrder,
): Promise<Result<undefined, PlaceProductOrderRefusal>> {
  if (amount > zero) {
    const { accountId } = buyer;
    const posted = await chargeProductOrder(tx, { accountId, productOrderId, amount });
    if (!posted.ok) {
      if (posted.refusal.code === "below_floor") return refused({ code: "insufficient_funds" });
      throw new Error(`a charge was refused: ${posted.refusal.code}`);
    }
  }
  const verdict = await checkBuyer(tx, buyer);
  if (verdict === "ok") return ok(undefined);
  return refused({ code: verdict === "key" ? "key_dead" : "customer_inactive" });
}

/** The order as it stands once the transaction has ended. */
function newOrder(
  { ctx, buyer, request, secrets }: Sale,
  { product, rate }: Offer,
  { kind, given }: Supply,
  id: ProductOrderId,
): ProductOrder {
  const now = new Date(ctx.clock.now());
  const isDelivered = kind === "play" || kind === "stock";
  const isBought = kind === "provider";
  const isReal = kind !== "play";
  return {
    accountId: buyer.accountId,
    id,
    productId: product.id,
    quantity: request.quantity,
    delivered: isDelivered ? given : 0,
    // An answer that nobody asked for is not stored.
    sealedAnswer:
      product.question === undefined || request.answer === undefined
        ? undefined
        : secrets?.seal(answerPurpose(id), request.answer),
    rate,
    charge: chargePerItem(rate, given),
    refunded: zero,
    cost: isReal && product.cost !== undefined ? chargePerItem(product.cost, given) : undefined,
    bookedCost: zero,
    costBookings: 0,
    status: isDelivered ? (given < request.quantity ? "partial" : "completed") : "pending",
    note: undefined,
    waits: kind === "staff" ? { for: "delivery", note: "", since: now } : undefined,
    providerId: isBought ? product.providerId : undefined,
    providerProduct: isBought ? product.providerProduct : undefined,
    providerOrder: undefined,
    warrantyDays: product.warrantyDays,
    createdAt: now,
    finishedAt: isDelivered ? now : undefined,
  };
}

/** Delivers what can be delivered at once. */
async function deliver(
  tx: Tx,
  { ctx, secrets }: Sale,
  { kind, given }: Supply,
  { accountId, id: productOrderId, productId }: ProductOrder,
): Promise<Result<undefined, { readonly code: "delivery_unavailable" }>> {
  if (secrets === undefined || kind === "provider" || kind === "staff") return ok(undefined);
  const to = { accountId, productOrderId, placesBefore: 0 };
  if (kind === "play") {
    const lines = playLines(productOrderId, 0, given).map((line) => sealLine(secrets, line));
    await insertSoldItems(tx, productId, "sandbox", lines, to);
    return ok(undefined);
  }
  const items = await takeFreeItems(tx, productId, given, to);
  if (items.length !== given) throw new Error(`product ${productId} has fewer items than counted`);
  const closed = items.filter(
    ({ digest, sealed }) => secrets.open(itemPurpose(digest), sealed) === undefined,
  );
  if (closed.length === 0) return ok(undefined);
  const itemIds = closed.slice(0, 20).map(({ id }) => id);
  ctx.log.error(
    { productId, itemIds, damaged: closed.length },
    "a product is not sold: lines of its stock cannot be opened with the panel's encryption key",
  );
  return refused({ code: "delivery_unavailable" });
}
