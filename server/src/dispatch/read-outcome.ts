import type { PlaceOutcome } from "#providers/connector.ts";
import { backOff } from "#values/back-off.ts";

const retryPause = { first: 1, cap: 300 };

/** The outcome for an order that somebody outside was asked to take. */
export type AskedOutcome = Exclude<PlaceOutcome, { kind: "by_hand" }>;

/** The part of an outcome that the row of a try stores. */
export function endOf(outcome: AskedOutcome) {
  switch (outcome.kind) {
    case "accepted":
      return { outcome: outcome.kind, providerOrder: outcome.providerOrder };
    case "refused":
      return { outcome: outcome.kind, concern: outcome.concern, reason: outcome.reason };
    case "not_sent":
    case "unknown":
      return { outcome: outcome.kind, reason: outcome.reason };
  }
}

/**
 * What a late answer makes of a try that counted as one of unknown outcome; `undefined` where the
 * answer settles nothing either.
 */
export function lateVerdict(
  outcome: PlaceOutcome,
):
  | { readonly as: "accepted"; readonly providerOrder: string }
  | { readonly as: "refused" }
  | undefined {
  switch (outcome.kind) {
    case "accepted":
      return { as: "accepted", providerOrder: outcome.providerOrder };
    case "refused":
    case "not_sent":
      return { as: "refused" };
    case "unknown":
    case "by_hand":
      return undefined;
  }
}

/**
 * The outcome of an acceptance under another order's number. It is not known which of the two
 * orders the number stands for, nor that there are two at the provider. Staff find out; until then
 * nothing is followed under it, booked, or sent again.
 */
export function unbelieved(providerOrder: string, holder: number) {
  const reason = `it answered with its number ${providerOrder}, which order ${holder} carries.`;
  return { kind: "unknown", reason } as const;
}

/** How many seconds after a try that was not sent the next one follows. */
export function retrySeconds(
  { number }: { readonly number: number },
  { retryAfterSeconds = 0 }: Extract<PlaceOutcome, { kind: "not_sent" }>,
): number {
  return Math.max(backOff(number, retryPause), retryAfterSeconds);
}
