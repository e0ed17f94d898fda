import { amountFromDecimal, formatAmount } from "#values/money.ts";

// How views spell what they show. Names and words are those of API v2 where it has them. Money is a
// decimal string with at least two decimals, ids and counts are numbers, moments are `Date`.

/** Money, or a price. */
export function money(amount: bigint): string {
  return formatAmount(amount, 2);
}

/** The same for a `numeric` as the database writes it. */
export function moneyOf(decimal: string): string {
  return money(amountFromDecimal(decimal));
}

export function moneyOrNull(amount: bigint | undefined): string | null {
  return amount === undefined ? null : money(amount);
}

/** Per cent, without trailing zero decimals. */
export function percent(value: bigint): string {
  return formatAmount(value, 0);
}

/** A status in the words of API v2: `in_progress` is "In progress". */
export function wireWord(status: string): string {
  return (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll("_", " ");
}
