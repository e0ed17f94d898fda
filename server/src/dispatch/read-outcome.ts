import type { PlaceOutcome } from "#providers/connector.ts";
import { backOff } from "#values/back-off.ts";

const retryPause = { first: 1, cap: 300 };

/** What became of an order that somebody outside was asked to take. */
export type AskedOutcome = Exclude<PlaceOutcome, { kind: "by_hand" }>;

/** What the row of a try keeps of its outcome. */
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
 * What an answer that came late makes of a try that was taken for one of unknown outcome; `undefined`
 * where it says nothing either.
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
 * What remains of an acceptance under a number that another order carries: neither which of the two it
 * is, nor that there are two. Staff find out; nothing is followed under it, booked, or sent again.
 */
export function unbelieved(providerOrder: string, holder: number) {
  const reason = `it answered with its number ${providerOrder}, which order ${holder} carries.`;
  return { kind: "unknown", reason } as const;
}

/** In how many seconds a try that was not sent is followed by the next. */
export function retrySeconds(
  { number }: { readonly number: number },
  { retryAfterSeconds = 0 }: Extract<PlaceOutcome, { kind: "not_sent" }>,
): number {
  return Math.max(backOff(number, retryPause), retryAfterSeconds);
}
