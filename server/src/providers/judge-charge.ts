import { chargeMax, exchanged, formatAmount, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { cleaned } from "#values/text.ts";

const costFactorMax = 10n;

/** What a provider says that it charges for something. */
export type SaidCharge = {
  readonly charge: Amount | undefined;
  readonly currency?: string;
  readonly unread?: Readonly<Record<string, string>>;
};

/**
 * `unclear`: the charge cannot be right, or cannot be read. It is not booked, and staff are told in
 * words.
 */
export type JudgedCharge =
  | { readonly kind: "none" }
  | { readonly kind: "clear"; readonly cost: Amount }
  | { readonly kind: "unclear"; readonly words: string };

/**
 * What follows from a charge, in the panel's currency. `currency` is what the provider is set up
 * in, and one unit of it costs `exchangeRate`; `expected` is the expected charge, where it is
 * known.
 */
export function judgeCharge(
  { charge, currency, unread }: SaidCharge,
  known: {
    readonly exchangeRate: Amount;
    readonly currency: string;
    readonly expected: Amount | undefined;
  },
): JudgedCharge {
  const unreadable = unread?.["charge"];
  if (unreadable !== undefined) {
    return unclear(`${JSON.stringify(cleaned(unreadable))} cannot be read and is not booked`);
  }
  if (charge === undefined) return { kind: "none" };
  if (charge < zero) return unclear(`${money(charge)} not booked`);
  if (currency !== undefined && currency !== known.currency && charge !== zero) {
    const why = `the provider is set up in ${known.currency}`;
    return unclear(`${money(charge)} ${cleaned(currency)} not booked, because ${why}`);
  }
  const cost = exchanged(charge, known.exchangeRate);
  const { expected } = known;
  const isAbsurd = expected !== undefined && expected > zero && cost > expected * costFactorMax;
  if (!isAbsurd && cost <= chargeMax) return { kind: "clear", cost };
  const beside = expected === undefined ? "" : `, ${money(expected)} expected`;
  return unclear(`${money(charge)} not booked${beside}`);
}

function unclear(words: string): JudgedCharge {
  return { kind: "unclear", words: `charge ${words}` };
}

function money(amount: Amount): string {
  return formatAmount(amount, 2);
}
