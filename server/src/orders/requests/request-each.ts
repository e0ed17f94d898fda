import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { inTransaction, isConnectionLoss, OutcomeUnknown } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { answerOnce } from "#request-ids/answer-once.ts";
import type { RepeatableRequest, RequestIdUsed } from "#request-ids/request-id.ts";
import type { OrderId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";

const pauseMs = 250;

/** How a request for one or several orders came in. */
export type RequestTerms = {
  /** Where the customer gave a request id, the request counts once. */
  readonly request?: RepeatableRequest | undefined;
  /** True when nobody waits for the answer any more. Then nothing more is begun. */
  readonly isGone?: () => boolean;
};

/** The database was away, or failed at this order. Nothing was done. */
export type NotDone = { readonly code: "unavailable" };

export type EachVerdict<Value, Refusal> = ReadonlyMap<OrderId, Result<Value, Refusal | NotDone>>;

/** How the orders of a list are processed. */
type Taking<Value, Refusal> = RequestTerms & {
  /** How many orders one transaction takes. */
  readonly atOnce: number;
  /** A verdict for each order, within the transaction. */
  readonly take: (
    tx: Tx,
    ids: readonly OrderId[],
  ) => Promise<ReadonlyMap<OrderId, Result<Value, Refusal>>>;
  /** Reads a value that was stored under a request id. */
  readonly read: (stored: unknown) => Value | undefined;
};

/**
 * Makes a request for each order, several in one transaction, so that what was done stays done and
 * is reported, whatever happens in between. If the database goes away, the remaining orders are
 * reported as not done; if it was away from the beginning, its error is thrown. An order at which
 * the database fails is retried alone, so that it spoils no other. Throws `OutcomeUnknown` where
 * nobody can say.
 */
export async function requestEach<Value, Refusal>(
  ctx: Context,
  orderIds: readonly OrderId[],
  taking: Taking<Value, Refusal>,
): Promise<Result<EachVerdict<Value, Refusal>, RequestIdUsed>> {
  const { atOnce, request, read, take } = taking;
  const verdicts = new Map<OrderId, Result<Value, Refusal | NotDone>>();
  const ids = [...new Set(orderIds)];
  let pieces = piecesOf(ids, atOnce);
  let losses = 0;
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (taking.isGone?.() === true) break;
    const now = piece;
    try {
      const answered = await inTransaction(ctx, (tx) =>
        answerOnce(tx, request, now, read, (left) => take(tx, left)),
      );
      if (!answered.ok) return answered;
      for (const [id, verdict] of answered.value) verdicts.set(id, verdict);
    } catch (error) {
      if (error instanceof OutcomeUnknown) throw error;
      if (isConnectionLoss(error)) {
        if (++losses > 1 && verdicts.size === 0) throw error;
        if (losses > 1) break;
        await pause(pauseMs);
        pieces.unshift(now);
      } else if (now.length > 1) {
        pieces = [...piecesOf(now, 1), ...pieces];
      } else {
        if (ids.length === 1) throw error;
        ctx.log.error({ error, orders: now }, "request for an order failed");
        for (const id of now) verdicts.set(id, refused({ code: "unavailable" }));
      }
    }
  }
  for (const id of ids) {
    if (!verdicts.has(id)) verdicts.set(id, refused({ code: "unavailable" }));
  }
  return ok(verdicts);
}

function piecesOf(ids: readonly OrderId[], length: number): (readonly OrderId[])[] {
  const pieces: (readonly OrderId[])[] = [];
  for (let start = 0; start < ids.length; start += length) {
    pieces.push(ids.slice(start, start + length));
  }
  return pieces;
}
