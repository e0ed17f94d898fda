import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { listSources } from "#catalog/sources.sql.ts";
import type { Source } from "#catalog/sources.sql.ts";
import { isTestAccount } from "#ledger/sandbox-accounts.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { deleteTask, setTask } from "#tasks/tasks.sql.ts";
import { formatAmount } from "#values/money.ts";
import { isFinal } from "#values/order-status.ts";
import { byItself, listRefusedSources } from "./attempts.sql.ts";
import { openDeskEntry } from "#orders/desk.sql.ts";
import { moveOrder } from "#orders/move-order.ts";
import { moveToProvider } from "#orders/move-provider.sql.ts";
import { setOrderNote } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { costAt, nextRoute } from "./source-routing.ts";

/** What became of an order that was refused. */
export type AfterRefusal =
  | { readonly kind: "passed_on"; readonly to: Source }
  | { readonly kind: "failed" }
  | { readonly kind: "refunded" }
  /** Another attempt was accepted, so the order stays there. */
  | { readonly kind: "kept" }
  /** It had ended before. */
  | { readonly kind: "ended" };

/**
 * Follows a definite refusal that concerned the service. The locked order goes to the next source
 * that has not refused it, or fails. An order of a test account goes nowhere else. The attempt must
 * already be ended or settled.
 */
export async function passOn(tx: Tx, order: Order, reason: string): Promise<AfterRefusal> {
  if (isFinal(order.status)) return { kind: "ended" };
  if (await isTestAccount(tx, order.accountId)) return failOrder(tx, order, reason);
  const sources = await listSources(tx, [order.serviceId]);
  const refusedBy = await listRefusedSources(tx, order.accountId, order.id);
  const margin = panelMargin(await readSettings(tx));
  const next = nextRoute(order, sources, refusedBy, margin);
  if (next === undefined) return failOrder(tx, order, reason);
  await routeOrder(tx, order, next, `Refused (${reason}); passed on to ${next.alias}`);
  return { kind: "passed_on", to: next };
}

/** Gives a locked order to a source. A worker sends it at once. */
export async function routeOrder(
  tx: Tx,
  order: Order,
  to: Source,
  note: string | undefined,
): Promise<void> {
  const { providerId, providerService } = to;
  const cost = costAt(to, order.quantity);
  await moveToProvider(tx, order, { providerId, providerService, cost, note });
  const { accountId, id: orderId } = order;
  await setTask(tx, { accountId, orderId, providerId, kind: "send", inSeconds: 0 });
}

/**
 * No source takes the locked order. Depending on the setting `refused_orders`, it waits on the desk
 * (customers still see Pending), or it is canceled and refunded. A test order gives staff nothing
 * to decide.
 */
export async function failOrder(tx: Tx, order: Order, reason: string): Promise<AfterRefusal> {
  const { accountId, id } = order;
  if (isFinal(order.status)) return { kind: "ended" };
  const note = `Refused by the provider: ${reason}`;
  const isDesk = (await readSettings(tx)).refused_orders === "desk";
  if (isDesk && !(await isTestAccount(tx, accountId))) {
    await setOrderNote(tx, accountId, id, note);
    await deleteTask(tx, accountId, id);
    await openDeskEntry(tx, accountId, id, "failed", note);
    return { kind: "failed" };
  }
  const moved = await moveOrder(tx, order, { status: "canceled", note, by: byItself });
  if (!moved.ok) throw new Error(`a refused order was not canceled: ${moved.refusal.code}`);
  await audit(tx, {
    actor: byItself,
    action: "order.refund_refused",
    subject: `order:${id}`,
    before: { status: order.status, refunded: formatAmount(order.refunded, 2) },
    after: { status: "canceled", refunded: formatAmount(moved.value.after.refunded, 2), note },
  });
  return { kind: "refunded" };
}
