import { hash } from "node:crypto";

/** A link as the rules compare it. */
export type NormalLink = {
  /** Without `www.`, `m.` and the like; `undefined` for a bare name or id. */
  readonly host: string | undefined;
  /** Host and path, decoded, in lower case: what patterns are held against. */
  readonly place: string;
  /** The whole link, decoded, in lower case: where words are looked for. */
  readonly text: string;
  /** The same for two spellings of one link. */
  readonly key: string;
};

const unwrapsMax = 3;
const decodesMax = 3;

/**
 * Takes away what does not change where a link leads: scheme, `www.` and `m.`, a user's name before
 * the host, default ports, letter case of the host, percent-encoding, slashes at the end, fragments,
 * tracking parameters, and the other spellings of well-known sites. Nothing is fetched: what a short
 * link stands for is not known.
 */
export function normalLink(link: string): NormalLink {
  const trimmed = link.trim();
  const text = decoded(trimmed).normalize("NFKC").toLowerCase();
  const address = readAddress(trimmed);
  if (address === undefined) {
    const name = text.replace(/^@/, "");
    return { host: undefined, place: name, text, key: name };
  }
  const url = unwrapped(address);
  const { host, path, query } = canonical(url);
  const key = `${host}${path}${query}`;
  const place = `${host}${path}`.toLowerCase();
  // Both: what is hidden in the address, and what it is hidden in.
  return { host: host.replace(/:\d+$/, ""), place, text: `${text} ${key.toLowerCase()}`, key };
}

/** Of a normalised link: a UUID made of SHA-256, so that it is short and says nothing. */
export function linkKeyOf(link: string): string {
  return hash("sha256", normalLink(link).key, "hex").slice(0, 32);
}

/** A host as a person writes it in a rule, or an address at it. */
export function normalHost(text: string): string | undefined {
  const typed = text.trim().replace(/^\*\./, "");
  const address = /^https?:/i.test(typed) ? typed : `https://${typed}`;
  const { host } = /\s/.test(typed) ? { host: undefined } : normalLink(address);
  return host?.includes(".") === true ? host : undefined;
}

function readAddress(text: string): URL | undefined {
  const hasScheme = /^https?:/i.test(text);
  const looksLikeHost =
    /^(\/\/)?([^\s/?#@]+@)?[^\s/?#@:]+\.[^\s/?#@:.]{2,}\.?(:\d+)?([/?#\\]|$)/.test(text);
  if (!hasScheme && !looksLikeHost) return undefined;
  const address = hasScheme ? text : `https://${text.replace(/^\/\//, "")}`;
  return URL.parse(address) ?? undefined;
}

/** Where a redirecting address of a well-known site leads. */
function unwrapped(address: URL): URL {
  let url = address;
  for (let turn = 0; turn < unwrapsMax; turn++) {
    const names = redirectors.get(`${plainHost(url)}${url.pathname.replace(/\/+$/, "")}`);
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
]);

function plainHost(url: URL): string {
  const port = url.port === "" || url.port === "80" || url.port === "443" ? "" : `:${url.port}`;
  const host = url.hostname.replace(/\.+$/, "").replace(/^((www\d?|m|mobile|web)\.)+(?=.*\.)/, "");
  return `${hostAliases.get(host) ?? host}${port}`;
}

const hostAliases: ReadonlyMap<string, string> = new Map([
  ["twitter.com", "x.com"],
  ["instagr.am", "instagram.com"],
  ["fb.com", "facebook.com"],
  ["telegram.me", "t.me"],
  ["telegram.dog", "t.me"],
  ["music.youtube.com", "youtube.com"],
  ["youtube-nocookie.com", "youtube.com"],
]);

function canonical(url: URL): { host: string; path: string; query: string } {
  const host = plainHost(url);
  const path = decoded(url.pathname)
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\/$/, "");
  const kept = [...url.searchParams]
    .filter(([name, value]) => value !== "" && !isTracking(host, name))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
  // Some sites keep the page itself behind the `#`.
  const fragment = /^#[!/]/.test(url.hash) ? url.hash : "";
  const query = `${kept.length > 0 ? `?${kept.join("&")}` : ""}${fragment}`;
  return wellKnown(host, path, query, url);
}

/** The one spelling of sites that have several. */
function wellKnown(
  host: string,
  path: string,
  query: string,
  url: URL,
): { host: string; path: string; query: string } {
  const parts = path.split("/").slice(1);
  const [first = "", second = ""] = parts;
  if (host === "youtu.be" && first !== "") {
    return { host: "youtube.com", path: "/watch", query: `?v=${first}` };
  }
  if (host === "youtube.com" && ["shorts", "live", "embed", "v"].includes(first)) {
    return { host, path: "/watch", query: `?v=${second}` };
  }
  if (host === "youtube.com" && path === "/watch") {
    return { host, path, query: `?v=${url.searchParams.get("v") ?? ""}` };
  }
  if (host === "instagram.com" && ["p", "reel", "reels", "tv"].includes(first) && second !== "") {
    return { host, path: `/p/${second}`, query: "" };
  }
  if (host === "t.me" && first === "s" && second !== "") {
    return { host, path: `/${parts.slice(1).join("/")}`.toLowerCase(), query };
  }
  // Names of people there are the same in any letter case.
  if (namedHosts.has(host) && parts.length === 1) {
    return { host, path: path.toLowerCase().replace(/^\/@/, "/"), query };
  }
  return { host, path, query };
}

const namedHosts: ReadonlySet<string> = new Set([
  "instagram.com",
  "x.com",
  "tiktok.com",
  "facebook.com",
  "t.me",
  "youtube.com",
  "threads.net",
]);

const tracking =
  /^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ttclid|twclid|igsh|igshid|mc_[ce]id|_ga|_gl|si|ref_src|ref_url|mibextid|share_id|feature|rdid|sfnsn|__tn__|__cft__.*|__xts__.*|_r|_t|is_from_webapp|sender_device|web_id|img_index)$/i;

function isTracking(host: string, name: string): boolean {
  // `s` and `t` are how a link was shared there, and something else on other sites.
  return tracking.test(name) || (host === "x.com" && (name === "s" || name === "t"));
}

/** Percent-encoding taken away, also where it was encoded again; as it stands where it is broken. */
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
