import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { formatAmount, parseAmount, rateFromCost, unitsPerOne, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** What is put on a cost: per cent of it and a fixed part, in the panel's currency. */
type Addition = { readonly percent: Amount; readonly fixed: Amount };

/** How a list price is made from what we pay. */
export type MarkUp = Addition & {
  /** To how many decimals the price is rounded up, 2 to 5. */
  readonly decimals: number;
  /** Other additions for what costs at most this much; the lowest band that fits counts. */
  readonly bands: readonly (Addition & { readonly costUpTo: Amount })[];
};

export type MarkUpRefusal = { readonly code: "markup_invalid" };

const percentMax = 100_000n * unitsPerOne;
const fixedMax = 1_000_000_000n * unitsPerOne;
const bandsMax = 50;
const decimalsMin = 2;
const decimalsMax = 5;

/** A percentage alone, rounded to 5 decimals. */
export function markUpOf(percent: Amount): MarkUp {
  return { percent, fixed: zero, decimals: decimalsMax, bands: [] };
}

/** The list price of what costs this much (in the panel's currency). */
export function sellingRate(cost: Amount, markUp: MarkUp): Amount {
  const band = markUp.bands
    .toSorted((a, b) => (a.costUpTo < b.costUpTo ? -1 : 1))
    .find(({ costUpTo }) => cost <= costUpTo);
  const { percent, fixed } = band ?? markUp;
  return rateFromCost(cost, { percent, fixed, decimals: markUp.decimals });
}

/** Returns a mark-up whose parts are within bounds, or a refusal. */
export function checkMarkUp(markUp: MarkUp): Result<MarkUp, MarkUpRefusal> {
  const additions: readonly Addition[] = [markUp, ...markUp.bands];
  const isRight =
    additions.every(({ percent }) => percent >= zero && percent <= percentMax) &&
    additions.every(({ fixed }) => fixed >= zero && fixed <= fixedMax) &&
    markUp.decimals >= decimalsMin &&
    markUp.decimals <= decimalsMax &&
    markUp.bands.length <= bandsMax &&
    markUp.bands.every(({ costUpTo }) => costUpTo > zero);
  return isRight ? ok(markUp) : refused({ code: "markup_invalid" });
}

export function isSameMarkUp(a: MarkUp, b: MarkUp): boolean {
  return JSON.stringify(markUpJson(a)) === JSON.stringify(markUpJson(b));
}

/** The mark-up as it is stored and shown: amounts as decimal strings. */
export function markUpJson(markUp: MarkUp): Readonly<Record<string, unknown>> {
  return {
    percent: formatAmount(markUp.percent, 0),
    fixed: formatAmount(markUp.fixed, 0),
    decimals: markUp.decimals,
    bands: markUp.bands.map((band) => ({
      cost_up_to: formatAmount(band.costUpTo, 0),
      percent: formatAmount(band.percent, 0),
      fixed: formatAmount(band.fixed, 0),
    })),
  };
}

/** Reads what `markUpJson` wrote; anything else is a bug. */
export function markUpFromJson(json: Readonly<Record<string, unknown>>): MarkUp {
  const { percent, fixed, decimals, bands } = json;
  if (typeof decimals !== "number" || !Array.isArray(bands)) throw new Error("no mark-up");
  return {
    percent: readAmount(percent),
    fixed: readAmount(fixed),
    decimals,
    bands: bands.map((band: Readonly<Record<string, unknown>>) => ({
      costUpTo: readAmount(band["cost_up_to"]),
      percent: readAmount(band["percent"]),
      fixed: readAmount(band["fixed"]),
    })),
  };
}

/** In words: `25 % + 0.10, up to 4 decimals`. */
export function markUpText(markUp: MarkUp): string {
  const words = ({ percent, fixed }: Addition) =>
    [`${formatAmount(percent, 0)} %`, ...(fixed > zero ? [formatAmount(fixed, 2)] : [])].join(
      " + ",
    );
  const bands = markUp.bands.map(
    (band) => `${words(band)} for a cost up to ${formatAmount(band.costUpTo, 2)}`,
  );
  const rounding =
    markUp.decimals === decimalsMax ? [] : [`rounded up to ${markUp.decimals} decimals`];
  return [words(markUp), ...bands, ...rounding].join(", ");
}

function readAmount(value: unknown): Amount {
  const amount = typeof value === "string" ? parseAmount(value) : undefined;
  if (amount === undefined) throw new Error("no amount in a mark-up");
  return amount;
}
