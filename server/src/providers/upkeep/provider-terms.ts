import { isIP } from "node:net";
import { parseUrl } from "#outgoing/send-request.ts";
import { isPublicAddress } from "#outgoing/public-address.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Amount } from "#values/money.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";

/** What an operator sets for a provider; what is left out stays as it is. */
export type ProviderTerms = {
  readonly name?: string | undefined;
  readonly alias?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** Unencrypted. */
  readonly key?: string | undefined;
  readonly currency?: string | undefined;
  readonly exchangeRate?: Amount | undefined;
  readonly timeoutMs?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly parallelCalls?: number | undefined;
  readonly lowBalance?: Amount | undefined;
  readonly isPrivate?: boolean | undefined;
  readonly isEnabled?: boolean | undefined;
  /** Added to the present settings; an empty text removes a setting. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
};

export type ProviderTermsRefusal =
  | { readonly code: "provider_name_invalid" }
  | { readonly code: "provider_name_reserved"; readonly name: string }
  | { readonly code: "provider_alias_invalid" }
  | { readonly code: "provider_not_remote"; readonly connector: string }
  | { readonly code: "provider_url_invalid"; readonly problem: UrlProblem }
  | { readonly code: "provider_url_missing"; readonly connector: string }
  | { readonly code: "provider_key_missing" }
  | { readonly code: "provider_key_invalid" }
  | { readonly code: "provider_currency_invalid"; readonly currency: string }
  | { readonly code: "provider_exchange_rate_missing"; readonly currency: string }
  | {
      readonly code: "provider_setting_invalid";
      readonly setting: string;
      readonly expected: string;
    };

export type UrlProblem =
  | { readonly kind: "unreadable" }
  | { readonly kind: "has_query" }
  | { readonly kind: "not_public"; readonly host: string };

const nameLengthMax = 100;
/** The panel itself finds these two by their names, for example for orders of test keys. */
const reservedNames = ["manual", "sandbox"];
const keyLengthMax = 1000;

/**
 * The provider with these terms applied, checked except for the key, which the caller seals.
 * `panelCurrency` is what the panel sells in.
 */
export function applyProviderTerms(
  before: Provider,
  terms: ProviderTerms,
  connector: ProviderConnector,
  panelCurrency: string,
): Result<Provider, ProviderTermsRefusal> {
  const name = terms.name?.trim() ?? before.name;
  if (!isShortText(name)) return refused({ code: "provider_name_invalid" });
  const reserved = name === before.name ? undefined : reservedName(before.name, name);
  if (reserved !== undefined) return refused({ code: "provider_name_reserved", name: reserved });
  const alias = terms.alias?.trim() ?? before.alias;
  if (!isShortText(alias)) return refused({ code: "provider_alias_invalid" });
  const reached = checkAddress(before, terms, connector);
  if (reached !== undefined) return refused(reached);
  const { exchangeRate, currency } = terms;
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
    return refused({ code: "provider_currency_invalid", currency });
  }
  const isForeign = currency !== undefined && currency !== panelCurrency;
  if (isForeign && currency !== before.currency && exchangeRate === undefined) {
    return refused({ code: "provider_exchange_rate_missing", currency });
  }
  const settings = connector.checkSettings(merged(before.settings, terms.settings ?? {}));
  if (!settings.ok) return refused({ code: "provider_setting_invalid", ...settings.refusal });
  return ok({
    ...before,
    name,
    alias,
    settings: settings.value,
    baseUrl: terms.baseUrl?.trim() ?? before.baseUrl,
    currency: currency ?? before.currency,
    exchangeRate: exchangeRate ?? before.exchangeRate,
    timeoutMs: terms.timeoutMs ?? before.timeoutMs,
    requestsPerSecond: terms.requestsPerSecond ?? before.requestsPerSecond,
    parallelCalls: terms.parallelCalls ?? before.parallelCalls,
    lowBalance: terms.lowBalance ?? before.lowBalance,
    isPrivate: terms.isPrivate ?? before.isPrivate,
    isEnabled: terms.isEnabled ?? before.isEnabled,
  });
}

/** Which of these names nobody may take or give up; `undefined`: none. */
export function reservedName(...names: readonly string[]): string | undefined {
  return names.find((name) => reservedNames.includes(name.toLowerCase()));
}

function isShortText(text: string): boolean {
  return text !== "" && text.length <= nameLengthMax;
}

function checkAddress(
  before: Provider,
  terms: ProviderTerms,
  connector: ProviderConnector,
): ProviderTermsRefusal | undefined {
  if (!connector.isRemote) {
    const isGiven = terms.baseUrl !== undefined || terms.key !== undefined;
    return isGiven ? { code: "provider_not_remote", connector: connector.name } : undefined;
  }
  const address = terms.baseUrl?.trim() ?? before.baseUrl;
  if (address === undefined) return { code: "provider_url_missing", connector: connector.name };
  const problem = urlProblem(address, terms.isPrivate ?? before.isPrivate);
  if (problem !== undefined) return { code: "provider_url_invalid", problem };
  if (terms.key === undefined) {
    return before.sealedKey === undefined ? { code: "provider_key_missing" } : undefined;
  }
  // A line break or a blank inside comes from a copying slip: no panel's key has one.
  const isKey = terms.key.length <= keyLengthMax && /^[\x21-\x7e]+$/.test(terms.key);
  return isKey ? undefined : { code: "provider_key_invalid" };
}

function urlProblem(text: string, isPrivate: boolean): UrlProblem | undefined {
  const url = parseUrl(text);
  if (url === undefined) return { kind: "unreadable" };
  if (url.search !== "" || url.hash !== "") return { kind: "has_query" };
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  if (!isPrivate && (host === "localhost" || (isIP(host) !== 0 && !isPublicAddress(host)))) {
    return { kind: "not_public", host };
  }
  return undefined;
}

function merged(
  before: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...before, ...given };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !(name in given) || given[name] !== ""),
  );
}

/** For the audit: everything but the key. */
export function auditedProvider(provider: Provider): Record<string, unknown> {
  const { sealedKey, exchangeRate, lowBalance, accountId: _accountId, ...rest } = provider;
  return {
    ...rest,
    hasKey: sealedKey !== undefined,
    exchangeRate: String(exchangeRate),
    lowBalance: lowBalance === undefined ? null : String(lowBalance),
  };
}
