import { parseId } from "#values/ids.ts";
import type { CancelId, OrderId } from "#values/ids.ts";
import { requestCancel } from "#orders/requests/request-cancel.ts";
import { requestCancels } from "#orders/requests/request-cancels.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { listCancelsOf, listCancelsOfOrders } from "#orders/requests.sql.ts";
import type { CancelRow } from "#orders/requests.sql.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { actorOf, repeatable } from "#http/reseller/call.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";
import type { Command } from "#http/reseller/request/command.ts";
import { reasonText } from "#http/reseller/refusals/reason-texts.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import { knownIds, listAnswer, wireId } from "./list-answer.ts";

/**
 * `cancel` of one `order`: an object with the error on top, as panels answer that take a single
 * order. `1` means that the request was taken, not that anything was refunded.
 */
export async function cancelOne(
  { context, key }: Call,
  { order, requestId }: Extract<Command, { kind: "cancel" }>,
): Promise<Answer> {
  const request = repeatable(key, "cancel", requestId, [[order.trim()]]);
  if (!request.ok) return refusedWith(request.refusal);
  const id = parseId<OrderId>(order.trim());
  if (id === undefined) return refusedWith({ code: "order_unknown" });
  const asking = { request: request.value };
  const asked = await requestCancel(context.ctx, actorOf(key), id, asking);
  return asked.ok ? json({ order: id, cancel: 1 }) : refusedWith(asked.refusal);
}

/** `cancel` of `orders`: an array in the order of the request, even for a single one. */
export async function cancelMany(
  call: Call,
  { orders, requestId }: Extract<Command, { kind: "cancels" }>,
): Promise<Answer> {
  const { context, key, isGone } = call;
  const request = repeatable(key, "cancel", requestId, [orders]);
  if (!request.ok) return refusedWith(request.refusal);
  const asked = orders.slice(0, idsMax);
  const terms = { request: request.value, isGone };
  const done = await requestCancels(context.ctx, actorOf(key), knownIds<OrderId>(asked), terms);
  if (!done.ok) return refusedWith(done.refusal);
  const rows = listAnswer(call, orders, done.value);
  return json(
    rows.map(({ order, answer }) => ({ order, cancel: typeof answer === "number" ? 1 : answer })),
  );
}

const tooMany: ResellerRefusal = { code: "too_many_ids", max: idsMax };

/**
 * `cancel_status` (an addition to the documents): the state of a request to cancel, by its own id
 * or by its order's, where the newest request counts.
 */
export async function cancelState(
  call: Call,
  asked: { readonly by: "cancel" | "order"; readonly id: string },
): Promise<Answer> {
  const { context, key } = call;
  if (asked.by === "order") {
    const state = (await statesOfOrders(call, [asked.id]))[0];
    return state === undefined || "code" in state
      ? refusedWith(state ?? { code: "order_unknown" })
      : json(state);
  }
  const id = parseId<CancelId>(asked.id.trim());
  const [row] = id === undefined ? [] : await listCancelsOf(context.ctx.db, key.accountId, [id]);
  return row === undefined ? refusedWith({ code: "cancel_unknown" }) : json(shown(row));
}

/** `cancel_status` of several orders, in their order; refusals stand in place of states. */
export async function cancelStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const states = await statesOfOrders(call, idTexts.slice(0, idsMax));
  const rows = idTexts.map((text, index) => {
    const state = states[index] ?? tooMany;
    if (!("code" in state)) return { order: wireId(text), ...state };
    return { order: wireId(text), status: { error: call.dialect.refusal(state) } };
  });
  return json(rows);
}

type ShownCancel = { readonly status: string; readonly reason?: string };

const wireCancelStatus: Readonly<Record<CancelRow["status"], string>> = {
  pending: "Pending",
  completed: "Completed",
  rejected: "Rejected",
};

function shown({ status, reason }: CancelRow): ShownCancel {
  const why = reasonText(status, reason);
  return { status: wireCancelStatus[status], ...(why && { reason: why }) };
}

async function statesOfOrders(
  { context, key }: Call,
  idTexts: readonly string[],
): Promise<(ShownCancel | ResellerRefusal)[]> {
  const { db } = context.ctx;
  const ids = idTexts.map((text) => parseId<OrderId>(text.trim()));
  const known = ids.filter((id) => id !== undefined);
  const rows = known.length === 0 ? [] : await listCancelsOfOrders(db, key.accountId, known);
  const byOrder = new Map(rows.map((row) => [row.order_id, row]));
  const states: (ShownCancel | ResellerRefusal)[] = [];
  for (const id of ids) {
    const row = id === undefined ? undefined : byOrder.get(id);
    if (row !== undefined) {
      states.push(shown(row));
      continue;
    }
    const order = id === undefined ? undefined : await findOrder(db, id);
    const isTheirs = order?.accountId === key.accountId;
    states.push({ code: isTheirs ? "cancel_unknown" : "order_unknown" });
  }
  return states;
}
