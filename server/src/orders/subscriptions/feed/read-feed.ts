import { refused, ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { contentOf } from "./entry.ts";
import type { FeedContent } from "./entry.ts";
import { readJsonFeed } from "./read-json-feed.ts";
import { readXmlFeed } from "./read-xml-feed.ts";

/** Why a document is no feed. */
export type FeedRefusal = { readonly code: "feed_unreadable"; readonly reason: string };

/**
 * The posts of a feed in RSS (0.9x, 1.0, 2.0), Atom or JSON Feed, newest first. The content decides
 * which format it is. Entries without a usable link are left out and counted. `base` is the feed's
 * address, which completes relative ones. Never throws. The work is bounded, but not small: not for
 * a process that answers others.
 */
export function readFeed(text: string, base: string): Result<FeedContent, FeedRefusal> {
  const content = text.replace(/^\uFEFF/, "").trimStart();
  const entries = content.startsWith("{")
    ? readJsonFeed(content, base)
    : readXmlFeed(content, base);
  if (typeof entries === "string") return refused({ code: "feed_unreadable", reason: entries });
  return ok(contentOf(entries));
}
