import type { PoolClient } from "pg";
import type { Context } from "./context.ts";

/** A connection inside a transaction. */
export type Tx = PoolClient;

const attemptsMax = 5;

/**
 * Runs `work` in one transaction. A throw rolls back, and so does a refusal. Where PostgreSQL broke
 * off for the sake of another transaction (40001, 40P01), the work is run again, five times at most:
 * it must have no effect outside the database.
 */
export async function inTransaction<Value>(
  ctx: Context,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const tx = await ctx.db.connect();
    let broken: Error | undefined;
    try {
      await tx.query("begin");
      const value = await work(tx);
      await tx.query(isRefusal(value) ? "rollback" : "commit");
      return value;
    } catch (error) {
      await tx.query("rollback").catch((cause: unknown) => {
        broken = new Error("the connection did not roll back", { cause });
      });
      if (attempt >= attemptsMax || !isRetryable(error)) throw error;
    } finally {
      tx.release(broken);
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

/** True where no answer came, or only that the server is going away: what became of it is open. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(57P0[1-5]|08...|53300)$/.test(state);
}

/** True where the same transaction, run again, may succeed. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

/** The name of the constraint that a statement broke, where it broke one. */
export function brokenConstraint(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("constraint" in error)) return undefined;
  return typeof error.constraint === "string" ? error.constraint : undefined;
}
