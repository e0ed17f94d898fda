import { amountFromDecimal, decimalFromAmount, formatAmount, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** A customer's own price of a service or product: an amount, or per cent of the list price. */
export type CustomRate =
  | { readonly kind: "fixed"; readonly rate: Amount }
  | { readonly kind: "percent"; readonly percent: Amount };

const percentMax = 1000n * unitsPerOne;

/**
 * What a custom rate has to be, where this one is not possible; `undefined` where it is possible,
 * or there is none.
 */
export function checkCustomRate(
  rate: CustomRate | undefined,
  fixedMax: { readonly amount: bigint; readonly shown: string },
): string | undefined {
  if (rate?.kind === "fixed" && (rate.rate <= 0n || rate.rate > fixedMax.amount)) {
    return `more than 0, at most ${fixedMax.shown}`;
  }
  if (rate?.kind === "percent" && (rate.percent <= 0n || rate.percent > percentMax)) {
    return "more than 0, at most 1000 per cent of the list price";
  }
  return undefined;
}

/** For the audit. */
export function auditedRate(rate: CustomRate): Readonly<Record<string, string>> {
  return rate.kind === "fixed"
    ? { fixed: formatAmount(rate.rate, 2) }
    : { percent: formatAmount(rate.percent, 0) };
}

/** The two columns that store it; one of them is null. */
export type CustomRateRow = { readonly fixed: string | null; readonly percent: string | null };

export function customRateFromRow({ fixed, percent }: CustomRateRow): CustomRate | undefined {
  if (fixed !== null) return { kind: "fixed", rate: amountFromDecimal(fixed) };
  if (percent === null) return undefined;
  return { kind: "percent", percent: amountFromDecimal(percent) };
}

export function customRateToRow(rate: CustomRate): CustomRateRow {
  return rate.kind === "fixed"
    ? { fixed: decimalFromAmount(rate.rate), percent: null }
    : { fixed: null, percent: decimalFromAmount(rate.percent) };
}
