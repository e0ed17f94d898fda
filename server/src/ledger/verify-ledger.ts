import type { Context } from "#database/context.ts";
import { amountFromDecimal, formatAmount } from "#values/money.ts";
import { listParentDrifts } from "./verify-parents.sql.ts";
import { beginSnapshot, listDrifts, sumEntries } from "./verify.sql.ts";
import type { Drift } from "./verify.sql.ts";

export type LedgerProof = {
  readonly ok: boolean;
  readonly postings: number;
  /** Balance of each side, by currency and account, as decimals. */
  readonly totals: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly drifts: readonly Drift[];
};

const holders: ReadonlySet<string> = new Set(["customers", "providers", "tests"]);

/**
 * Proves the ledger in one snapshot while orders go on: every balance follows from the posting
 * before it, both sides sum to zero per currency, every order equals its postings, and every
 * drip-feed and subscription equals the orders that it made. Takes time linear in postings and
 * orders; names at most 100 drifts of each kind.
 */
export async function verifyLedger(ctx: Context): Promise<LedgerProof> {
  const connection = await ctx.db.connect();
  try {
    await beginSnapshot(connection);
    const drifts = [...(await listDrifts(connection)), ...(await listParentDrifts(connection))];
    const sides = await sumEntries(connection);
    await connection.query("commit");

    const totals: Record<string, Record<string, string>> = {};
    const sums = new Map<string, bigint>();
    let postings = 0;
    for (const side of sides) {
      const units = amountFromDecimal(side.total);
      (totals[side.currency] ??= {})[side.account] = formatAmount(units, 2);
      sums.set(side.currency, (sums.get(side.currency) ?? 0n) + units);
      if (!holders.has(side.account)) postings += side.postings;
    }
    const unbalanced = [...sums]
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => ({
        what: "the sides do not sum to zero",
        account: 0,
        detail: `${currency}: ${formatAmount(sum, 2)} too much`,
      }));
    const all = [...drifts, ...unbalanced];
    return { ok: all.length === 0, postings, totals, drifts: all };
  } finally {
    connection.release();
  }
}
