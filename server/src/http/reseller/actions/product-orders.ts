import { placeProductOrder } from "#product-orders/place-product-order.ts";
import { listProductOrdersByIds } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrderInput } from "#product-orders/read-product-order.ts";
import { itemPurpose, listItemsOfOrders } from "#products/items.sql.ts";
import type { DeliveredItem } from "#products/items.sql.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { jsonNumber } from "#values/exact-json.ts";
import { parseId } from "#values/ids.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { subtract } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { actorOf } from "#http/reseller/call.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

/** `add_product_order`: returns the number of the order, even where it is delivered at once. */
export async function addProductOrder(
  { context, key }: Call,
  input: ProductOrderInput,
): Promise<Answer> {
  const { id, accountId, version, isTest } = key;
  const buyer = { id, accountId, version, isTest, by: actorOf(key), source: "api" } as const;
  const placed = await placeProductOrder(context.products, buyer, input);
  return placed.ok ? json({ order: placed.value.orderId }) : refusedWith(placed.refusal);
}

/**
 * `product_order_status` of one order. Another customer's order reads as one that does not exist.
 */
export async function productOrderState(call: Call, idText: string): Promise<Answer> {
  const state = await stateOf(call, idText);
  return "code" in state ? refusedWith(state) : json(shown(state));
}

/** `result_product` (from newer pages of 1dg.me): the delivered lines, one by one. */
export async function productOrderResult(call: Call, idText: string): Promise<Answer> {
  const state = await stateOf(call, idText);
  return "code" in state ? refusedWith(state) : json({ result: state.lines });
}

/** `product_order_status` of several orders: an object keyed by the ids as they were sent. */
export async function productOrderStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const asked = idTexts.slice(0, idsMax);
  const ids = new Map<string, ProductOrderId>();
  for (const text of asked) {
    const id = parseId<ProductOrderId>(text);
    if (id !== undefined) ids.set(text, id);
  }
  const states = await statesOf(call, [...new Set(ids.values())]);
  const refusal = (refused: ResellerRefusal) =>
    JSON.stringify({ error: call.dialect.refusal(refused) });
  const members = new Map<string, string>();
  for (const text of idTexts) members.set(text, refusal({ code: "too_many_ids", max: idsMax }));
  for (const text of asked) {
    const id = ids.get(text);
    const state = (id === undefined ? undefined : states.get(id)) ?? unknown;
    members.set(text, "code" in state ? refusal(state) : JSON.stringify(shown(state)));
  }
  // Written by hand: an object would reorder numeric keys and trip over names such as __proto__.
  const pairs = [...members].map(([text, state]) => `${JSON.stringify(text)}:${state}`);
  return { kind: "json", text: `{${pairs.join(",")}}` };
}

const unknown: ResellerRefusal = { code: "order_unknown" };

/** An order with the lines that its buyer has now, or why they cannot be shown. */
type State = { readonly order: ProductOrder; readonly lines: readonly string[] } | ResellerRefusal;

async function stateOf(call: Call, idText: string): Promise<State> {
  const id = parseId<ProductOrderId>(idText.trim());
  if (id === undefined) return unknown;
  return (await statesOf(call, [id])).get(id) ?? unknown;
}

/** The caller's own among these orders. */
async function statesOf(
  { context, key }: Call,
  ids: readonly ProductOrderId[],
): Promise<ReadonlyMap<ProductOrderId, State>> {
  const { db } = context.ctx;
  const orders = ids.length === 0 ? [] : await listProductOrdersByIds(db, key.accountId, ids);
  const known = orders.map((order) => order.id);
  const items = await listItemsOfOrders(db, key.accountId, known);
  const states = new Map<ProductOrderId, State>();
  for (const order of orders) {
    const lines = await openLines(context.ctx, order, items.get(order.id) ?? []);
    states.set(order.id, lines === undefined ? { code: "delivery_unavailable" } : { order, lines });
  }
  return states;
}

/**
 * Opens the lines. `undefined`, with a note for staff in the log, where one cannot be opened: none
 * is left out.
 */
async function openLines(
  ctx: Call["context"]["ctx"],
  { id }: ProductOrder,
  items: readonly DeliveredItem[],
): Promise<string[] | undefined> {
  const current = items.filter((item) => item.state === "sold");
  if (current.length === 0) return [];
  try {
    const secrets = await ctx.secrets();
    const lines = current.map(({ digest, sealed }) => secrets.open(itemPurpose(digest), sealed));
    const opened = lines.filter((line) => line !== undefined);
    if (opened.length === lines.length) return opened;
    ctx.log.error({ productOrder: id }, "delivered lines cannot be opened with the panel's key");
  } catch (error) {
    if (!(error instanceof SecretsUnavailable)) throw error;
    ctx.log.error({ error }, "delivered lines are not shown: the encryption key is not here");
  }
  return undefined;
}

/** The shape of 1dg.me, which every dialect uses: amounts are numbers. */
function shown({
  order,
  lines,
}: Exclude<State, ResellerRefusal>): Readonly<Record<string, unknown>> {
  const { status, charge, refunded, note } = order;
  return {
    charge: jsonNumber(subtract(charge, refunded)),
    status: wireProductOrderStatus[status],
    ...(status === "partial" && { remains: order.quantity - order.delivered }),
    ...(lines.length > 0 && { result: lines.join("\n") }),
    ...((status === "canceled" || note !== undefined) && { note: note ?? "" }),
  };
}
