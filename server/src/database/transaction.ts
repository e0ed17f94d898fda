import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolClient } from "pg";
import type { Context } from "./context.ts";
import { commitMarked, findMark } from "./transaction-marks.sql.ts";

/** A connection inside a transaction. */
export type Tx = PoolClient;

const attemptsMax = 5;
const lookingMsMax = 10_000;
const lookAgainMs = 250;

/** Nobody can say whether it was done: the caller must give no answer rather than guess. */
export class OutcomeUnknown extends Error {
  override name = "OutcomeUnknown";
}

/**
 * Runs `work` in one transaction. A throw rolls back, and so does a refusal. Where PostgreSQL
 * aborts it in favour of another transaction (40001, 40P01), the work is run again, at most five
 * times: it must have no effect outside the database. Where the answer to the COMMIT is lost, its
 * outcome is looked up: if it was committed, its result is returned; if not, it is run again. So
 * whatever is thrown, the work was not done, except with `OutcomeUnknown`: then the database stayed
 * away.
 */
export async function inTransaction<Value>(
  ctx: Pick<Context, "db">,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const end = await tryOnce(ctx, work);
    if (end.kind === "done") return end.value;
    const { error } = end;
    let isAgain = isRetryable(error);
    if (end.kind === "unclear") {
      if (await wasCommitted(ctx, end.mark, error)) return end.value;
      isAgain = isConnectionLoss(error);
    }
    if (!isAgain || attempt >= attemptsMax) throw error;
  }
}

type End<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "failed"; readonly error: unknown }
  /** The COMMIT was sent and may have been carried out. */
  | {
      readonly kind: "unclear";
      readonly error: unknown;
      readonly value: Value;
      readonly mark: string;
    };

/** One try. It frees its connection before anybody looks up the outcome. */
async function tryOnce<Value>(
  { db }: Pick<Context, "db">,
  work: (tx: Tx) => Promise<Value>,
): Promise<End<Value>> {
  const tx = await db.connect();
  let broken: Error | undefined;
  const rollback = () =>
    tx.query("rollback").catch((cause: unknown) => {
      broken = new Error("the connection did not roll back", { cause });
    });
  try {
    await tx.query("begin");
    const value = await work(tx);
    if (isRefusal(value)) {
      // A connection that is lost now also means a rollback.
      await rollback();
      return { kind: "done", value };
    }
    const mark = randomUUID();
    try {
      await commitMarked(tx, mark);
      return { kind: "done", value };
    } catch (error) {
      await rollback();
      // Aborted in favour of another transaction: it certainly was not committed.
      return isRetryable(error)
        ? { kind: "failed", error }
        : { kind: "unclear", error, value, mark };
    }
  } catch (error) {
    await rollback();
    return { kind: "failed", error };
  } finally {
    tx.release(broken);
  }
}

async function wasCommitted(
  { db }: Pick<Context, "db">,
  mark: string,
  cause: unknown,
): Promise<boolean> {
  const endsAt = performance.now() + lookingMsMax;
  for (;;) {
    try {
      return await findMark(db, mark);
    } catch (error) {
      if (performance.now() >= endsAt) throw new OutcomeUnknown(`transaction ${mark}`, { cause });
      if (isConnectionLoss(error)) await pause(lookAgainMs);
      // 55P03: the transaction is still running.
      else if (sqlState(error) !== "55P03") throw new OutcomeUnknown(String(error), { cause });
    }
  }
}

function isRefusal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ok" in value && value.ok === false;
}

/** The SQLSTATE that the server answered; `undefined` where the failure is not the server's answer. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("severity" in error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** True where no answer came, or only one that the server is going away: the outcome is open. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(57P0[1-5]|08...|53300)$/.test(state);
}

/** True where the same transaction may succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

/** Returns the name of the constraint that a statement broke, if it broke one. */
export function brokenConstraint(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("constraint" in error)) return undefined;
  return typeof error.constraint === "string" ? error.constraint : undefined;
}
