import { isAborted, pause } from "./pause.ts";
import { NoAnswerError, NotSentError, RefusedError } from "./errors.ts";
import type { Change, Changes } from "./types.ts";

export type FollowOptions = {
  /** The cursor of the last change that you have handled; left out: from now on. */
  readonly since?: string | undefined;
  /** How long to wait when there was nothing new. */
  readonly pollMs?: number;
  /** Ends the iteration, quietly. */
  readonly signal?: AbortSignal;
};

const pollMsDefault = 5000;
const pauseMsMax = 60_000;

/**
 * Every change, one after the other, and then those to come. While a panel cannot be reached, it
 * waits; it throws what does not pass by itself (a wrong key, an unknown action). Store
 * `change.cursor` when you have handled a change, and begin with it next time.
 */
export async function* followChanges(
  ask: (since: string | undefined, signal: AbortSignal | undefined) => Promise<Changes>,
  { since, pollMs = pollMsDefault, signal }: FollowOptions,
): AsyncGenerator<Change, void, undefined> {
  let cursor = since;
  let failures = 0;
  while (!isAborted(signal)) {
    let page: Changes;
    try {
      page = await ask(cursor, signal);
      failures = 0;
    } catch (error) {
      if (isAborted(signal)) return;
      if (!isPassing(error)) throw error;
      failures++;
      await pause(Math.min(pollMs * 2 ** failures, pauseMsMax), signal);
      continue;
    }
    for (const change of page.changes) {
      yield change;
      if (isAborted(signal)) return;
    }
    const isNew = page.cursor !== null && page.cursor !== cursor;
    cursor = page.cursor ?? cursor;
    // A panel that promises more but does not move on is not asked forever.
    if (!page.hasMore || !isNew) await pause(pollMs, signal);
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof NotSentError || error instanceof NoAnswerError) return true;
  return error instanceof RefusedError && error.kind === "limit";
}
