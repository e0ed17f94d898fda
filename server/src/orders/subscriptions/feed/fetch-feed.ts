import { sendRequest } from "#outgoing/send-request.ts";
import { decodeFeed } from "./decode-feed.ts";
import type { FeedContent } from "./entry.ts";
import { readFeed } from "./read-feed.ts";

/** One request for a feed: to one address, which may redirect to another. */
export type FeedRequest = {
  readonly url: string;
  /** The server's name for the version that was read last. */
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  /** True: the address may lie in a private network. */
  readonly isPrivate: boolean;
};

/** A feed server's answer. Reasons may be shown to customers. */
export type FeedAnswer =
  | {
      readonly kind: "content";
      readonly content: FeedContent;
      readonly etag: string | undefined;
      readonly modified: string | undefined;
    }
  | { readonly kind: "unchanged" }
  | { readonly kind: "moved"; readonly to: string }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** True where the server answered with something other than a feed. */
      readonly isNoFeed: boolean;
      readonly retryAfterSeconds?: number;
    };

const bytesMax = 4 * 1024 * 1024;
const timeoutMs = 15_000;
const headerLengthMax = 500;

/** Fetches a feed and reads it. `onParsing` is called before the part that uses CPU time. */
export async function fetchFeed(request: FeedRequest, onParsing: () => void): Promise<FeedAnswer> {
  const { url, etag, modified, isPrivate } = request;
  const reply = await sendRequest({
    method: "GET",
    url,
    headers: {
      accept: "application/feed+json, application/rss+xml, application/atom+xml, */*;q=0.5",
      "user-agent": "Panelwright-Feeds",
      ...(etag !== undefined && { "if-none-match": etag }),
      ...(modified !== undefined && { "if-modified-since": modified }),
    },
    timeoutMs,
    bytesMax,
    isPrivate,
    isBinary: true,
    redirects: "hand_back",
  });
  if (reply.kind === "redirected") return moved(url, reply.target ?? reply.location, reply.status);
  if (reply.kind !== "answered") return failed(wordsFor(reply.reason));
  if (reply.status === 304) return { kind: "unchanged" };
  if (reply.status !== 200) {
    const answer = failed(`it answered HTTP ${reply.status}`);
    const { retryAfterSeconds } = reply;
    return retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds };
  }
  onParsing();
  const read = readFeed(decodeFeed(Buffer.from(reply.text, "latin1"), reply.contentType), url);
  if (!read.ok) return { kind: "failed", reason: read.refusal.reason, isNoFeed: true };
  return {
    kind: "content",
    content: read.value,
    etag: headerOf(reply.etag),
    modified: headerOf(reply.lastModified),
  };
}

function failed(reason: string): Extract<FeedAnswer, { kind: "failed" }> {
  return { kind: "failed", reason, isNoFeed: false };
}

/** Where it redirects to. A secure request is never redirected to an insecure address. */
function moved(url: string, target: string, status: number): FeedAnswer {
  const to = URL.parse(target);
  if (to === null || !/^https?:$/.test(to.protocol) || to.username !== "" || to.password !== "") {
    return failed(`it answered HTTP ${status} with an address that cannot be followed`);
  }
  if (url.startsWith("https:") && to.protocol === "http:") {
    return failed(`it sends on from https to http (${to.host}), which is not followed`);
  }
  return { kind: "moved", to: to.href };
}

/** Customers are not told which addresses a name has in a network that is not theirs. */
function wordsFor(reason: string): string {
  return reason.includes("is not a public address")
    ? "it is not a public address, or leads to one that is none"
    : reason;
}

function headerOf(text: string | undefined): string | undefined {
  return text === undefined || text.length > headerLengthMax ? undefined : text;
}
