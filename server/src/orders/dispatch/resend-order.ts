import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { listSources } from "#catalog/sources.sql.ts";
import type { Source } from "#catalog/sources.sql.ts";
import { isOpen, isUnknown } from "#dispatch/standing.ts";
import { isTestAccount } from "#ledger/sandbox-accounts.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { lockTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { listAttempts } from "./attempts.sql.ts";
import { closeDeskEntries } from "#orders/desk.sql.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import { routeOrder } from "./pass-on.ts";
import { routeAnew } from "./source-routing.ts";

export type ResendOrderRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "resend_ended"; readonly status: OrderStatus }
  | { readonly code: "resend_unknown"; readonly id: OrderId }
  | { readonly code: "call_under_way" }
  | { readonly code: "resend_taken"; readonly providerOrder: string | undefined }
  | { readonly code: "resend_in_queue" }
  | { readonly code: "resend_held"; readonly id: OrderId }
  | { readonly code: "resend_nowhere" };

/**
 * Sends an order again, from the first source on, if every provider refused it or it waits for its
 * link. Never resends an order that a provider has, may have, or is being asked to take.
 */
export async function resendOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
): Promise<Result<Source, ResendOrderRefusal>> {
  authorize(actor, "orders.resend");
  return inTransaction(ctx, async (tx) => {
    const found = await findOrder(tx, id);
    const order = found && (await lockOrder(tx, found.accountId, id));
    if (order === undefined) return refused({ code: "order_unknown" });
    if (isFinal(order.status)) return refused({ code: "resend_ended", status: order.status });
    if (order.held !== undefined) return refused({ code: "resend_held", id });
    const task = await lockTask(tx, order.accountId, id);
    const attempts = await listAttempts(tx, order.accountId, id);
    if (attempts.some(isOpen)) {
      return refused({ code: "call_under_way" });
    }
    if (attempts.some(isUnknown)) {
      return refused({ code: "resend_unknown", id });
    }
    const isTaken = attempts.some(
      ({ outcome, settledAs }) =>
        outcome === "accepted" || outcome === "by_hand" || settledAs === "accepted",
    );
    if (isTaken || order.providerOrder !== undefined) {
      return refused({ code: "resend_taken", providerOrder: order.providerOrder });
    }
    if (order.status !== "pending") return refused({ code: "resend_ended", status: order.status });
    const waitsForLink = attempts.at(-1)?.concern === "link";
    if (task !== undefined && !waitsForLink) return refused({ code: "resend_in_queue" });
    // A test order can only go to the sandbox, which has refused it.
    if (await isTestAccount(tx, order.accountId)) return refused({ code: "resend_nowhere" });
    const sources = await listSources(tx, [order.serviceId]);
    const to = routeAnew(order, sources, panelMargin(await readSettings(tx)));
    if (to === undefined) return refused({ code: "resend_nowhere" });

    await closeDeskEntries(tx, order.accountId, id, {
      by: actor,
      decision: `sent again, to ${to.alias}`,
      reasons: ["failed", "link_waits"],
    });
    await routeOrder(tx, order, to, undefined);
    await audit(tx, {
      actor,
      action: "order.resend",
      subject: `order:${id}`,
      before: { provider: order.providerId, note: order.note, attempts: attempts.length },
      after: { provider: to.providerId, providerService: to.providerService },
    });
    return ok(to);
  });
}
