import type { ProductAttempt } from "./product-attempts.sql.ts";

/** What the tries with a product order come to. */
export type Standing =
  /** Nothing of it can be at a provider: it may be sent, as its try of this number. */
  | { readonly kind: "free"; readonly number: number; readonly last: ProductAttempt | undefined }
  /** A call is under way, or its worker is gone. */
  | { readonly kind: "open"; readonly attempt: ProductAttempt }
  /** The provider may have it; `number` is the next. */
  | { readonly kind: "unknown"; readonly attempt: ProductAttempt; readonly number: number }
  | { readonly kind: "accepted"; readonly providerOrder: string | undefined };

/** Reads all tries of an order, the first one first. What may have been taken is never free. */
export function standingOf(attempts: readonly ProductAttempt[]): Standing {
  const last = attempts.at(-1);
  const number = (last?.number ?? 0) + 1;
  const open = attempts.find((each) => each.outcome === undefined);
  if (open !== undefined) return { kind: "open", attempt: open };
  const accepted = attempts.findLast(
    (each) => each.outcome === "accepted" || each.settledAs === "accepted",
  );
  if (accepted !== undefined) return { kind: "accepted", providerOrder: accepted.providerOrder };
  const unknown = attempts.find(
    (each) => each.outcome === "unknown" && each.settledAs === undefined,
  );
  if (unknown !== undefined) return { kind: "unknown", attempt: unknown, number };
  return { kind: "free", number, last };
}
