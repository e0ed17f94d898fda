import { sql } from "kysely";
import type { RawBuilder, SelectQueryBuilder } from "kysely";
import { readRows, tables } from "#database/reading.ts";
import type { Queryable } from "#database/statement.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";

/** How far matches are counted. Beyond it there are "more than" so many. */
const totalMax = 10_000;

/** What every list is asked beside its filters. */
export type PageQuery<Sort extends string> = {
  readonly sort?: Sort | undefined;
  /** From `next` of the page before, with the same sort and filters. */
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Also counts the matches, which reads up to `totalMax` of them. */
  readonly withTotal?: boolean | undefined;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** The cursor of the next page; null on the last one. */
  readonly next: string | null;
  /** Null if not asked for. `isMore` where there are more than `count`. */
  readonly total: { readonly count: number; readonly isMore: boolean } | null;
};

/** The cursor was not made by this list with this sort, or was changed on its way. */
export type PageRefusal = { readonly code: "cursor_invalid" };

/**
 * What a list is sorted by: columns that are never null and unique together, all in one direction.
 */
export type SortOrder = {
  readonly columns: readonly SortColumn[];
  readonly direction: "asc" | "desc";
};

/** What a list may be sorted by, and its default. */
export type Sorts<Sort extends string> = {
  readonly usual: Sort;
  readonly by: Readonly<Record<Sort, SortOrder>>;
};

type SortColumn = { readonly ref: string; readonly type: keyof typeof keyForms };

/** How PostgreSQL writes a key of each type. Anything else in a cursor is refused. */
const keyForms = {
  bigint: /^\d{1,16}$/,
  integer: /^-?\d{1,9}$/,
  numeric: /^-?\d{1,20}(\.\d{1,8})?$/,
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/,
  text: /^[^\0]{0,1000}$/,
} as const;

/**
 * One page of a query that has its tables, filters and columns. It pages by keys, so that no page
 * is slower than the first and none repeats a row because another was added.
 */
export async function readPage<DB, TB extends keyof DB, Row, Sort extends string>(
  db: Queryable,
  matches: SelectQueryBuilder<DB, TB, Row>,
  sorts: Sorts<Sort>,
  asked: PageQuery<Sort>,
): Promise<Result<Page<Row>, PageRefusal>> {
  const page = pageOf(matches, sorts, asked);
  if (!page.ok) return page;
  const found = await readRows(db, page.value);
  const rows = found.slice(0, asked.limit);
  const last = found.length > asked.limit ? rows.at(-1) : undefined;
  return ok({
    rows,
    next: last === undefined ? null : cursorOf(asked.sort ?? sorts.usual, last.page_keys),
    total: asked.withTotal === true ? await countMatches(db, matches) : null,
  });
}

/**
 * The query of such a page: sorted, starting after the cursor, and one row longer, which shows
 * whether there is a next page.
 */
export function pageOf<DB, TB extends keyof DB, Row, Sort extends string>(
  matches: SelectQueryBuilder<DB, TB, Row>,
  sorts: Sorts<Sort>,
  asked: PageQuery<Sort>,
) {
  const name = asked.sort ?? sorts.usual;
  const { columns, direction }: SortOrder = sorts.by[name];
  const keys = asked.cursor === undefined ? undefined : keysOf(asked.cursor, name, columns);
  if (asked.cursor !== undefined && keys === undefined) {
    return refused({ code: "cursor_invalid" } as const);
  }
  const asText = sql.join(columns.map(({ ref }) => sql`${sql.ref(ref)}::text`));
  let page = matches.select(sql<string[]>`array[${asText}]`.as("page_keys"));
  if (keys !== undefined) page = page.where(beyond(columns, direction, keys));
  for (const { ref } of columns) page = page.orderBy(sql.ref(ref), direction);
  const bounded = page.limit(asked.limit + 1);
  return ok(bounded.$castTo<Row & { readonly page_keys: readonly string[] }>());
}

/** What follows the last row of the page before, in one comparison that an index can follow. */
function beyond(
  columns: readonly SortColumn[],
  direction: "asc" | "desc",
  keys: readonly string[],
): RawBuilder<boolean> {
  const own = sql.join(columns.map(({ ref }) => sql.ref(ref)));
  const last = sql.join(
    columns.map(({ type }, index) => sql`cast(${keys[index]} as ${sql.raw(type)})`),
  );
  return direction === "asc" ? sql`(${own}) > (${last})` : sql`(${own}) < (${last})`;
}

async function countMatches<DB, TB extends keyof DB, Row>(
  db: Queryable,
  matches: SelectQueryBuilder<DB, TB, Row>,
): Promise<{ count: number; isMore: boolean }> {
  const bounded = matches
    .clearSelect()
    .select(sql.lit(1).as("one"))
    .limit(totalMax + 1);
  const [row] = await readRows(
    db,
    tables.selectFrom(bounded.as("matches")).select(({ fn }) => fn.countAll<number>().as("count")),
  );
  const count = row?.count ?? 0;
  return { count: Math.min(count, totalMax), isMore: count > totalMax };
}

function cursorOf(sort: string, keys: readonly string[]): string {
  return Buffer.from(JSON.stringify([sort, ...keys])).toString("base64url");
}

/** The keys in a cursor; `undefined` where this list cannot have written it. */
function keysOf(
  cursor: string,
  sort: string,
  columns: readonly SortColumn[],
): readonly string[] | undefined {
  const parts = parseTexts(Buffer.from(cursor, "base64url").toString());
  const [name, ...keys] = parts ?? [];
  if (name !== sort || keys.length !== columns.length) return undefined;
  return columns.every(({ type }, index) => keyForms[type].test(keys[index] ?? ""))
    ? keys
    : undefined;
}

function parseTexts(json: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every((part) => typeof part === "string")
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

/** A pattern for `ilike` that matches the text anywhere, each character literally. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
