import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { backOff } from "#values/back-off.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { jobs } from "./index.ts";
import type { RunElsewhere } from "./job.ts";
import { lookOuts } from "./lanes.ts";
import type { DueLane } from "./lanes.ts";

const failurePauseMs = 2000;
/** The pause after a round that found nothing to do although something was due. */
const fruitlessPauseMs = { first: 200, cap: 2000 };

/** A running worker. */
export type Worker = {
  /** Takes on nothing more; resolves when what is under way has ended. */
  close(): Promise<void>;
};

/**
 * Moves orders along until it is closed. It looks for what is due with all providers at once
 * (`lanes.ts`), so that a provider without work costs nothing. A provider with work gets a lane of
 * its own for each kind of it, and every job has its own, so that something slow or broken delays
 * nothing else. Any number of workers may run: due tasks are leased, never shared. Without
 * `elsewhere`, heavy jobs run here.
 */
export function runWorker(ctx: Context, elsewhere?: RunElsewhere): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops: Promise<void>[] = [];
  const lanes = new Map<string, Promise<void>>();
  const fruitless = new Map<string, number>();

  const openLane = (due: DueLane) => {
    const name = `${due.kind.name} ${due.providerId}`;
    if (signal.aborted || lanes.has(name)) return;
    const lane = runLane(ctx, due, name, fruitless, signal);
    lanes.set(
      name,
      lane.finally(() => lanes.delete(name)),
    );
  };
  for (const look of lookOuts) {
    const round = async () => {
      for (const due of await look.find(ctx)) openLane(due);
      return look.everyMs;
    };
    loops.push(goRound(ctx, `look-out ${look.name}`, round, signal));
  }
  for (const job of jobs) {
    const round = async () => {
      if ((await job.isDue?.(ctx)) !== false) {
        if (job.isHeavy === true && elsewhere !== undefined) await elsewhere(job, signal);
        else await job.run(ctx, signal);
      }
      return job.everySeconds * 1000;
    };
    loops.push(goRound(ctx, `job ${job.name}`, round, signal));
  }
  return {
    close: async () => {
      stopping.abort();
      await Promise.all(loops);
      await Promise.all(lanes.values());
    },
  };
}

/**
 * Works for one provider, round after round, until nothing is left to do; the look-out opens the
 * lane again. A lane that finds nothing at all (the provider rests, or another worker was first)
 * stays closed for a while.
 */
async function runLane(
  ctx: Context,
  { kind, providerId }: DueLane,
  name: string,
  fruitless: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  let rounds = 0;
  let restMs = 0;
  try {
    while (!signal.aborted) {
      const provider = await findProvider(ctx.db, providerId);
      if (provider === undefined || (await kind.run(ctx, provider, signal)) === 0) break;
      rounds++;
    }
  } catch (error) {
    if (!signal.aborted) ctx.log.error({ lane: name, error }, "worker's turn failed");
    restMs = failurePauseMs;
  }
  if (rounds > 0) fruitless.delete(name);
  else {
    const times = (fruitless.get(name) ?? 0) + 1;
    fruitless.set(name, times);
    restMs = Math.max(restMs, backOff(times, fruitlessPauseMs));
  }
  await rest(restMs, signal);
}

/** Repeats until stopped; a failed round is logged and tried again after a pause. */
async function goRound(
  ctx: Context,
  name: string,
  round: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let restMs = failurePauseMs;
    try {
      restMs = await round();
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ lane: name, error }, "worker's turn failed");
    }
    await rest(restMs, signal);
  }
}

/** Waits; aborting `signal` cuts the pause short, which is how to stop. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => {});
}
