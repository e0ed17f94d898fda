import { formatAmount } from "./money.ts";
import type { Amount } from "./money.ts";

// The language's own way to write a number digit by digit; its types are not in the library yet.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * An amount that `JSON.stringify` writes as a number: every digit, no exponent, no trailing zeros.
 * For answers on the wire that have numbers where others have text.
 */
export function jsonNumber(amount: Amount): unknown {
  return rawJSON(formatAmount(amount, 0));
}
