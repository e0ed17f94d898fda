import type { Service } from "#catalog/service.ts";
import type { OrderDraft } from "./service-types/service-type.ts";
import { subscriptions } from "./service-types/subscriptions.ts";

/**
 * True for an order that the panel carries out by orders of its own: its first task is `run`, not
 * `send`. Its provider can do it whole where the service says so.
 */
export function isRunByPanel(
  service: Pick<Service, "runsUpstream" | "type">,
  draft: Pick<OrderDraft, "runs">,
): boolean {
  if (service.runsUpstream) return false;
  return draft.runs !== undefined || service.type === subscriptions.wireName;
}
