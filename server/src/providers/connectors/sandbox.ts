import type { PlaceOutcome, ProviderConnector, ProviderOrderState } from "#providers/connector.ts";

const stepMsDefault = 1000;
const startCount = 1200;

/** How a sandbox order ends; `stuck` never does. */
const endings = ["completed", "partial", "canceled", "stuck"] as const;
type Ending = (typeof endings)[number];

/**
 * A provider that pretends: an order starts after one step (a second), is half done after two, and
 * ends after four. Words in the link choose another story: `sandbox-partial` (half is delivered),
 * `sandbox-canceled`, `sandbox-stuck`, `sandbox-refused`, `sandbox-unknown`.
 *
 * It keeps nothing: an order's number holds all that its state depends on, so that the sandbox
 * survives restarts and gives the same answer to every process.
 */
export const sandbox: ProviderConnector = {
  name: "sandbox",
  capabilities: { refill: false, cancel: false },
  placeOrder: async (order, call): Promise<PlaceOutcome> => {
    if (order.link.includes("sandbox-refused")) {
      return { kind: "refused", reason: "The sandbox refuses this link." };
    }
    if (order.link.includes("sandbox-unknown")) {
      return { kind: "unknown", reason: "The sandbox did not answer." };
    }
    const ending = endings.find((word) => order.link.includes(`sandbox-${word}`)) ?? "completed";
    const providerOrder = [order.orderId, call.now, order.quantity, ending].join("-");
    return { kind: "accepted", providerOrder };
  },
  orderStates: async (providerOrders, call) => {
    const stepMs = Number(call.settings["step_ms"] ?? stepMsDefault);
    const states = new Map<string, ProviderOrderState>();
    for (const providerOrder of providerOrders) {
      const [, placedAt, quantity, ending] = providerOrder.split("-");
      const steps = (call.now - Number(placedAt)) / stepMs;
      states.set(providerOrder, stateAfter(steps, Number(quantity), readEnding(ending)));
    }
    return states;
  },
};

function readEnding(word: string | undefined): Ending {
  return endings.find((ending) => ending === word) ?? "completed";
}

function stateAfter(steps: number, quantity: number, ending: Ending): ProviderOrderState {
  if (steps < 1) return { status: "pending", startCount: undefined, remains: quantity };
  const half = Math.floor(quantity / 2);
  if (steps < 2) return { status: "in_progress", startCount, remains: quantity };
  if (steps < 4 || ending === "stuck") {
    return { status: "in_progress", startCount, remains: quantity - half };
  }
  switch (ending) {
    case "completed":
      return { status: "completed", startCount, remains: 0 };
    case "partial":
      return { status: "partial", startCount, remains: quantity - half };
    case "canceled":
      return { status: "canceled", startCount, remains: quantity };
  }
}
