import type { ProviderOrderState } from "#providers/connector.ts";
import { formatAmount, piecesAtRate, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { cut } from "#values/text.ts";

/** What to make of an order that a provider made for a post. */
export type MirroredQuantity =
  | { readonly kind: "known"; readonly quantity: number }
  /** It came to nothing there, so there is nothing to charge. */
  | { readonly kind: "void" }
  | { readonly kind: "unclear"; readonly problem: string };

/** What the subscription allows, and what 1000 cost at the provider, in its currency. */
export type MirroredTerms = {
  readonly min: number;
  readonly max: number;
  readonly providerRate: Amount | undefined;
};

/**
 * How much the provider ordered for a post, which API v2 does not say. Where the subscription
 * allows one quantity only, it is that. Otherwise there are three witnesses: a `quantity` in the
 * answer, the charge where it is a whole number of pieces at the provider's rate, and the remains
 * of an order that is Pending, of which nothing was delivered. They must agree, lie within the
 * subscription's bounds and be no less than what remains. Nothing is rounded and nothing guessed:
 * otherwise it is unclear, and the customer is not charged.
 */
export function mirroredQuantity(said: ProviderOrderState, terms: MirroredTerms): MirroredQuantity {
  if (said.kind === "missing") return unclear("the provider does not know it");
  if (said.kind === "unread") return unclear("the provider's answer cannot be read");
  if (said.unread?.["remains"] !== undefined) {
    return unclear(`its remains cannot be read: ${said.unread["remains"]}`);
  }
  const { min, max } = terms;
  const remains = said.remains ?? 0;
  if (min === max) {
    return remains > max ? unclear(`${remains} remain of at most ${max}`) : known(min);
  }
  const witnesses = [
    ...of(said.quantity),
    ...of(quantityCharged(said, terms.providerRate)),
    ...of(said.status === "pending" && remains > 0 ? remains : undefined),
  ];
  const [first] = witnesses;
  if (first === undefined) {
    if (said.status === "canceled") return { kind: "void" };
    return unclear(`${wordsOf(said)}: no quantity follows from that`);
  }
  if (witnesses.some((quantity) => quantity !== first)) {
    return unclear(`${wordsOf(said)}: that may be ${witnesses.join(" or ")}`);
  }
  if (first < min || first > max || first < remains) {
    return unclear(`${wordsOf(said)}: ${first} are not from ${min} to ${max}`);
  }
  return known(first);
}

/** A charge shows the quantity as long as nothing of it was refunded. */
function quantityCharged(
  { status, charge }: Extract<ProviderOrderState, { kind: "state" }>,
  rate: Amount | undefined,
): number | undefined {
  if (charge === undefined || charge <= zero || rate === undefined || rate <= zero)
    return undefined;
  if (status === undefined || status === "partial" || status === "canceled") return undefined;
  return piecesAtRate(charge, rate);
}

function wordsOf(said: Extract<ProviderOrderState, { kind: "state" }>): string {
  const charge = said.charge === undefined ? "no charge" : `charge ${formatAmount(said.charge, 2)}`;
  return `${JSON.stringify(cut(said.word, 50))}, ${charge}, ${said.remains ?? "unknown"} remain`;
}

function known(quantity: number): MirroredQuantity {
  return { kind: "known", quantity };
}

function unclear(problem: string): MirroredQuantity {
  return { kind: "unclear", problem };
}

function of(quantity: number | undefined): number[] {
  return quantity === undefined ? [] : [quantity];
}
