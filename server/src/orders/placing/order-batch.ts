import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import type { MicroBatch } from "#database/micro-batch.ts";
import { shareConnection } from "#database/shared-connection.ts";
import type { SharedConnection } from "#database/shared-connection.ts";
import {
  brokenConstraint,
  isConnectionLoss,
  isRetryable,
  OutcomeUnknown,
} from "#database/transaction.ts";
import { NotPlaced } from "#orders/not-placed.ts";
import { findOrderBatch, placeOrderBatch } from "./place-orders.sql.ts";
import type { OrderOutcome, OrderRequest } from "./place-orders.sql.ts";

const attemptsMax = 8;
const pauseMs = 250;

/** An order's outcome, or a failure that concerns this order alone. */
type Settled = OrderOutcome | { readonly code: "failed"; readonly error: Error };

export type OrderBatches = MicroBatch<OrderRequest, Settled>;

/**
 * Opens the path by which all new orders of this process reach the database: one batch at a time,
 * the next right behind it. Each answer is given after its batch is committed, never before.
 */
export function openOrderBatches(ctx: Context): OrderBatches {
  const line = shareConnection(ctx.hot);
  return microBatch((requests) => placeBatch(ctx, line, requests), {
    itemsMax: 256,
    batchesMax: 2,
    // A batch has a fixed cost, so many small ones would be slower than a pause.
    besideMin: 24,
    waitingMax: 10_000,
    ownerOf: ({ accountId }) => accountId,
    ownerMax: 64,
    // Long comments count by length: a batch's content is held several times over on its way.
    size: { of: ({ link, fields }) => link.length + (fields?.length ?? 0), max: 4 * 1024 * 1024 },
  });
}

/**
 * Gets a batch decided even through lost connections. The batch's id is unique in the database, so
 * it commits once however often it is sent. After a lost answer it is looked up, and only sent
 * again under the same id. If the database cannot read a row, the batch is sent row by row.
 */
async function placeBatch(
  ctx: Context,
  line: SharedConnection,
  requests: OrderRequest[],
): Promise<Settled[]> {
  const batchId = randomUUID();
  let mayBePlaced = false;
  for (let attempt = 1; ; attempt++) {
    try {
      if (mayBePlaced) {
        const stored = await findOrderBatch(ctx.hot, batchId);
        if (stored !== undefined) return stored;
      }
      return await line.use((db) => {
        mayBePlaced = true;
        return placeOrderBatch(db, batchId, requests);
      });
    } catch (error) {
      const isOpen = isConnectionLoss(error) || isRetryable(error) || isSameBatch(error);
      if (!isOpen && requests.length > 1) return placeOneByOne(ctx, line, requests);
      if (!isOpen) throw error;
      if (attempt >= attemptsMax) {
        ctx.log.error({ batchId, orders: requests.length, error }, "batch of orders given up");
        const words = `batch ${batchId} of ${requests.length} orders`;
        throw mayBePlaced
          ? new OutcomeUnknown(words, { cause: error })
          : new NotPlaced(words, { cause: error });
      }
      if (isConnectionLoss(error)) await pause(pauseMs * attempt);
    }
  }
}

async function placeOneByOne(
  ctx: Context,
  line: SharedConnection,
  requests: OrderRequest[],
): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const request of requests) {
    try {
      settled.push(...(await placeBatch(ctx, line, [request])));
    } catch (error) {
      const words = error instanceof Error ? error : new Error(String(error));
      settled.push({ code: "failed", error: words });
    }
  }
  return settled;
}

/** True where an earlier sending of this very batch was committed after all. */
function isSameBatch(error: unknown): boolean {
  return brokenConstraint(error) === "order_batches_pkey";
}
