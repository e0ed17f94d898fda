import type { PlaceOutcome } from "#providers/connector.ts";

/** The fields that are read of a try to place an order at a provider. */
export type Try = {
  readonly number: number;
  /** `undefined` while the call is under way, or where its worker is gone. */
  readonly outcome: PlaceOutcome["kind"] | undefined;
  readonly providerOrder: string | undefined;
  /** What an unknown outcome turned out to be. */
  readonly settledAs: "accepted" | "refused" | undefined;
};

/** Where an order stands, given its tries. */
export type Standing<Attempt extends Try> =
  /** No part of it can be at a provider: it may be sent, as its try of this number. */
  | { readonly kind: "free"; readonly number: number; readonly last: Attempt | undefined }
  /** A call is under way, or its worker is gone. */
  | { readonly kind: "open"; readonly attempt: Attempt }
  /** The provider may have it; `number` is the next try's. */
  | { readonly kind: "unknown"; readonly attempt: Attempt; readonly number: number }
  | { readonly kind: "accepted"; readonly providerOrder: string | undefined };

/** The reason on a try that has no end because its worker is gone. */
export const lostReason = "The worker ended while the call was under way.";

/**
 * Reads the tries of an order, the first one first. An order that may have been taken is never
 * free.
 */
export function standingOf<Attempt extends Try>(attempts: readonly Attempt[]): Standing<Attempt> {
  const last = attempts.at(-1);
  const number = (last?.number ?? 0) + 1;
  const open = attempts.find(isOpen);
  if (open !== undefined) return { kind: "open", attempt: open };
  const accepted = attempts.findLast(
    (each) => each.outcome === "accepted" || each.settledAs === "accepted",
  );
  if (accepted !== undefined) return { kind: "accepted", providerOrder: accepted.providerOrder };
  const unknown = attempts.find(isUnknown);
  if (unknown !== undefined) return { kind: "unknown", attempt: unknown, number };
  return { kind: "free", number, last };
}

/** True for a try without an end. */
export function isOpen({ outcome }: Try): boolean {
  return outcome === undefined;
}

/** True for a try of unknown outcome that has not been settled. */
export function isUnknown({ outcome, settledAs }: Try): boolean {
  return outcome === "unknown" && settledAs === undefined;
}
