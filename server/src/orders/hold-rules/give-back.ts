import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { inTransaction, isConnectionLoss, OutcomeUnknown } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { NotPlaced } from "#orders/not-placed.ts";

const pauseMsMax = 10_000;
/** After this long, a reservation that nobody gave back counts as left by a process that died. */
const givingUpMs = 300_000;

/**
 * Gives back what was reserved for an order. The customer does not wait for a database that is
 * away: it happens after the answer, as soon as the database is back. `work` may run twice.
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
 * Reserves something for an order in a transaction of its own. Even where nobody knows whether the
 * reservation was made, it is certain that the order was not placed.
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
