import type { Context } from "#database/context.ts";
import { askCancels } from "#orders/ask-cancels.ts";
import { askRefills } from "#orders/ask-refills.ts";
import { pollOrders } from "#orders/poll-orders.ts";
import { reconcileOrders } from "#orders/reconcile-orders.ts";
import { runSchedules } from "#orders/run-schedules.ts";
import { sendOrders } from "#orders/send-orders.ts";
import { pollProductOrders } from "#product-orders/upstream/poll-product-orders.ts";
import { reconcileProductOrders } from "#product-orders/upstream/reconcile-product-orders.ts";
import { sendProductOrders } from "#product-orders/upstream/send-product-orders.ts";
import type { Provider } from "#providers/providers.sql.ts";

/** One kind of work with a provider, of which every provider has a lane. */
export type Lane = {
  readonly name: string;
  /** How long it rests after a turn with nothing to do; short if left out. */
  readonly idleMs?: number;
  /**
   * One turn; answers how much was done: after nothing the lane rests a moment. A provider that is
   * switched off comes by as well. After `signal` nothing more is begun.
   */
  run(ctx: Context, provider: Provider, signal: AbortSignal): Promise<number>;
};

/** Requests are rare, and nobody waits for them by the second. */
const requestsIdleMs = 2000;
const reconcileIdleMs = 1000;
/** Most providers have no products. */
const productsIdleMs = 500;

/** All kinds of work with providers. */
export const lanes: readonly Lane[] = [
  { name: "send", run: sendOrders },
  { name: "poll", run: pollOrders },
  { name: "reconcile", run: reconcileOrders, idleMs: reconcileIdleMs },
  { name: "run", run: runSchedules },
  { name: "cancel", run: askCancels, idleMs: requestsIdleMs },
  { name: "refill", run: askRefills, idleMs: requestsIdleMs },
  { name: "send products", run: sendProductOrders, idleMs: productsIdleMs },
  { name: "poll products", run: pollProductOrders, idleMs: productsIdleMs },
  { name: "reconcile products", run: reconcileProductOrders, idleMs: requestsIdleMs },
];
