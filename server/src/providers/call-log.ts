import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import type { ProviderId } from "#values/ids.ts";
import { cut, storable } from "#values/text.ts";
import type { CallNote } from "./connector.ts";
import { insertCalls } from "./provider-calls.sql.ts";
import type { NewCall } from "./provider-calls.sql.ts";

const batchMax = 200;
const waitingMax = 5_000;
const lengthMax = 20_000;
// States are asked for all day long, and successful answers are rarely looked at.
const statusLengthMax = 2_000;

/** Logs calls to providers without delaying or failing their callers. */
export type CallLog = {
  add(providerId: ProviderId, note: CallNote): void;
  /** Resolves when everything added so far is stored, or could not be. */
  flush(): Promise<void>;
};

const logs = new WeakMap<Context["db"], CallLog>();

/** The log of this process for the context's database. */
export function callLog(ctx: Context): CallLog {
  const known = logs.get(ctx.db);
  if (known !== undefined) return known;
  const log = openCallLog(ctx);
  logs.set(ctx.db, log);
  return log;
}

function openCallLog(ctx: Context): CallLog {
  const batch = microBatch<NewCall, undefined>(
    async (calls) => {
      await insertCalls(ctx.db, calls);
      return calls.map(() => undefined);
    },
    { itemsMax: batchMax, batchesMax: 1, waitingMax },
  );
  const underWay = new Set<Promise<void>>();
  return {
    add: (providerId, note) => {
      const startedAt = new Date(ctx.clock.now() - note.durationMs);
      const stored = batch
        .ask({ ...shortened(note), providerId, startedAt })
        .catch((error: unknown) => {
          ctx.log.warn({ error, provider: providerId }, "call to a provider not noted");
        });
      underWay.add(stored);
      void stored.finally(() => underWay.delete(stored));
    },
    flush: async () => {
      await Promise.all(underWay);
    },
  };
}

/**
 * Waits until the calls that this process made are stored; call it before its database is closed.
 */
export async function flushCallLog(ctx: Context): Promise<void> {
  await logs.get(ctx.db)?.flush();
}

function shortened(note: CallNote): CallNote {
  const isRoutine =
    note.outcome === "answered" && /^(?:refill_)?status$|^services$/.test(note.action);
  const max = isRoutine ? statusLengthMax : lengthMax;
  return {
    ...note,
    request: shortenedText(note.request, max),
    answer: note.answer === undefined ? undefined : shortenedText(note.answer, max),
  };
}

function shortenedText(text: string, max: number): string {
  const short = text.length > max ? `${cut(text, max)}… (${text.length} characters)` : text;
  return storable(short, "\uFFFD");
}
