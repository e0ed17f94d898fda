import { formatAmount } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { offersRefill, refillDaysOf } from "#orders/refill-rule.ts";
import { englishTexts, textOf } from "#http/reseller/refusals/texts.ts";
import type { Dialect } from "./dialect.ts";

const texts = { ...englishTexts, refill_unknown: "Incorrect refill ID" };

/**
 * The shapes of 1dg.me and its relatives: no `currency` in a state, no `cancel` in the service
 * list, amounts without trailing zeros ("2.5"), and a text of its own for an unknown refill.
 */
export const v2Of1dg: Dialect = {
  name: "v2-1dg",
  money: (amount) => formatAmount(amount, 0),
  service: (service, rate) => ({
    service: service.id,
    name: service.name,
    type: service.type,
    category: service.category,
    rate: formatAmount(rate, 0),
    min: String(service.min),
    max: String(service.max),
    dripfeed: service.dripfeed,
    refill: offersRefill(service),
    desc: service.description,
    refill_days: refillDaysOf(service),
    average_time: service.averageSeconds ?? null,
  }),
  order: (order) => ({
    charge: formatAmount(order.charge, 0),
    start_count: order.startCount,
    status: wireStatus[order.status],
    remains: order.remains,
  }),
  refusal: (refusal) => textOf(texts, refusal),
};
