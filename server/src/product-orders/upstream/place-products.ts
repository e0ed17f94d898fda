import { setTimeout as pause } from "node:timers/promises";
import { inTransaction } from "#database/transaction.ts";
import type { ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { updateQueueHealth } from "#providers/queue-hold.ts";
import type { Queue } from "#providers/queue-hold.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import { insertProductAttempt, listProductAttempts } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";
import type { ReadyProduct } from "./triage-due-products.ts";
import { standingOf } from "./standing.ts";
import { writeProductOutcome } from "./write-product-outcome.ts";
import type { ProductOutcome } from "./write-product-outcome.ts";

const writeTriesMax = 20;
const writePauseMs = 1000;
const wordsLengthMax = 500;
// After it the queue looks anew at how its provider stands: held or changed by an operator.
const turnMs = 5000;

/**
 * Sends product orders through as many callers as the provider wants at once. What is taken on is
 * removed from `left`; what stays there was not touched, because the queue was stopped or its turn
 * took too long.
 */
export async function placeProducts(
  queue: Queue,
  products: NonNullable<ProviderConnector["products"]>,
  call: ProviderCall,
  ready: readonly ReadyProduct[],
  left: Set<ProductTask>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { parallelCalls, requestsPerSecond } = queue.provider;
  // No more than may leave within a second: a try that is written down must not wait long for its
  // turn, because one that a crash leaves behind is of unknown outcome.
  const inASecond = Math.max(1, Math.ceil(requestsPerSecond));
  const callers = Math.min(parallelCalls, ready.length, inASecond);
  const waiting = ready.values();
  const until = performance.now() + turnMs;
  const callInTurn = async () => {
    while (!queue.isStopped && signal?.aborted !== true && performance.now() < until) {
      const { value: next } = waiting.next();
      if (next === undefined) return;
      left.delete(next.task);
      if (!(await begin(queue, next))) continue;
      const outcome = await callProvider(queue, products, call, next);
      await updateQueueHealth(queue, outcome).catch((error: unknown) =>
        // The outcome is what must not be lost.
        queue.ctx.log.error({ providerId: queue.provider.id, error }, "queue not held or released"),
      );
      await retryUntilWritten(queue, () =>
        writeProductOutcome(queue.ctx, queue.provider, {
          task: next.task,
          attempt: next.attempt,
          outcome,
        }),
      );
    }
  };
  // One that fails ends the turn, but not before the others have written what they know.
  const ends = await Promise.allSettled(
    Array.from({ length: callers }, () =>
      callInTurn().catch((error: unknown) => {
        queue.isStopped = true;
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined)
    throw new Error("product orders were not sent", { cause: failed.reason });
}

/** Writes the try down; false where the order moved on, or another worker has it. */
function begin({ ctx }: Queue, { task, attempt }: ReadyProduct): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, task.accountId, task.orderId);
    if (order?.status !== "pending" || !(await productTasks.hold(tx, task))) return false;
    const tries = (await listProductAttempts(tx, [order.id])).get(order.id) ?? [];
    const standing = standingOf(tries);
    const isAsPlanned =
      (standing.kind === "free" || standing.kind === "unknown") &&
      standing.number === attempt.number;
    return isAsPlanned && insertProductAttempt(tx, attempt);
  });
}

/** Whatever is thrown comes after the request may have left. */
async function callProvider(
  { ctx, provider }: Queue,
  products: NonNullable<ProviderConnector["products"]>,
  call: ProviderCall,
  { order, attempt, answer }: ReadyProduct,
): Promise<ProductOutcome> {
  const { providerProduct, requestId } = attempt;
  const outgoing = { requestId, providerProduct, quantity: order.quantity, answer };
  try {
    return cleaned(await products.placeProductOrder(outgoing, call));
  } catch (error) {
    const fields = { providerId: provider.id, productOrderId: order.id, error };
    ctx.log.error(fields, "call to a provider failed");
    return { kind: "unknown", reason: "The panel failed during the call; its log says more." };
  }
}

/** A stranger's words as the database can hold them. */
function cleaned(outcome: ProductOutcome): ProductOutcome {
  const clean = (text: string) =>
    text.replaceAll("\u0000", "").toWellFormed().slice(0, wordsLengthMax);
  if (outcome.kind === "accepted") {
    return { ...outcome, providerOrder: clean(outcome.providerOrder) };
  }
  return { ...outcome, reason: clean(outcome.reason) };
}

/**
 * Tries again while the database is away: what is known of a call must not be lost, or it counts as
 * unknown. What is written here may be written twice.
 */
async function retryUntilWritten({ ctx }: Queue, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= writeTriesMax) throw error;
      ctx.log.warn({ error }, "outcome of a product order not written yet");
      await pause(writePauseMs);
    }
  }
}
