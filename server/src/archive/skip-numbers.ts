import type { Tx } from "#database/transaction.ts";
import { findPace, skipSequences, skipVersions } from "./skip-numbers.sql.ts";

/** How far numbers went on, and where. */
export type SkippedNumbers = {
  /** By how much every number of the panel was moved on. */
  readonly by: number;
  readonly nextOrder: string;
};

/** More than a panel sells in a day (23 each second), where nothing better is known. */
const perDayMin = 2_000_000;
/** By how many times a panel may have grown since its busiest day. */
const growth = 10;
/** Covers whatever was sold in the first moments. */
const least = 100_000;
/** Numbers stay short enough for clients that keep 32 bits, however old the backup is. */
export const skipMax = 1_000_000_000;

/**
 * Moves on every number that the panel gives, so that no number given after the backup, which
 * somebody outside may have kept, is ever given again. Nobody knows how many there were: at most
 * ten times the busiest day's, for every day of the backup's age. That grows faster than a panel
 * sells, so a backup that is restored a second time begins beyond what the first restored panel
 * gave. `given`: the operator knows better; 0 where nothing is lost.
 */
export async function skipNumbers(
  tx: Tx,
  { createdAt, given }: { readonly createdAt: string; readonly given: number | undefined },
): Promise<SkippedNumbers> {
  const by = given ?? (await derivedSkip(tx, createdAt));
  const sequences = await skipSequences(tx, by);
  if (by > 0) await skipVersions(tx, by);
  const nextOrder = sequences.find(({ name }) => name === "order_ids")?.next;
  if (nextOrder === undefined) throw new Error("there is no sequence of orders");
  return { by, nextOrder };
}

async function derivedSkip(tx: Tx, createdAt: string): Promise<number> {
  const { days, busiest } = await findPace(tx, createdAt);
  const perDay = Math.max(perDayMin, growth * busiest);
  return Math.min(skipMax, Math.ceil(perDay * days) + least);
}
