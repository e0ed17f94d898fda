import { amountFromDecimal, formatAmount } from "#values/money.ts";

// How views spell what they show. Names and words are those of API v2 where it has them; money is a
// decimal string with at least two decimals, ids and counts are numbers, moments are `Date`.

/** Money, or a price. */
export function money(amount: bigint): string {
  return formatAmount(amount, 2);
}

/** The same of a `numeric` as the database writes it. */
export function moneyOf(decimal: string): string {
  return money(amountFromDecimal(decimal));
}

export function moneyOrNull(amount: bigint | undefined): string | null {
  return amount === undefined ? null : money(amount);
}

/** Per cent, without decimals that say nothing. */
export function percent(value: bigint): string {
  return formatAmount(value, 0);
}

/** Words of a state as API v2 spells them: `in_progress` is "In progress". */
export function wireWord(status: string): string {
  return (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll("_", " ");
}
