import type { Queryable } from "#database/statement.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { amountFromDecimal, exchanged, perHour } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { scoreOrders, scoreRefills, scoreSpend } from "./scoreboard.sql.ts";
import type { OrderScoreRow, RefillScoreRow, ScoreFilter, SpendRow } from "./scoreboard.sql.ts";

/** Fewer than this are no sample, and no share is shown. */
export const sampleMin = 10;

/** How a provider, or one of its services, performed with our orders. */
export type Score = {
  readonly provider: Provider;
  /** `undefined`: all of them together. */
  readonly providerService: string | undefined;
  readonly counts: OrderScoreRow;
  /** Shares from 0 to 1 of what was accepted and has ended; `undefined` below the sample. */
  readonly partialShare: number | undefined;
  readonly canceledShare: number | undefined;
  /** Shares of all attempts. */
  readonly refusedShare: number | undefined;
  readonly unknownShare: number | undefined;
  /** Seconds; `undefined` below the sample. */
  readonly start: Spread | undefined;
  readonly finish: Spread | undefined;
  readonly refills: RefillScoreRow | undefined;
  readonly refillShare: number | undefined;
  /** In the panel's currency. */
  readonly spentPerHour: Amount | undefined;
  /** How long the balance lasts at that rate. Only for whole providers. */
  readonly hoursLeft: number | undefined;
};

export type Spread = { readonly median: number; readonly ninetieth: number };

/** The score of each provider, each followed by its services. */
export async function readScoreboard(db: Queryable, filter: ScoreFilter): Promise<Score[]> {
  const providers = new Map((await listProviders(db)).map((provider) => [provider.id, provider]));
  const orders = await scoreOrders(db, filter);
  const refills = byPlace(await scoreRefills(db, filter));
  const spends = byPlace(await scoreSpend(db, filter));
  const scores: Score[] = [];
  for (const counts of orders) {
    const provider = providers.get(counts.provider_id);
    if (provider === undefined) continue;
    const spend = spends.get(placeOf(counts));
    const score = scoreOf(provider, counts, refills.get(placeOf(counts)), spend);
    const isWhole = counts.provider_service === null && filter.serviceId === undefined;
    const hoursLeft = isWhole ? await hoursOf(db, provider, spend) : undefined;
    scores.push({ ...score, hoursLeft });
  }
  return scores;
}

function scoreOf(
  provider: Provider,
  counts: OrderScoreRow,
  refills: RefillScoreRow | undefined,
  spend: SpendRow | undefined,
): Score {
  const ended = counts.completed + counts.partial + counts.canceled;
  const settledRefills = (refills?.completed ?? 0) + (refills?.failed ?? 0);
  return {
    provider,
    providerService: counts.provider_service ?? undefined,
    counts,
    partialShare: shareOf(counts.partial, ended),
    canceledShare: shareOf(counts.canceled, ended),
    refusedShare: shareOf(counts.refused, counts.sent),
    unknownShare: shareOf(counts.unknown, counts.sent),
    start: spreadOf(counts.started, counts.start_median, counts.start_90),
    finish: spreadOf(counts.finished, counts.finish_median, counts.finish_90),
    refills,
    refillShare: shareOf(refills?.completed ?? 0, settledRefills),
    spentPerHour: spend && perHour(amountFromDecimal(spend.spent), spend.hours),
    hoursLeft: undefined,
  };
}

async function hoursOf(
  db: Queryable,
  provider: Provider,
  spend: SpendRow | undefined,
): Promise<number | undefined> {
  const { balance } = await findProviderState(db, provider.id);
  const spent = spend === undefined ? 0n : amountFromDecimal(spend.spent);
  if (balance === undefined || spend === undefined || spent <= 0n) return undefined;
  return (Number(exchanged(balance, provider.exchangeRate)) / Number(spent)) * spend.hours;
}

function shareOf(part: number, whole: number): number | undefined {
  return whole < sampleMin ? undefined : part / whole;
}

function spreadOf(
  sample: number,
  median: number | null,
  ninetieth: number | null,
): Spread | undefined {
  if (sample < sampleMin || median === null || ninetieth === null) return undefined;
  return { median, ninetieth };
}

type Place = { readonly provider_id: number; readonly provider_service: string | null };

function placeOf({ provider_id, provider_service }: Place): string {
  return JSON.stringify([provider_id, provider_service]);
}

function byPlace<Row extends Place>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [placeOf(row), row]));
}
