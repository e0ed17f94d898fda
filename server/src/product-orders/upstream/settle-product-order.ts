import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import { findProductOrder, lockProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { failProductOrder } from "./fail-product-order.ts";
import type { AfterProductRefusal } from "./fail-product-order.ts";
import {
  findProductHolder,
  listProductAttempts,
  settleProductAttempts,
} from "./product-attempts.sql.ts";
import type { ProductAttempt } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";
import { standingOf } from "#dispatch/standing.ts";
import { acceptProductOrder } from "./write-product-outcomes.ts";

/** What an operator found out about an attempt of unknown outcome. */
export type ProductVerdict =
  | {
      readonly as: "accepted";
      readonly providerOrder: string;
      /** True where the provider gave this number before, to an order that has ended. */
      readonly isReused?: boolean;
      /** How the operator knows, for the audit. */
      readonly note?: string | undefined;
    }
  | { readonly as: "refused"; readonly note: string | undefined }
  /** Somebody looked at what it waits for, and nothing is left to do here. */
  | { readonly as: "seen"; readonly note: string | undefined };

export type SettleProductOrderRefusal =
  | { readonly code: "product_order_unknown" }
  | { readonly code: "call_under_way" }
  | { readonly code: "nothing_to_settle" }
  | { readonly code: "provider_order_invalid" }
  | {
      /** `in_use`: the number was given again while the order that had it goes on. */
      readonly code: "provider_product_order_taken" | "provider_product_order_in_use";
      readonly providerOrder: string;
      readonly by: ProductOrderId;
    };

/** What a settled attempt led to. */
export type SettledProductOrder = {
  readonly order: ProductOrder;
  /** `accepted`: the panel asks its provider about it from now on. */
  readonly after: "accepted" | "seen" | AfterProductRefusal;
  /** What this refunded to the buyer. */
  readonly refund: Amount;
};

const numberLengthMax = 100;

/**
 * Settles an attempt of unknown outcome on an operator's word. Accepted: the panel asks the
 * provider about the order from now on. Refused: the order continues as after a definite refusal.
 * Locks the order, its task, the account.
 */
export async function settleProductOrder(
  ctx: Context,
  actor: Actor,
  id: ProductOrderId,
  verdict: ProductVerdict,
): Promise<Result<SettledProductOrder, SettleProductOrderRefusal>> {
  authorize(actor, "product_orders.settle");
  return inTransaction(ctx, async (tx) => {
    const found = await findProductOrder(tx, id);
    const order = found && (await lockProductOrder(tx, found.accountId, id));
    if (order === undefined) return refused({ code: "product_order_unknown" });
    await productTasks.lock(tx, order.accountId, id);
    if (verdict.as === "seen") return settleSeen(tx, actor, order, verdict.note);
    const standing = standingOf((await listProductAttempts(tx, [id])).get(id) ?? []);
    if (standing.kind === "open") return refused({ code: "call_under_way" });
    if (standing.kind !== "unknown") return refused({ code: "nothing_to_settle" });
    const after =
      verdict.as === "accepted"
        ? await settleByNumber(tx, actor, order, standing.attempt, verdict)
        : ok(await settleRefused(tx, actor, order, standing.attempt, verdict.note));
    if (!after.ok) return after;
    const now = (await lockProductOrder(tx, order.accountId, id)) ?? order;
    return ok({ order: now, after: after.value, refund: subtract(now.refunded, order.refunded) });
  });
}

async function settleByNumber(
  tx: Tx,
  actor: Actor,
  order: ProductOrder,
  attempt: ProductAttempt,
  verdict: Extract<ProductVerdict, { as: "accepted" }>,
): Promise<Result<"accepted", SettleProductOrderRefusal>> {
  const providerOrder = verdict.providerOrder.trim();
  if (providerOrder === "" || providerOrder.length > numberLengthMax) {
    return refused({ code: "provider_order_invalid" });
  }
  const provider = await lockProvider(tx, attempt.providerId);
  if (provider === undefined) throw new Error(`provider ${attempt.providerId} is gone`);
  const holder = await findProductHolder(tx, provider.id, providerOrder, order.id);
  const isReused = holder !== undefined;
  if (isReused && verdict.isReused !== true) {
    return refused({ code: "provider_product_order_taken", providerOrder, by: holder });
  }
  const other = isReused ? await findProductOrder(tx, holder) : undefined;
  if (other !== undefined && !isProductOrderFinal(other.status)) {
    return refused({ code: "provider_product_order_in_use", providerOrder, by: other.id });
  }
  const of = { accountId: order.accountId, productOrderId: order.id };
  await settleProductAttempts(tx, of, { as: "accepted", by: actor, providerOrder });
  await acceptProductOrder(tx, provider, order, { providerOrder, isReused, by: actor });
  await auditSettling(
    tx,
    actor,
    order,
    attempt,
    { outcome: "accepted", providerOrder },
    verdict.note,
  );
  return ok("accepted");
}

/** An order that has ended no longer waits for somebody to look at it. */
async function settleSeen(
  tx: Tx,
  actor: Actor,
  order: ProductOrder,
  note: string | undefined,
): Promise<Result<SettledProductOrder, SettleProductOrderRefusal>> {
  const { waits } = order;
  if (waits?.for !== "accepted_late" && waits?.for !== "cost_unclear") {
    return refused({ code: "nothing_to_settle" });
  }
  const moved = await moveProductOrder(tx, order, { waits: null, by: actor });
  if (!moved.ok) throw new Error(`a product order was not moved: ${moved.refusal.code}`);
  await audit(tx, {
    actor,
    action: "product_order.settle",
    subject: `product-order:${order.id}`,
    before: { waits: waits.for, reason: waits.note },
    after: { outcome: "seen", note },
    reason: note,
  });
  return ok({ order: { ...order, waits: undefined }, after: "seen", refund: zero });
}

async function settleRefused(
  tx: Tx,
  actor: Actor,
  order: ProductOrder,
  attempt: ProductAttempt,
  note: string | undefined,
): Promise<AfterProductRefusal> {
  const of = { accountId: order.accountId, productOrderId: order.id };
  await settleProductAttempts(tx, of, { as: "refused", by: actor });
  await auditSettling(tx, actor, order, attempt, { outcome: "refused", note }, note);
  const words = note === undefined ? "settled as refused" : `settled as refused: ${note}`;
  return failProductOrder(tx, order, words);
}

function auditSettling(
  tx: Tx,
  actor: Actor,
  order: ProductOrder,
  attempt: ProductAttempt,
  after: Readonly<Record<string, unknown>>,
  reason?: string,
): Promise<void> {
  return audit(tx, {
    actor,
    action: "product_order.settle",
    subject: `product-order:${order.id}`,
    before: { attempt: attempt.number, outcome: "unknown", reason: attempt.reason },
    after,
    reason,
  });
}
