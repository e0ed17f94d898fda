import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { pollOrders } from "#orders/poll-orders.ts";
import { sendOrders } from "#orders/send-orders.ts";
import { findProvider, listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { ProviderId } from "#values/ids.ts";
import { jobs } from "./index.ts";

const idlePauseMs = 200;
const failurePauseMs = 2000;
const newProvidersPauseMs = 2000;

/** A worker under way. */
export type Worker = {
  /** Takes on nothing more, and ends when what is under way has ended. */
  close(): Promise<void>;
};

/**
 * Carries orders along until it is closed. Every provider has a lane of its own for sending and one
 * for asking, and every job its own, so that what is slow or broken holds up nothing else. Any number
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
    for (const { id, isEnabled } of await listProviders(ctx.db)) {
      if (!isEnabled) continue;
      open(`send ${id}`, () => withProvider(ctx, id, sendOrders));
      open(`poll ${id}`, () => withProvider(ctx, id, pollOrders));
    }
    return newProvidersPauseMs;
  });
  for (const job of jobs) {
    open(`job ${job.name}`, async () => {
      await job.run(ctx);
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
  work: (ctx: Context, provider: Provider) => Promise<number>,
): Promise<number> {
  const provider = await findProvider(ctx.db, id);
  if (provider?.isEnabled !== true) return newProvidersPauseMs;
  return (await work(ctx, provider)) > 0 ? 0 : idlePauseMs;
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
