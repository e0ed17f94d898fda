import { isIP } from "node:net";
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
  const unreadable = terms.ipAllow.find((address) => !isNetwork(address));
  return unreadable === undefined ? undefined : { code: "address_invalid", address: unreadable };
}

/** True for `203.0.113.7` and `10.0.0.0/8`, in either family. */
function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
