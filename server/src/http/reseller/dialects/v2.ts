import { formatAmount } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { offersRefill, refillDaysOf } from "#orders/refill-rule.ts";
import { englishTexts, textOf } from "#http/reseller/refusals/texts.ts";
import type { Dialect } from "./dialect.ts";

/**
 * The shapes of the PerfectPanel family (four of the five documents): `service` is a number, rates
 * and amounts are text with at least two decimals. `dripfeed` and `desc` are additions that
 * deployed panels send and importers need.
 */
export const v2: Dialect = {
  name: "v2",
  money: (amount) => formatAmount(amount, 2),
  service: (service, rate) => ({
    service: service.id,
    name: service.name,
    type: service.type,
    rate: formatAmount(rate, 2),
    min: String(service.min),
    max: String(service.max),
    dripfeed: service.dripfeed,
    refill: offersRefill(service),
    cancel: service.cancel,
    category: service.category,
    desc: service.description,
    refill_days: refillDaysOf(service),
    average_time: service.averageSeconds ?? null,
  }),
  order: (order, currency) => ({
    charge: formatAmount(order.charge, 2),
    start_count: order.startCount,
    status: wireStatus[order.status],
    remains: order.remains,
    currency,
  }),
  refusal: (refusal) => textOf(englishTexts, refusal),
};
