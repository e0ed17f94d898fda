import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { CancelOutcome, ProviderConnector } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { customerActor, providerMover } from "#values/actor.ts";
import { isFinal } from "#values/order-status.ts";
import { cleaned } from "#values/text.ts";
import { moveOrder } from "#orders/move-order.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { leaseCancels, moveCancel, stepCancel } from "./provider-requests.sql.ts";
import type { CancelStep, DueCancel } from "./provider-requests.sql.ts";
import { withdrawUnsent } from "#orders/dispatch/withdraw-order.ts";
import { leaseOf, retrySeconds, underOrder, runRequests } from "./run-requests.ts";

/** How long a request waits while its order is being sent, or may have been. */
const waitSeconds = 5;

/**
 * Passes on the due cancel requests of a provider's orders, and returns how many. A request that
 * the provider takes refunds nothing yet: the order's next states decide, and the deadline ends the
 * wait. An order that turns out not to have been sent is canceled and refunded here.
 */
export async function askCancels(ctx: Context, provider: Provider): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const lease = randomUUID();
  const leased = await leaseCancels(ctx.db, { ...leaseOf(provider), lease });
  await runRequests(ctx, leased, async (cancel) => {
    if (cancel.is_late) {
      const { attempts, is_sent: isSent } = cancel;
      const step = { status: "rejected", attempts, isSent, reason: "deadline" } as const;
      await underOrder(ctx, cancel, (tx) => stepCancel(tx, cancel, lease, step));
      return;
    }
    const providerOrder = await inTransaction(ctx, (tx) => prepare(tx, provider, cancel, lease));
    if (providerOrder === undefined) return;
    const outcome = await forward(ctx, provider, connector, providerOrder);
    await underOrder(ctx, cancel, async (tx, order) => {
      if (outcome?.kind === "ended") return end(tx, provider, order, outcome);
      await stepCancel(tx, cancel, lease, stepOf(cancel.attempts, outcome));
    });
  });
  return leased.length;
}

/**
 * The provider's number of the order, where the provider is to be asked now. All other cases are
 * recorded here: the order was never sent, went to another provider, ended, or nobody knows yet.
 */
async function prepare(
  tx: Tx,
  provider: Provider,
  cancel: DueCancel,
  lease: string,
): Promise<string | undefined> {
  const order = await lockOrder(tx, cancel.account_id, cancel.order_id);
  if (order === undefined || isFinal(order.status)) {
    await stepCancel(tx, cancel, lease, {
      status: "rejected",
      attempts: cancel.attempts,
      isSent: cancel.is_sent,
      reason: "order_completed",
    });
    return undefined;
  }
  const { accountId } = order;
  const withdrawn = await withdrawUnsent(tx, accountId, [order], customerActor(accountId));
  if (withdrawn.size > 0) return undefined;
  if (order.providerId !== provider.id) {
    await moveCancel(tx, cancel, lease, order.providerId);
    return undefined;
  }
  if (order.providerOrder !== undefined && !cancel.is_sent) return order.providerOrder;
  await stepCancel(tx, cancel, lease, {
    status: "pending",
    attempts: cancel.attempts,
    isSent: cancel.is_sent,
    inSeconds: cancel.is_sent ? "deadline" : waitSeconds,
  });
  return undefined;
}

/** `undefined`: the provider was set up anew in the meantime and can no longer be asked. */
async function forward(
  ctx: Context,
  provider: Provider,
  { cancels }: ProviderConnector,
  providerOrder: string,
): Promise<CancelOutcome | undefined> {
  return cancels?.cancel(providerOrder, await openCall(ctx, provider));
}

/** The request has ended the locked order. */
async function end(
  tx: Tx,
  provider: Provider,
  order: Order | undefined,
  { status, remains }: Extract<CancelOutcome, { kind: "ended" }>,
): Promise<void> {
  if (order === undefined) return;
  // Ending an order completes its open cancel. An order that ended meanwhile has already done so.
  await moveOrder(tx, order, { status, remains, by: providerMover(provider.id) });
}

function stepOf(
  attempts: number,
  outcome: Exclude<CancelOutcome, { kind: "ended" }> | undefined,
): CancelStep {
  switch (outcome?.kind) {
    // The states of the order still decide.
    case undefined:
    case "taken":
      return { status: "pending", attempts, isSent: true, inSeconds: "deadline" };
    case "refused":
      return refusedStep(attempts, outcome.reason);
    case "failed":
      return failedStep(attempts, outcome.failure);
  }
}

/** After an attempt of unknown outcome, a refusal may mean that the request was taken then. */
function refusedStep(attempts: number, reason: string): CancelStep {
  const answer = cleaned(reason);
  if (attempts > 0) {
    return { status: "pending", attempts, isSent: true, inSeconds: "deadline", answer };
  }
  return { status: "rejected", attempts, isSent: false, answer, reason: "provider_refused" };
}

function failedStep(
  attempts: number,
  failure: Extract<CancelOutcome, { kind: "failed" }>["failure"],
): CancelStep {
  const answer = cleaned(failure.reason);
  const again = { status: "pending", isSent: false, answer } as const;
  switch (failure.kind) {
    case "refused": {
      const { concern } = failure;
      const isOurs = concern === "provider" || concern === "funds" || concern === "limit";
      if (!isOurs) return refusedStep(attempts, failure.reason);
      return { ...again, attempts, inSeconds: retrySeconds(attempts + 1) };
    }
    case "not_sent":
      return { ...again, attempts, inSeconds: retrySeconds(attempts + 1) };
    case "unknown":
      return { ...again, attempts: attempts + 1, inSeconds: retrySeconds(attempts + 1) };
  }
}
