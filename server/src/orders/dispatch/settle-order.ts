import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { isOpen, isUnknown } from "#dispatch/standing.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { lockTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { subtract } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { findHolder, isLinkUnderWay, listAttempts, settleAttempt } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";
import { closeDeskEntries } from "#orders/desk.sql.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { passOn } from "./pass-on.ts";
import type { AfterRefusal } from "./pass-on.ts";
import { acceptOrder } from "./write-outcomes.ts";

/** What an operator found out about an attempt of unknown outcome. */
export type Verdict =
  | {
      readonly as: "accepted";
      readonly providerOrder: string;
      /** True where the provider gave this number before, to an order that has ended. */
      readonly isReused?: boolean;
      /** How the operator knows, for the audit. */
      readonly note?: string | undefined;
    }
  | { readonly as: "refused"; readonly note: string | undefined };

export type SettleOrderRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "call_under_way" }
  | { readonly code: "nothing_to_settle" }
  | { readonly code: "provider_order_invalid" }
  | { readonly code: "provider_order_taken"; readonly providerOrder: string; readonly by: OrderId }
  /** The number was given again while the order that had it is still followed under it. */
  | {
      readonly code: "provider_order_in_use";
      readonly providerOrder: string;
      readonly by: OrderId;
    };

/** What a settled attempt led to. */
export type SettledOrder = {
  readonly order: Order;
  readonly attempt: Attempt;
  /** `undefined` where it was accepted. */
  readonly afterRefusal: AfterRefusal | undefined;
  /** What the customer got back. */
  readonly refund: Amount;
};

const numberLengthMax = 100;

/**
 * Settles an attempt of unknown outcome on an operator's word. Accepted: the panel asks the
 * provider about the order from now on. Refused: the order continues as after a definite refusal,
 * to the next source, or fails.
 */
export async function settleOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
  verdict: Verdict,
): Promise<Result<SettledOrder, SettleOrderRefusal>> {
  authorize(actor, "orders.settle");
  return inTransaction(ctx, async (tx) => {
    const found = await findOrder(tx, id);
    const order = found && (await lockOrder(tx, found.accountId, id));
    if (order === undefined) return refused({ code: "order_unknown" });
    await lockTask(tx, order.accountId, id);
    const attempts = await listAttempts(tx, order.accountId, id);
    if (attempts.some(isOpen)) {
      return refused({ code: "call_under_way" });
    }
    const attempt = attempts.findLast(isUnknown);
    if (attempt === undefined) return refused({ code: "nothing_to_settle" });
    const after =
      verdict.as === "accepted"
        ? await settleByNumber(tx, actor, order, attempt, verdict)
        : ok(await settleRefused(tx, actor, order, attempt, verdict.note));
    if (!after.ok) return after;
    const now = (await lockOrder(tx, order.accountId, id)) ?? order;
    const refund = subtract(now.refunded, order.refunded);
    return ok({ order: now, attempt, afterRefusal: after.value, refund });
  });
}

async function settleByNumber(
  tx: Tx,
  actor: Actor,
  order: Order,
  attempt: Attempt,
  verdict: Extract<Verdict, { as: "accepted" }>,
): Promise<Result<undefined, SettleOrderRefusal>> {
  const providerOrder = verdict.providerOrder.trim();
  if (providerOrder === "" || providerOrder.length > numberLengthMax) {
    return refused({ code: "provider_order_invalid" });
  }
  // If two give one number at the same time, the second finds it taken.
  const provider = await lockProvider(tx, attempt.providerId);
  if (provider === undefined) throw new Error(`provider ${attempt.providerId} is gone`);
  // The number may be the answer to that call, which is not recorded yet.
  if (await isLinkUnderWay(tx, provider.id, order.link)) {
    return refused({ code: "call_under_way" });
  }
  const holder = await findHolder(tx, provider.id, providerOrder, order.id);
  const isReused = holder !== undefined;
  if (isReused && verdict.isReused !== true) {
    return refused({ code: "provider_order_taken", providerOrder, by: holder });
  }
  if (isReused && !(await hasEnded(tx, holder))) {
    return refused({ code: "provider_order_in_use", providerOrder, by: holder });
  }
  const again = isReused ? `, which order ${holder} had before` : "";
  const decision = `settled as accepted: ${providerOrder}${again}`;
  const by = { actor, decision, reason: verdict.note };
  await settleAccepted(tx, { provider, order, attempt, providerOrder, isReused, by });
  return ok(undefined);
}

/** An order that has ended never returns to a status that is asked about. */
async function hasEnded(tx: Tx, id: OrderId): Promise<boolean> {
  const order = await findOrder(tx, id);
  return order === undefined || isFinal(order.status);
}

/** Settles an attempt of a locked order as accepted, on a person's word or by proof. Audited. */
export async function settleAccepted(
  tx: Tx,
  settled: {
    provider: Provider;
    order: Order;
    attempt: Attempt;
    providerOrder: string;
    isReused?: boolean;
    by: { actor: Actor; decision: string; reason?: string | undefined };
  },
): Promise<void> {
  const { provider, order, attempt, providerOrder, isReused = false, by } = settled;
  const { actor, decision, reason } = by;
  await settleAttempt(tx, attempt, { as: "accepted", by: actor, providerOrder, isReused });
  await acceptOrder(tx, provider, order, providerOrder, actor, decision);
  await audit(tx, {
    actor,
    action: "order.settle",
    subject: `order:${order.id}`,
    before: { attempt: attempt.number, outcome: "unknown", reason: attempt.reason },
    after: { outcome: "accepted", providerOrder, decision },
    reason,
  });
}

async function settleRefused(
  tx: Tx,
  actor: Actor,
  order: Order,
  attempt: Attempt,
  note: string | undefined,
): Promise<AfterRefusal> {
  const { accountId, id } = order;
  const words = note === undefined ? "settled as refused" : `settled as refused: ${note}`;
  await settleAttempt(tx, attempt, { as: "refused", by: actor });
  await closeDeskEntries(tx, accountId, id, { by: actor, decision: words, reasons: ["unknown"] });
  await audit(tx, {
    actor,
    action: "order.settle",
    subject: `order:${id}`,
    before: { attempt: attempt.number, outcome: "unknown", reason: attempt.reason },
    after: { outcome: "refused", note },
    reason: note,
  });
  // A later attempt was accepted, so there is nothing to pass on.
  if (order.providerOrder !== undefined) return { kind: "kept" };
  return passOn(tx, order, words);
}
