import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { findStream, follow } from "#events/streams.sql.ts";
import type { Position, Stream } from "#events/streams.sql.ts";
import type { AccountId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { mergeStreams } from "./merge-streams.ts";
import type { Teller } from "./merge-streams.ts";
import type { ShownEvent } from "./show-event.ts";

export type Changes = {
  readonly changes: readonly (ShownEvent & { readonly cursor: string })[];
  /** Where the next request continues. */
  readonly cursor: string;
  readonly hasMore: boolean;
  /** True for a test account: nothing in it is real. */
  readonly isTest: boolean;
};

export type ReadChangesRefusal =
  | { readonly code: "cursor_invalid" }
  | { readonly code: "cursor_too_old" };

/**
 * Returns what a customer is told after a cursor. Without a cursor it begins now: nothing is told
 * yet, and from now on everything is recorded. When nobody asks for `days` days, recording stops.
 */
export async function readChanges(
  ctx: Context,
  teller: Teller,
  asked: { readonly since: string | undefined; readonly limit: number; readonly days: number },
): Promise<Result<Changes, ReadChangesRefusal>> {
  const { accountId } = teller;
  if (asked.since === undefined) {
    const { isTest, ...stream } = await followNow(ctx, accountId, asked.days);
    const cursor = writeCursor(positionNow(stream));
    return ok({ changes: [], cursor, hasMore: false, isTest });
  }
  const from = readCursor(asked.since);
  if (from === undefined) return refused({ code: "cursor_invalid" });
  const stream = await findStream(ctx.db, accountId, asked.days);
  if (stream === undefined || !isGood(from, stream)) return refused({ code: "cursor_too_old" });
  if (stream.isAging) await followNow(ctx, accountId, asked.days);

  const page = await mergeStreams(ctx, teller, from, asked.limit);
  if (page.kind === "gone") return refused({ code: "cursor_too_old" });
  const changes = page.told.flatMap(({ position, shown }) =>
    shown === undefined ? [] : [{ ...shown, cursor: writeCursor(position) }],
  );
  const cursor = writeCursor(page.told.at(-1)?.position ?? from);
  return ok({ changes, cursor, hasMore: page.hasMore, isTest: stream.isTest });
}

/** Has the account recorded from now on, and returns how its streams stand. */
export function followNow(ctx: Context, accountId: AccountId, days?: number): Promise<Stream> {
  return inTransaction(ctx, async (tx) => {
    await follow(tx, accountId, days);
    const stream = await findStream(tx, accountId, days ?? 1);
    if (stream === undefined) throw new Error(`account ${accountId} is not followed`);
    return stream;
  });
}

/** The position of a reader who begins now. */
export function positionNow({
  epoch,
  lastSeq,
  catalogLastSeq,
}: Pick<Stream, "epoch" | "lastSeq" | "catalogLastSeq">): Position {
  return { epoch, seq: lastSeq, catalogSeq: catalogLastSeq };
}

/** True where everything after the position is still there. */
function isGood(from: Position, stream: Stream): boolean {
  return (
    stream.isFollowed &&
    from.epoch === stream.epoch &&
    from.seq >= stream.baseSeq &&
    from.seq <= stream.lastSeq &&
    from.catalogSeq >= stream.catalogBaseSeq &&
    from.catalogSeq <= stream.catalogLastSeq
  );
}
