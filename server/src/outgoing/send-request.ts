import { isIP } from "node:net";
import { exchange, TimeIsUp } from "./exchange.ts";
import type { Exchange, ExchangeOutcome } from "./exchange.ts";
import { isPublicAddress, refusalFor } from "./public-address.ts";
import { decodeBody } from "./decode-body.ts";
import { decodeText } from "./decode-text.ts";
import { findChallenge } from "./find-challenge.ts";
import { wordsForFailure } from "./failure-words.ts";

/** One request to somebody outside. */
export type OutgoingRequest = {
  readonly method: "GET" | "POST";
  /** http or https, without a name and password in it. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** From the start to the last byte, redirects included. */
  readonly timeoutMs: number;
  /** True: the address may lie in a private network. */
  readonly isPrivate: boolean;
  /** The most bytes that are read, and the most that they may unpack to. */
  readonly bytesMax?: number;
  /**
   * True: `text` has one character for each byte. Otherwise bytes that are not text are counted,
   * not shown.
   */
  readonly isBinary?: boolean;
  /**
   * True: nothing else is sent over its connection afterwards. For a question whose answer does not
   * name what it is about: if the server answers it twice, the second answer would otherwise pass
   * for that of the next question.
   */
  readonly isAlone?: boolean;
  /**
   * Left out: the request, with its content, follows redirects within the same host. `hand_back`:
   * no redirect is followed, and the caller gets the whole address.
   */
  readonly redirects?: "hand_back";
};

/**
 * How a request ended. `not_sent` means that no part of it can have reached anybody; `unknown`
 * covers every later failure to get a whole answer. Reasons are for staff and hold nothing of the
 * request's content.
 */
export type Reply =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly text: string;
      readonly contentType: string | undefined;
      /** What the server calls this version of the content, to ask for a newer one. */
      readonly etag?: string;
      readonly lastModified?: string;
      readonly retryAfterSeconds: number | undefined;
      /** Who stopped the request on its way and asks for a person instead of answering. */
      readonly challengedBy?: string;
    }
  /**
   * A redirect that the request does not follow by itself. `location` is without its query;
   * `target` is whole, for a request that is handed back.
   */
  | {
      readonly kind: "redirected";
      readonly status: number;
      readonly location: string;
      readonly target?: string;
    }
  | { readonly kind: "not_sent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

const bytesMaxDefault = 1024 * 1024;
const redirectsMax = 3;

/**
 * Sends one request over a pooled connection and reads the whole answer, whatever its status.
 * Addresses are checked, time and size are bounded, and certificates are always verified. Nothing
 * is sent a second time except after a redirect within the same host. Never throws.
 */
export async function sendRequest(request: OutgoingRequest): Promise<Reply> {
  const startedAt = performance.now();
  const bytesMax = request.bytesMax ?? bytesMaxDefault;
  let url = parseUrl(request.url);
  for (let redirects = 0; ; redirects++) {
    const problem = url === undefined ? "the address is no http or https URL" : judge(url, request);
    if (url === undefined || problem !== undefined) {
      return { kind: "not_sent", reason: problem ?? "" };
    }
    const timeoutMs = request.timeoutMs - (performance.now() - startedAt);
    if (timeoutMs <= 0) return { kind: "unknown", reason: wordsForFailure(new TimeIsUp(), url) };
    const outcome = await exchange(exchangeOf(request, { url, bytesMax, timeoutMs }));
    if (outcome.kind === "failed") return failed(outcome, url);

    const location = redirectOf(outcome, url);
    if (location === undefined) return answered(outcome, url, bytesMax, request.isBinary);
    const isHandedBack = request.redirects === "hand_back" || redirects === redirectsMax;
    if (isHandedBack || !mayFollow(outcome.status, url, location)) {
      const shown = location.origin + location.pathname;
      return {
        kind: "redirected",
        status: outcome.status,
        location: shown,
        ...(request.redirects === "hand_back" && { target: location.href }),
      };
    }
    if (location.search === "") location.search = url.search;
    url = location;
  }
}

function exchangeOf(
  request: OutgoingRequest,
  now: Pick<Exchange, "url" | "bytesMax" | "timeoutMs">,
): Exchange {
  return {
    ...now,
    method: request.method,
    headers: { "accept-encoding": "gzip, br", ...request.headers },
    body: request.body,
    isPrivate: request.isPrivate,
    isAlone: request.isAlone === true,
  };
}

/** The address of a request; `undefined` for anything but http and https, or with a password. */
export function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") return undefined;
  return url.username === "" && url.password === "" ? url : undefined;
}

/** False where the host is an address that is not public. A name is checked when it is resolved. */
export function isPublicHost(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) === 0 || isPublicAddress(host);
}

/** An address in the URL itself has to be checked here. */
function judge(url: URL, { isPrivate }: OutgoingRequest): string | undefined {
  return isPrivate || isPublicHost(url) ? undefined : refusalFor(hostOf(url));
}

function hostOf(url: URL): string {
  return url.hostname.replaceAll(/[[\]]/g, "");
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectOf(
  { status, headers }: Extract<ExchangeOutcome, { kind: "answered" }>,
  url: URL,
): URL | undefined {
  const location = headers["location"];
  if (!redirectStatuses.has(status) || typeof location !== "string") return undefined;
  return URL.parse(location, url.href) ?? undefined;
}

/**
 * Whether a request with its key may follow a redirect: to the same host only, and never from https
 * to http. After 302 and 303, which servers also send when they have done what was asked, only to
 * the same place.
 */
function mayFollow(status: number, from: URL, to: URL): boolean {
  if (status === 303 || from.hostname !== to.hostname) return false;
  if (to.username !== "" || to.password !== "") return false;
  const isUpgrade = from.protocol === "http:" && to.protocol === "https:";
  if (!isUpgrade && from.origin !== to.origin) return false;
  return status !== 302 || withoutSlash(from.pathname) === withoutSlash(to.pathname);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

async function answered(
  { status, headers, body }: Extract<ExchangeOutcome, { kind: "answered" }>,
  url: URL,
  bytesMax: number,
  isBinary = false,
): Promise<Reply> {
  try {
    const plain = await decodeBody(body, oneOf(headers["content-encoding"]), bytesMax);
    const contentType = oneOf(headers["content-type"]);
    const text = isBinary ? plain.toString("latin1") : decodeText(plain, contentType);
    const challengedBy = findChallenge(status, (name) => oneOf(headers[name]));
    const retryAfterSeconds = readRetryAfter(oneOf(headers["retry-after"]), oneOf(headers["date"]));
    const [etag, lastModified] = [oneOf(headers["etag"]), oneOf(headers["last-modified"])];
    return {
      kind: "answered",
      status,
      text,
      contentType,
      retryAfterSeconds,
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
      ...(challengedBy !== undefined && { challengedBy }),
    };
  } catch (error) {
    return { kind: "unknown", reason: `${wordsForFailure(error, url)} (HTTP ${status})` };
  }
}

function failed({ error, hasLeft }: Extract<ExchangeOutcome, { kind: "failed" }>, url: URL): Reply {
  return { kind: hasLeft ? "unknown" : "not_sent", reason: wordsForFailure(error, url) };
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "object" ? header[0] : header;
}

const retryAfterMax = 24 * 60 * 60;

/** Seconds, or a date, which is compared with the server's own clock. */
function readRetryAfter(text: string | undefined, date: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[0-9]{1,9}$/.test(text.trim())
    ? Number(text)
    : (Date.parse(text) - Date.parse(date ?? "")) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), retryAfterMax);
}
