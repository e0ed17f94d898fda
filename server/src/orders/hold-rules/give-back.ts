import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { inTransaction, isConnectionLoss, OutcomeUnknown } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { NotPlaced } from "#orders/not-placed.ts";

const pauseMsMax = 10_000;
/** By then a reservation that nobody gave back is looked at as that of a process that died. */
const givingUpMs = 300_000;

/**
 * Gives back what was taken for an order on its way. The customer is not kept waiting for a database
 * that is away: it is done behind the answer, as soon as the database is back. `work` may be done twice.
 */
export async function giveBack(ctx: Context, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.warn({ error }, "reservation of an order not given back yet");
    if (isConnectionLoss(error)) void giveBackLater(ctx, work);
  }
}

async function giveBackLater(ctx: Context, work: () => Promise<void>): Promise<void> {
  const endsAt = performance.now() + givingUpMs;
  for (let pauseMs = 250; performance.now() < endsAt; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    await pause(pauseMs, undefined, { ref: false });
    try {
      await work();
      return;
    } catch (error) {
      if (!isConnectionLoss(error)) break;
    }
  }
  ctx.log.warn("reservation of an order left to its time");
}

/**
 * Takes something for an order in a transaction of its own. Where nobody knows whether it was taken, it
 * is known all the same that the order was not placed.
 */
export async function takeForOrder<Value>(
  ctx: Context,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  try {
    return await inTransaction(ctx, work);
  } catch (cause) {
    if (!(cause instanceof OutcomeUnknown)) throw cause;
    throw new NotPlaced("what an order needs was not taken", { cause });
  }
}
