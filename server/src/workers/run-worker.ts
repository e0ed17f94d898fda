import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { findProvider, listProviders } from "#providers/providers.sql.ts";
import type { ProviderId } from "#values/ids.ts";
import { jobs } from "./index.ts";
import { lanes as laneKinds } from "./lanes.ts";
import type { Lane } from "./lanes.ts";

const idlePauseMs = 200;
const failurePauseMs = 2000;
const newProvidersPauseMs = 2000;

/** A worker under way. */
export type Worker = {
  /** Takes on nothing more, and ends when what is under way has ended. */
  close(): Promise<void>;
};

/**
 * Carries orders along until it is closed. Every provider has a lane of its own for each kind of work
 * (`lanes.ts`), and every job its own, so that what is slow or broken holds up nothing else. Any number
 * of workers may run: due tasks are claimed, never shared.
 */
export function runWorker(ctx: Context): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const lanes = new Map<string, Promise<void>>();

  const open = (name: string, turn: () => Promise<number>) => {
    if (lanes.has(name)) return;
    lanes.set(
      name,
      runLane(ctx, name, turn, signal).finally(() => lanes.delete(name)),
    );
  };
  open("providers", async () => {
    // Those that are switched off too: what they have taken on is followed to its end.
    for (const { id } of await listProviders(ctx.db)) {
      for (const kind of laneKinds) {
        open(`${kind.name} ${id}`, () => withProvider(ctx, id, kind, signal));
      }
    }
    return newProvidersPauseMs;
  });
  for (const job of jobs) {
    open(`job ${job.name}`, async () => {
      await job.run(ctx, signal);
      return job.everySeconds * 1000;
    });
  }
  return {
    close: async () => {
      stopping.abort();
      await Promise.all(lanes.values());
    },
  };
}

/** One turn with a provider as it is now; answers how long to rest, in milliseconds. */
async function withProvider(
  ctx: Context,
  id: ProviderId,
  lane: Lane,
  signal: AbortSignal,
): Promise<number> {
  const provider = await findProvider(ctx.db, id);
  if (provider === undefined) return newProvidersPauseMs;
  return (await lane.run(ctx, provider, signal)) > 0 ? 0 : (lane.idleMs ?? idlePauseMs);
}

/** Takes turns until stopped; a failed turn is logged and tried again after a rest. */
async function runLane(
  ctx: Context,
  name: string,
  turn: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let restMs = failurePauseMs;
    try {
      restMs = await turn();
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ lane: name, error }, "worker's turn failed");
    }
    // A pause that is cut short is the way to stop.
    if (restMs > 0) await pause(restMs, undefined, { signal }).catch(() => {});
  }
}
