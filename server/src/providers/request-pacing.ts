import { setTimeout as pause } from "node:timers/promises";
import type { ProviderId } from "#values/ids.ts";

// How much lost time may be made up for at once: timers fire late, and bursts stay small.
const catchUpMs = 200;

/** When the next request to a provider may leave, in milliseconds of this process's clock. */
const nextAt = new Map<ProviderId, number>();

/**
 * Waits until this process may send the provider one more request, at `requestsPerSecond`. Callers
 * get their slots in the order in which they asked, evenly spread.
 */
export async function awaitSlot(id: ProviderId, requestsPerSecond: number): Promise<void> {
  const now = performance.now();
  const at = Math.max(nextAt.get(id) ?? 0, now - catchUpMs);
  nextAt.set(id, at + 1000 / requestsPerSecond);
  if (at > now) await pause(at - now);
}
