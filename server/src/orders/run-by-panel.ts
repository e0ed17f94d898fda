import type { Service } from "#catalog/service.ts";
import type { OrderDraft } from "./service-types/service-type.ts";
import { subscriptions } from "./service-types/subscriptions.ts";

/**
 * True for an order that the panel carries out by orders of its own: its first task is `run`, not
 * `send`. Where the service says so, its provider runs the whole order instead.
 */
export function isRunByPanel(
  service: Pick<Service, "runsUpstream" | "type">,
  draft: Pick<OrderDraft, "runs">,
): boolean {
  if (service.runsUpstream) return false;
  return draft.runs !== undefined || service.type === subscriptions.wireName;
}
