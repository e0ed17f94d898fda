import type { Context } from "#database/context.ts";
import { askCancels } from "#orders/requests/ask-cancels.ts";
import { askRefills } from "#orders/requests/ask-refills.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { reconcileOrders } from "#orders/dispatch/reconcile-orders.ts";
import { runSchedules } from "#orders/schedules/run-schedules.ts";
import { sendOrders } from "#orders/dispatch/send-orders.ts";
import {
  listProvidersOfDueCancels,
  listProvidersOfDueRefills,
} from "#orders/requests/provider-requests.sql.ts";
import { pollProductOrders } from "#product-orders/upstream/poll-product-orders.ts";
import { productTasks } from "#product-orders/upstream/product-tasks.sql.ts";
import { reconcileProductOrders } from "#product-orders/upstream/reconcile-product-orders.ts";
import { sendProductOrders } from "#product-orders/upstream/send-product-orders.ts";
import { listDueProbes } from "#providers/provider-probes.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { orderTasks } from "#tasks/tasks.sql.ts";
import type { ProviderId } from "#values/ids.ts";

/** One kind of work with providers; a provider has a lane for it while some of it is due. */
export type LaneKind = {
  readonly name: string;
  /**
   * One round; returns how much was done. It also runs for a provider that is switched off. After
   * `signal` nothing more is begun.
   */
  run(ctx: Context, provider: Provider, signal: AbortSignal): Promise<number>;
};

/** A lane to be opened. */
export type DueLane = { readonly kind: LaneKind; readonly providerId: ProviderId };

/** Looks for what is due with all providers at once, at a fixed interval in milliseconds. */
export type LookOut = {
  readonly name: string;
  readonly everyMs: number;
  find(ctx: Context): Promise<readonly DueLane[]>;
};

const send: LaneKind = { name: "send", run: sendOrders };
const poll: LaneKind = { name: "poll", run: pollOrders };
const reconcile: LaneKind = { name: "reconcile", run: reconcileOrders };
const run: LaneKind = { name: "run", run: runSchedules };
const cancel: LaneKind = { name: "cancel", run: askCancels };
const refill: LaneKind = { name: "refill", run: askRefills };
const sendProducts: LaneKind = { name: "send products", run: sendProductOrders };
const pollProducts: LaneKind = { name: "poll products", run: pollProductOrders };
const reconcileProducts: LaneKind = { name: "reconcile products", run: reconcileProductOrders };

/** All kinds of work with providers. */
export const laneKinds: readonly LaneKind[] = [
  send,
  poll,
  reconcile,
  run,
  cancel,
  refill,
  sendProducts,
  pollProducts,
  reconcileProducts,
];

const laneOfTask = { send, poll, reconcile, run };
const laneOfProductTask = {
  send: sendProducts,
  poll: pollProducts,
  reconcile: reconcileProducts,
};

/** All look-outs. */
export const lookOuts: readonly LookOut[] = [
  {
    name: "orders",
    everyMs: 200,
    find: async ({ hot }) => {
      const due = await orderTasks.listDue(hot);
      return due.map(({ kind, providerId }) => ({ kind: laneOfTask[kind], providerId }));
    },
  },
  {
    name: "product orders",
    everyMs: 500,
    find: async ({ hot }) => {
      const due = await productTasks.listDue(hot);
      return due.map(({ kind, providerId }) => ({ kind: laneOfProductTask[kind], providerId }));
    },
  },
  {
    // The sending lanes ask whether a held provider is back, with or without work for it.
    name: "held providers",
    everyMs: 500,
    find: async ({ hot }) => {
      const held = await listDueProbes(hot);
      return [send, sendProducts].flatMap((kind) =>
        held.map((providerId) => ({ kind, providerId })),
      );
    },
  },
  {
    // Requests are rare, and nobody waits for them by the second.
    name: "requests",
    everyMs: 2000,
    find: async ({ hot }) => [
      ...(await listProvidersOfDueCancels(hot)).map((providerId) => ({ kind: cancel, providerId })),
      ...(await listProvidersOfDueRefills(hot)).map((providerId) => ({ kind: refill, providerId })),
    ],
  },
];
