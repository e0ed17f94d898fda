/** One post as a feed announces it. */
export type FeedEntry = {
  /** The feed's own id of it, else its link: what makes it the same post tomorrow. */
  readonly id: string;
  /** An http or https address. */
  readonly link: string;
  /** Milliseconds since 1970; `undefined` where the feed does not say, or not readably. */
  readonly publishedAt: number | undefined;
};

/** The most entries of a feed that are looked at. */
export const entriesMax = 500;

const linkLengthMax = 2048;
const idLengthMax = 10_000;

/** An entry as it was found; `undefined` where it has no usable link. `base` is the feed's address. */
export function entryOf(
  found: {
    readonly id: string | undefined;
    readonly link: string | undefined;
    readonly date: string | undefined;
  },
  base: string,
): FeedEntry | undefined {
  const id = filled(found.id);
  const link = webLink(filled(found.link) ?? (/^https?:/i.test(id ?? "") ? id : undefined), base);
  if (link === undefined) return undefined;
  const publishedAt = Date.parse(found.date?.trim() ?? "");
  return {
    id: (id ?? link).slice(0, idLengthMax),
    link,
    publishedAt: Number.isNaN(publishedAt) ? undefined : publishedAt,
  };
}

/** Each post once, newest first as far as dates say; without dates as the feed has them. */
export function newestFirst(entries: readonly FeedEntry[]): FeedEntry[] {
  const seen = new Set<string>();
  const once = entries.filter(({ id }) => !seen.has(id) && seen.add(id));
  const isDated = once.every(({ publishedAt }) => publishedAt !== undefined);
  if (!isDated) return once;
  return once.toSorted((a, b) => (b.publishedAt ?? 0) - (a.publishedAt ?? 0));
}

function webLink(text: string | undefined, base: string): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text, base);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.href.length > linkLengthMax ? undefined : url.href;
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}
