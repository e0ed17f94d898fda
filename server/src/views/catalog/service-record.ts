import { markUpJson } from "#catalog/mark-up.ts";
import { refillTermsJson } from "#catalog/refill-terms.ts";
import type { Service } from "#catalog/service.ts";
import type { Sight } from "#views/sight.ts";
import { money, moneyOrNull, percent } from "#views/spelling.ts";

export type ServiceRecord = ReturnType<typeof serviceRecord>;

/** A service as staff see it; `provider` is the name of its own provider. */
export function serviceRecord(service: Service, provider: string | undefined, sight: Sight) {
  return {
    service: service.id,
    name: service.name,
    type: service.type,
    category: service.category,
    rate: money(service.rate),
    min: service.min,
    max: service.max,
    refill: service.refill,
    cancel: service.cancel,
    dripfeed: service.dripfeed,
    runs_upstream: service.runsUpstream,
    description: service.description,
    status: service.isEnabled ? "enabled" : "disabled",
    ...(sight.provider && { provider, provider_service: service.providerService ?? null }),
    ...(sight.cost && {
      provider_rate: moneyOrNull(service.providerRate),
      cost: moneyOrNull(service.cost),
    }),
    listing: service.listing,
    follows: service.follows,
    ...(sight.cost && {
      markup: service.markUp === undefined ? null : markUpJson(service.markUp),
      margin_percent: service.marginPercent === undefined ? null : percent(service.marginPercent),
      below_margin: service.belowMargin ?? null,
    }),
    routing: service.routing,
    refill_terms: refillTermsJson(service.refillTerms),
    average_time: service.averageSeconds ?? null,
  };
}
