import { z } from "zod";
import { ok } from "#values/result.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { checkedSettings } from "#providers/check-settings.ts";
import type {
  PlaceOutcome,
  ProviderConnector,
  ProviderOrderState,
  ProviderRefillState,
} from "#providers/connector.ts";

const settingsSchema = z.strictObject({
  /** How long one step of an order takes. */
  step_ms: z.coerce.number().int().min(1).max(3_600_000).default(1000),
});
const startCount = 1200;

/** How a sandbox order ends; `stuck` never does. */
const endings = ["completed", "partial", "canceled", "stuck"] as const;
type Ending = (typeof endings)[number];

/**
 * A provider that pretends: an order starts after one step (a second), is half done after two, and
 * ends after four. Words in the link choose another course: `sandbox-partial` (half is delivered),
 * `sandbox-canceled`, `sandbox-stuck`, `sandbox-refused`, `sandbox-unknown`. A refill is begun
 * after one step and done after two. A cancel ends an order at once, as far as it has come.
 *
 * It stores nothing: the number of an order or a refill holds everything that its state depends on.
 * So the sandbox survives restarts and gives the same answer to every process.
 */
export const sandbox: ProviderConnector = {
  name: "sandbox",
  isRemote: false,
  checkSettings: (settings) => checkedSettings(settingsSchema, settings),
  placeOrder: async (order, call): Promise<PlaceOutcome> => {
    if (order.link.includes("sandbox-refused")) {
      return { kind: "refused", reason: "The sandbox refuses this link.", concern: "order" };
    }
    if (order.link.includes("sandbox-unknown")) {
      return { kind: "unknown", reason: "The sandbox did not answer." };
    }
    const ending = endings.find((word) => order.link.includes(`sandbox-${word}`)) ?? "completed";
    const providerOrder = [order.orderId, call.now, order.quantity, ending].join("-");
    return { kind: "accepted", providerOrder };
  },
  statesMax: () => 1000,
  orderStates: async (providerOrders, call) => {
    const { step_ms: stepMs } = settingsSchema.parse(call.settings);
    const states = new Map<string, ProviderOrderState>();
    for (const providerOrder of providerOrders) {
      const [, placedAt, quantity, word] = orderPattern.exec(providerOrder) ?? [];
      const ending = endings.find((each) => each === word);
      states.set(
        providerOrder,
        ending === undefined
          ? { kind: "missing", reason: "Incorrect order ID" }
          : stateAfter((call.now - Number(placedAt)) / stepMs, Number(quantity), ending),
      );
    }
    return ok(states);
  },
  cancels: {
    // It stores nothing, so a cancel ends the order at once.
    cancel: async (providerOrder, call) => {
      const { step_ms: stepMs } = settingsSchema.parse(call.settings);
      const [, placedAt, quantity, word] = orderPattern.exec(providerOrder) ?? [];
      const ending = endings.find((each) => each === word);
      if (ending === undefined) return { kind: "refused", reason: "Incorrect order ID" };
      const steps = (call.now - Number(placedAt)) / stepMs;
      const { status, remains = 0 } = stateAfter(steps, Number(quantity), ending);
      if (status !== "pending" && status !== "in_progress") {
        return { kind: "refused", reason: "Order already completed" };
      }
      const isUntouched = remains === Number(quantity);
      return { kind: "ended", status: isUntouched ? "canceled" : "partial", remains };
    },
  },
  refills: {
    refill: async (providerOrder, call) => {
      if (!orderPattern.test(providerOrder)) {
        return { kind: "refused", reason: "Incorrect order ID" };
      }
      return { kind: "taken", providerRefill: `refill-${call.now}` };
    },
    refillStates: async (providerRefills, call) => {
      const { step_ms: stepMs } = settingsSchema.parse(call.settings);
      const states = new Map<string, ProviderRefillState>();
      for (const providerRefill of providerRefills) {
        const [, askedAt] = refillPattern.exec(providerRefill) ?? [];
        states.set(
          providerRefill,
          askedAt === undefined
            ? { kind: "missing", reason: "Refill not found" }
            : refillAfter((call.now - Number(askedAt)) / stepMs),
        );
      }
      return ok(states);
    },
  },
};

const orderPattern = /^\d+-(\d+)-(\d+)-([a-z]+)$/;
const refillPattern = /^refill-(\d+)$/;

function refillAfter(steps: number): ProviderRefillState {
  const status = steps < 1 ? "pending" : steps < 2 ? "in_progress" : "completed";
  return { kind: "state", status, word: status };
}

type State = Extract<ProviderOrderState, { kind: "state" }>;

function stateAfter(steps: number, quantity: number, ending: Ending): State {
  if (steps < 1) return said("pending", undefined, quantity);
  const half = Math.floor(quantity / 2);
  if (steps < 2) return said("in_progress", startCount, quantity);
  if (steps < 4 || ending === "stuck") return said("in_progress", startCount, quantity - half);
  switch (ending) {
    case "completed":
      return said("completed", startCount, 0);
    case "partial":
      return said("partial", startCount, quantity - half);
    case "canceled":
      return said("canceled", startCount, quantity);
  }
}

function said(status: OrderStatus, startCount: number | undefined, remains: number): State {
  return { kind: "state", status, word: status, startCount, remains, charge: undefined };
}
