import { withoutUnseen } from "#values/link.ts";
import { cut, storable } from "#values/text.ts";

/** One post as a feed announces it. */
export type FeedEntry = {
  /** The feed's own id of the post, else its link: what identifies it tomorrow. */
  readonly id: string;
  /** An http or https address. */
  readonly link: string;
  /** Milliseconds since 1970; `undefined` where the feed does not say, or not readably. */
  readonly publishedAt: number | undefined;
};

/** What a feed contains: its posts, newest first, and how many entries cannot be ordered. */
export type FeedContent = { readonly entries: readonly FeedEntry[]; readonly skipped: number };

/** The newest entries of a feed, which are considered. */
const entriesMax = 500;
/** All entries that are read, to find the newest. */
export const entriesReadMax = 10_000;

const linkLengthMax = 2048;
const idLengthMax = 2048;

/** What an entry says, as text. */
export type FoundEntry = {
  readonly id: string | undefined;
  readonly link: string | undefined;
  readonly date: string | undefined;
};

/** An entry as it was found; `undefined` where it has no usable link. `base` completes its link. */
export function entryOf(found: FoundEntry, base: string): FeedEntry | undefined {
  const id = filled(found.id);
  const link = webLink(filled(found.link) ?? (/^https?:/i.test(id ?? "") ? id : undefined), base);
  if (link === undefined) return undefined;
  const publishedAt = Date.parse(found.date?.trim() ?? "");
  return {
    id: cut(storable(id ?? link), idLengthMax),
    link,
    publishedAt: Number.isNaN(publishedAt) ? undefined : publishedAt,
  };
}

/** Sorts entries newest first if all have dates, else in the feed's order. Counts the unusable. */
export function contentOf(found: readonly (FeedEntry | undefined)[]): FeedContent {
  const entries = found.filter((entry) => entry !== undefined);
  const skipped = found.length - entries.length;
  const isDated = entries.every(({ publishedAt }) => publishedAt !== undefined);
  const sorted = isDated
    ? entries.toSorted((a, b) => (b.publishedAt ?? 0) - (a.publishedAt ?? 0))
    : entries;
  return { entries: sorted.slice(0, entriesMax), skipped };
}

function webLink(text: string | undefined, base: string): string | undefined {
  // Unreadable bytes make it another address.
  if (text === undefined || text.includes("\uFFFD")) return undefined;
  const url = URL.parse(withoutUnseen(text), base);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.href.length > linkLengthMax ? undefined : url.href;
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}
