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

/** What stands against such terms of a key; `undefined` where nothing does. */
export function checkKeyTerms(
  terms: Pick<ApiKeyTerms, "dialect" | "ipAllow">,
): KeyTermsRefusal | undefined {
  if (terms.dialect !== undefined && !dialectNames.includes(terms.dialect)) {
    return { code: "dialect_unknown", dialect: terms.dialect, known: dialectNames };
  }
  // An address that could not be read would allow nobody, or worse.
  const unreadable = terms.ipAllow.find((address) => parseNetwork(address) === undefined);
  return unreadable === undefined ? undefined : { code: "address_invalid", address: unreadable };
}
