import { parseId } from "#values/ids.ts";
import type { OrderId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";
import { lookUpOrders } from "#orders/lookup.sql.ts";
import type { LookupRow } from "#orders/lookup.sql.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { subscriptions } from "#orders/service-types/subscriptions.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { callerOf, callerRefusal, idsMax } from "#http/reseller/call.ts";
import type { Call } from "#http/reseller/call.ts";
import type { ResellerRefusal } from "#http/reseller/refusal.ts";

/** `status` of one order. A foreign order reads as one that does not exist. */
export async function orderState(call: Call, idText: string): Promise<Answer> {
  const orderId = parseId<OrderId>(idText.trim());
  if (orderId === undefined) return refusedWith({ code: "order_unknown" });
  const row = await call.desk.lookups.orders.ask({ caller: callerOf(call.key), orderId });
  if (row.caller !== "ok") return refusedWith(callerRefusal(row.caller));
  if (row.service_id === null) return refusedWith({ code: "order_unknown" });
  const [state] = await shown(call, [row]);
  return json(state);
}

/** `status` of several orders: an object keyed by the ids as they were sent. */
export async function orderStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const { dialect } = call;
  const ids = new Map<string, OrderId>();
  for (const text of idTexts.slice(0, idsMax)) {
    const id = parseId<OrderId>(text);
    if (id !== undefined) ids.set(text, id);
  }
  const rows = await rowsOf(call, [...ids.values()]);
  if (!Array.isArray(rows)) return refusedWith(rows);

  const unknown = JSON.stringify({ error: dialect.refusal({ code: "order_unknown" }) });
  const tooMany = JSON.stringify({
    error: dialect.refusal({ code: "too_many_ids", max: idsMax }),
  });
  const states = new Map<string, string>();
  idTexts.forEach((text, index) => states.set(text, index < idsMax ? unknown : tooMany));
  const shownRows = await shown(call, rows);
  [...ids.keys()].forEach((text, index) => {
    const state = shownRows[index];
    if (state !== undefined) states.set(text, JSON.stringify(state));
  });
  // Written by hand: an object would reorder numeric keys and trip over names such as __proto__.
  const members = [...states].map(([text, state]) => `${JSON.stringify(text)}:${state}`);
  return { kind: "json", text: `{${members.join(",")}}` };
}

async function rowsOf(
  { desk, key }: Call,
  orderIds: readonly OrderId[],
): Promise<LookupRow[] | ResellerRefusal> {
  const caller = callerOf(key);
  // Without an id to look up, the key is looked at all the same.
  const first = orderIds.length === 0 ? await desk.lookups.balances.ask(caller) : undefined;
  const rows = await lookUpOrders(
    desk.ctx.hot,
    orderIds.map((orderId) => ({ caller, orderId })),
  );
  const found = first?.caller ?? rows[0]?.caller ?? "ok";
  return found === "ok" ? rows : callerRefusal(found);
}

type Shown = Readonly<Record<string, unknown>>;

/** The rows as the caller's dialect shows them; `undefined` for an order that is not there. */
async function shown(call: Call, rows: readonly LookupRow[]): Promise<(Shown | undefined)[]> {
  const { desk, dialect, key } = call;
  const { currency } = desk.settings();
  const isSubscription = ({ service_id: id }: LookupRow) =>
    id !== null && desk.catalog.find(id)?.type === subscriptions.wireName;
  const states = rows.map((row) =>
    row.service_id === null
      ? undefined
      : dialect.order({ ...row, charge: amountFromDecimal(row.charge) }, currency),
  );
  if (!rows.some(isSubscription)) return states;

  const keys = rows.map((row) => ({ accountId: key.accountId, orderId: row.id }));
  const orders = await listOrdersByKey(desk.ctx.db, keys);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return rows.map((row, index) => {
    const order = byId.get(row.id);
    return order !== undefined && isSubscription(row)
      ? { ...states[index], ...subscriptionState(order) }
      : states[index];
  });
}

/** What a subscription's state has beside an order's: deployed panels name its word `Active`. */
function subscriptionState(order: Order): Shown {
  const { expiry, posts } = order.fields;
  return {
    status: isFinal(order.status) ? wireStatus[order.status] : "Active",
    expiry: expiry ?? null,
    posts: typeof posts === "number" ? String(posts) : null,
    orders: [],
  };
}
