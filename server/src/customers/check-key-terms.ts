import { parseNetwork } from "#values/network.ts";
import type { ApiKeyTerms } from "./api-keys.sql.ts";
import { dialectNames } from "./dialect-names.ts";

export type KeyTermsRefusal =
  | {
      readonly code: "dialect_unknown";
      readonly dialect: string;
      readonly known: readonly string[];
    }
  | { readonly code: "address_invalid"; readonly address: string };

/** Why a key cannot have these terms; `undefined` where nothing is wrong. */
export function checkKeyTerms(
  terms: Pick<ApiKeyTerms, "dialect" | "ipAllow">,
): KeyTermsRefusal | undefined {
  if (terms.dialect !== undefined && !dialectNames.includes(terms.dialect)) {
    return { code: "dialect_unknown", dialect: terms.dialect, known: dialectNames };
  }
  // An unreadable address would allow nobody, or worse.
  const unreadable = terms.ipAllow.find((address) => parseNetwork(address) === undefined);
  return unreadable === undefined ? undefined : { code: "address_invalid", address: unreadable };
}
