import type { CatalogCache } from "#catalog/catalog-cache.ts";
import { priceFor } from "#catalog/price.ts";
import type { CustomerPrices } from "#catalog/price.ts";
import type { AccountEvent, CatalogEvent } from "#events/streams.sql.ts";
import { stockAt, stockWord } from "#products/product.ts";
import type { Product } from "#products/product.ts";
import { jsonNumber } from "#values/exact-json.ts";
import type { ProductId } from "#values/ids.ts";
import { amountFromDecimal, formatAmount } from "#values/money.ts";
import { parseOrderStatus, wireStatus } from "#values/order-status.ts";

/** An event as a customer is told of it, with the names and words that `status` uses. */
export type ShownEvent = {
  readonly event: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Where a customer's price of a service is looked up. */
export type PriceList = Pick<CatalogCache, "find" | "margin">;

/** Shows an event of the customer's own account. */
export function showAccountEvent(event: AccountEvent, currency: string): ShownEvent {
  return { event: event.kind, at: event.at, data: dataOf(event, currency) };
}

function dataOf({ kind, orderId, data }: AccountEvent, currency: string): ShownEvent["data"] {
  switch (kind) {
    case "order.updated":
      return {
        order: orderId,
        status: wireWord(data["status"]),
        charge: money(data["charge"]),
        start_count: textOrNull(data["start_count"]),
        remains: textOrNull(data["remains"]),
        currency,
      };
    case "refill.updated":
      return { refill: data["refill"], order: orderId, ...outcome(data) };
    case "cancel.updated":
      return { cancel: data["cancel"], order: orderId, ...outcome(data) };
    case "subscription.updated":
      return { order: orderId, ...data };
    case "service.price_changed":
    case "service.enabled":
      return { service: data["service"], name: data["name"], rate: money(data["rate"]) };
    case "service.disabled":
      return { service: data["service"], name: data["name"] };
    case "balance.low":
      return { balance: money(data["balance"]), mark: money(data["mark"]), currency };
    case "product_order.updated":
      return {
        ...data,
        status: wireWord(data["status"]),
        charge: number(data["charge"]),
        currency,
      };
    case "product_claim.updated":
      return { ...data, status: wireWord(data["status"]) };
  }
}

function outcome(data: AccountEvent["data"]): Readonly<Record<string, unknown>> {
  const { status, reason } = data;
  return { status: wireWord(status), ...(typeof reason === "string" ? { reason } : {}) };
}

/** The products that a customer may see, among those that are to be told of. */
export type SeenProducts = ReadonlyMap<ProductId, Product>;

/**
 * Shows a change of the price list as it concerns this customer, at the price that the customer
 * pays now. `undefined` where it does not concern them: their own fixed price did not move with the
 * list's, or the product is not shown to them.
 */
export function showCatalogEvent(
  event: CatalogEvent,
  list: PriceList,
  prices: CustomerPrices,
  products: SeenProducts,
): ShownEvent | undefined {
  if (event.kind === "product.stock_changed") return showStockEvent(event, products);
  const service = list.find(event.serviceId);
  if (service === undefined) return undefined;
  const named = { service: service.id, name: service.name };
  if (event.kind === "service.disabled") return { event: event.kind, at: event.at, data: named };
  const isFixed = prices.customRates.get(service.id)?.kind === "fixed";
  if (event.kind === "service.price_changed" && isFixed) return undefined;
  const rate = priceFor(service, prices, list.margin());
  if (rate === undefined) return undefined;
  return { event: event.kind, at: event.at, data: { ...named, rate: formatAmount(rate, 2) } };
}

/** Shows a change of stock in the words of `products`. */
function showStockEvent(
  event: Extract<CatalogEvent, { kind: "product.stock_changed" }>,
  products: SeenProducts,
): ShownEvent | undefined {
  const product = products.get(event.productId);
  if (product === undefined) return undefined;
  const { isInStock, inventory } = stockAt(product, event.inventory);
  const data = {
    product: product.id,
    name: product.name,
    status: stockWord[isInStock ? "in" : "out"],
    ...(inventory === undefined ? {} : { inventory }),
  };
  return { event: event.kind, at: event.at, data };
}

function wireWord(status: unknown): string {
  const word = typeof status === "string" ? status : "";
  const known = parseOrderStatus(word);
  if (known !== undefined) return wireStatus[known];
  return (word.charAt(0).toUpperCase() + word.slice(1)).replaceAll("_", " ");
}

function money(decimal: unknown): string | null {
  return typeof decimal === "string" ? formatAmount(amountFromDecimal(decimal), 2) : null;
}

// On the wire, product orders have numbers where orders have text.
function number(decimal: unknown): unknown {
  return typeof decimal === "string" ? jsonNumber(amountFromDecimal(decimal)) : null;
}

function textOrNull(count: unknown): string | null {
  return typeof count === "number" ? String(count) : null;
}
