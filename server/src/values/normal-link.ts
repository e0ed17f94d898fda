import { hash } from "node:crypto";
import { domainToUnicode } from "node:url";
import ipaddr from "ipaddr.js";
import { withoutUnseen } from "./link.ts";
import { sites } from "./site-forms.ts";
import type { Site } from "./site-forms.ts";

/** A link as it is compared. */
export type NormalLink = {
  /** The site's own name, without `www.`, `m.` and the like; `undefined` for a bare name or id. */
  readonly host: string | undefined;
  /**
   * The same, plus the other names that were used: patterns for hosts are matched against these.
   */
  readonly hosts: readonly string[];
  /**
   * Host and path in lower case, in the normal form and as they were written: patterns are matched
   * against these.
   */
  readonly places: readonly string[];
  /** The whole link, decoded, in lower case: where words are looked for. */
  readonly text: string;
  /** Equal for two spellings of one link. */
  readonly key: string;
};

const unwrapsMax = 3;
const decodesMax = 3;

/**
 * Removes what does not change where a link leads: scheme, `www.` and `m.`, a user's name before
 * the host, default ports, letter case of the host, percent-encoding, invisible characters,
 * trailing slashes, fragments, tracking parameters, and the other forms of well-known sites.
 * Nothing is fetched: where a short link leads is not known.
 */
export function normalLink(link: string): NormalLink {
  const trimmed = withoutUnseen(link).trim();
  const text = plainText(trimmed);
  const address = readAddress(trimmed);
  if (address === undefined) {
    const name = text.replace(/^@/, "");
    return { host: undefined, hosts: [], places: [name], text, key: name };
  }
  const url = unwrapped(address);
  const used = plainHost(url);
  const { host, path, query } = canonical(url, used);
  const key = `${host}${path}${query}`;
  const hosts = [host, used].map((name) => name.replace(/:\d+$/, ""));
  const said = plainPath(url);
  const places = [key.split("?")[0] ?? key, `${host}${said}`, `${used}${said}`];
  // Both texts: what is hidden in the address, and what it is hidden in.
  const words = `${text} ${key.toLowerCase()} ${domainToUnicode(url.hostname)}`;
  return {
    host: hosts[0],
    hosts,
    places: places.map((place) => place.toLowerCase()),
    text: words,
    key,
  };
}

/**
 * The key of a normalised link: a UUID made from its SHA-256, so that it is short and reveals
 * nothing.
 */
export function linkKeyOf(link: string): string {
  return hash("sha256", normalLink(link).key, "hex").slice(0, 32);
}

/** How many words that may be addresses are looked at: more than a link can have. */
const wordsMax = 5000;
const wordLengthMax = 2048;

/**
 * The addresses in a text, side by side (`see https://…`) or nested (`?u=https://…`), decoded where
 * they are hidden. Their order is not that of the text.
 */
export function addressesIn(text: string): NormalLink[] {
  const found = new Map<string, NormalLink>();
  const seen = withoutUnseen(text);
  for (const said of new Set([seen, decoded(seen), decoded(seen.normalize("NFKC"))])) {
    let words = 0;
    for (const word of said.split(betweenAddresses)) {
      if (!mayHoldAddress.test(word)) continue;
      if (++words > wordsMax) break;
      for (const start of startsOf(word.slice(0, 2 * wordLengthMax))) {
        const part = word.slice(start, start + wordLengthMax).replace(/[.,:;!?'"…]+$/, "");
        if (!found.has(part) && readAddress(part) !== undefined) found.set(part, normalLink(part));
      }
    }
  }
  return [...found.values()];
}

const mayHoldAddress = /[.。．｡]|https?:/i;
const betweenAddresses = /[\s<>()[\]{}"'`«»“”„‘’|,;、，；（）「」]+/;

/** Where an address may begin within a word: at the beginning, and at each scheme. */
function startsOf(word: string): number[] {
  const schemes = [...word.matchAll(/https?:/gi)].map((match) => match.index);
  const first = /^[^\p{L}\p{N}/@]*/u.exec(word)?.[0].length ?? 0;
  const behind = [...word.matchAll(/[=@:]/g)].map((match) => match.index + 1);
  return [...new Set([first, ...schemes, ...behind])].slice(0, 20);
}

/**
 * Reads a host as a person writes it in a rule, or an address on it. Where a whole site has several
 * names, one of them stands for the site.
 */
export function normalHost(text: string): string | undefined {
  const typed = withoutUnseen(text).trim().replace(/^\*\./, "");
  const address = /^https?:/i.test(typed) ? typed : `https://${typed}`;
  const url = /\s/.test(typed) ? undefined : readAddress(address);
  const host = url && plainHost(url).replace(/:\d+$/, "");
  if (host?.includes(".") !== true) return undefined;
  return sites.find((site) => site.twins?.test(host))?.host ?? host;
}

function readAddress(text: string): URL | undefined {
  const hasScheme = /^https?:/i.test(text);
  // Every reader of a host takes wide letters and full stops for plain ones.
  const [whole = "", head = "", host = ""] =
    /^((?:https?:)?[/\\]{0,2})([^/\\?#]*)/i.exec(text) ?? [];
  const plain = `${head}${host.normalize("NFKC").replaceAll(/[。．｡]/g, ".")}${text.slice(whole.length)}`;
  const looksLikeHost =
    /^(\/\/)?([^\s/?#@]+@)?[^\s/?#@:]+\.[^\s/?#@:.]{2,}\.?(:\d+)?([/?#\\]|$)/.test(plain);
  if (!hasScheme && !looksLikeHost) {
    const spotify = /^spotify:(?:user:[^:]+:)?([a-z]+):([\w-]+)$/i.exec(text);
    const [, kind = "", id = ""] = spotify ?? [];
    return spotify === null
      ? undefined
      : new URL(`https://open.spotify.com/${kind.toLowerCase()}/${id}`);
  }
  const address = hasScheme ? plain : `https://${plain.replace(/^\/\//, "")}`;
  return URL.parse(address) ?? undefined;
}

/** Where a redirecting address of a well-known site leads. */
function unwrapped(address: URL): URL {
  let url = address;
  for (let turn = 0; turn < unwrapsMax; turn++) {
    const used = plainHost(url);
    const place = `${siteOf(used)?.host ?? used}${url.pathname.replace(/\/+$/, "")}`;
    const names = redirectors.get(place);
    const target = names?.map((name) => url.searchParams.get(name)).find((text) => text !== null);
    const next = target === undefined || target === null ? undefined : readAddress(target);
    if (next === undefined) return url;
    url = next;
  }
  return url;
}

const redirectors: ReadonlyMap<string, readonly string[]> = new Map([
  ["l.facebook.com/l.php", ["u"]],
  ["lm.facebook.com/l.php", ["u"]],
  ["l.instagram.com", ["u"]],
  ["google.com/url", ["q", "url"]],
  ["youtube.com/redirect", ["q"]],
  ["t.me/iv", ["url"]],
  ["vk.com/away.php", ["to"]],
  ["w.soundcloud.com/player", ["url"]],
  ["linkedin.com/safety/go", ["url"]],
  ["out.reddit.com", ["url"]],
]);

/** The host as written, without the prefix that is meant for phones or browsers. */
function plainHost(url: URL): string {
  const port = url.port === "" || url.port === "80" || url.port === "443" ? "" : `:${url.port}`;
  const host = url.hostname.replace(/\.+$/, "").replace(/^((www\d?|m|mobile|web)\.)+(?=.*\.)/, "");
  return `${withoutDisguise(host)}${port}`;
}

/** Turns an IPv4 address that is written as IPv6 back into IPv4. */
function withoutDisguise(host: string): string {
  const inside = /^\[(.*)\]$/.exec(host)?.[1];
  if (inside === undefined || !ipaddr.IPv6.isValid(inside)) return host;
  const address = ipaddr.IPv6.parse(inside);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : host;
}

function plainPath(url: URL): string {
  return decoded(url.pathname)
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\/$/, "");
}

function canonical(url: URL, used: string): { host: string; path: string; query: string } {
  const site = siteOf(used);
  const host = site?.host ?? used;
  const path = plainPath(url);
  const kept = [...url.searchParams].filter(
    ([name, value]) => value !== "" && !isTracking(host, name),
  );
  if (site !== undefined) {
    const parts = path.split("/").slice(1);
    const one = site.path({ host: used, parts, query: new URLSearchParams(kept) });
    if (one !== undefined) return splitQuery(host, one);
  }
  const said = kept.map(([name, value]) => `${name}=${value}`).toSorted();
  // Some sites keep the page itself behind the `#`.
  const fragment = /^#[!/]/.test(url.hash) ? url.hash : "";
  return { host, path, query: `${said.length > 0 ? `?${said.join("&")}` : ""}${fragment}` };
}

function siteOf(host: string): Site | undefined {
  return sites.find(
    (site) =>
      site.host === host || site.twins?.test(host) === true || site.also?.test(host) === true,
  );
}

function splitQuery(host: string, one: string): { host: string; path: string; query: string } {
  const at = one.indexOf("?");
  return at === -1
    ? { host, path: one, query: "" }
    : { host, path: one.slice(0, at), query: one.slice(at) };
}

const tracking =
  /^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ttclid|twclid|igsh|igshid|mc_[ce]id|_ga|_gl|si|ref_src|ref_url|mibextid|share_id|feature|rdid|sfnsn|__tn__|__cft__.*|__xts__.*|_r|_t|is_from_webapp|sender_device|web_id|img_index)$/i;

function isTracking(host: string, name: string): boolean {
  // There `s` and `t` say how a link was shared; on other sites they mean something else.
  return tracking.test(name) || (host === "x.com" && (name === "s" || name === "t"));
}

function plainText(text: string): string {
  return withoutUnseen(decoded(text).normalize("NFKC")).toLowerCase();
}

/** Removes percent-encoding, also where it was applied twice; broken encoding stays as it is. */
function decoded(text: string): string {
  let plain = text;
  for (let turn = 0; turn < decodesMax && plain.includes("%"); turn++) {
    try {
      plain = decodeURIComponent(plain);
    } catch {
      return plain;
    }
  }
  return plain;
}
