import { backOff } from "#values/back-off.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** How often orders are asked about: bounds in seconds, from the settings. */
export type PollPace = { readonly minSeconds: number; readonly maxSeconds: number };

type Standing = { readonly status: OrderStatus; readonly remains: number };

const growthsMax = 10;

/**
 * How many seconds to wait before an order is asked about again: a tenth of its age, so that young
 * orders are asked about often and old ones rarely. At once where its status has just moved, sooner
 * while delivery goes on, later where the provider does not know the order.
 */
export function pollPause(
  before: Standing & { readonly ageSeconds: number },
  after: Standing & { readonly misses: number },
  { minSeconds, maxSeconds }: PollPace,
): number {
  const clamped = (seconds: number) => Math.min(maxSeconds, Math.max(minSeconds, seconds));
  if (after.status !== before.status) return clamped(0);
  const pause = clamped(before.ageSeconds / 10);
  if (after.misses > 0) {
    return backOff(after.misses + 1, { first: pause, cap: maxSeconds, growthsMax });
  }
  return after.remains === before.remains ? pause : clamped(pause / 2);
}

/** How many seconds orders wait after `failures` questions in a row without an answer. */
export function failedPollPause(failures: number, { minSeconds, maxSeconds }: PollPace): number {
  return backOff(failures, { first: minSeconds, cap: maxSeconds, growthsMax });
}
