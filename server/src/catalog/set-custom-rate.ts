import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { recordEvents } from "#events/record.sql.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import { findCustomer, raisePriceVersion } from "#customers/customers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { EffectiveRate } from "#values/money.ts";
import { findService } from "./catalog.sql.ts";
import { listCustomRates, putCustomRate } from "./custom-rates.sql.ts";
import { panelMargin } from "./panel-margin.ts";
import { priceFor } from "./price.ts";
import { auditedRate, checkCustomRate } from "./custom-rate.ts";
import type { CustomRate } from "./custom-rate.ts";
import { rateMax } from "./service.ts";
import type { Service } from "./service.ts";

export type SetCustomRateRefusal =
  | { readonly code: "customer_unknown" }
  | { readonly code: "service_unknown" }
  | { readonly code: "rate_invalid"; readonly expected: string }
  | { readonly code: "custom_rate_unknown" };

const fixedMax = { amount: rateMax, shown: "10^12" };

/**
 * Gives a customer a custom rate for one service, or with `undefined` removes it. Returns what 1000
 * (or one package) then costs them; `undefined` where the service is not sold to them, because that
 * lies below the margin. The customer is told (`service.price_changed`). Locks the account, then
 * the customer.
 */
export async function setCustomRate(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  serviceId: ServiceId,
  rate: CustomRate | undefined,
): Promise<Result<EffectiveRate | undefined, SetCustomRateRefusal>> {
  authorize(actor, "customers.price");
  return inTransaction(ctx, async (tx) => {
    await lockAccount(tx, accountId);
    // Before anything is read, because it locks the customer's prices: concurrent changes follow
    // each other.
    await raisePriceVersion(tx, accountId);
    const customer = await findCustomer(tx, accountId);
    if (customer === undefined) return refused({ code: "customer_unknown" });
    const service = await findService(tx, serviceId);
    if (service === undefined) return refused({ code: "service_unknown" });
    const invalid = checkCustomRate(rate, fixedMax);
    if (invalid !== undefined) return refused({ code: "rate_invalid", expected: invalid });
    const customRates = await listCustomRates(tx, accountId);
    const before = customRates.get(serviceId);
    if (rate === undefined && before === undefined) return refused({ code: "custom_rate_unknown" });
    await putCustomRate(tx, accountId, serviceId, rate);
    await audit(tx, {
      actor,
      action: rate === undefined ? "rate.remove" : "rate.set",
      subject: `customer:${accountId}`,
      before: before && { service: serviceId, ...auditedRate(before) },
      after: rate && { service: serviceId, ...auditedRate(rate) },
    });
    const { discountPercent, priceVersion } = customer;
    const margin = panelMargin(await readSettings(tx));
    const prices = { discountPercent, customRates, version: priceVersion };
    const paid = priceFor(service, prices, margin);
    if (rate === undefined) customRates.delete(serviceId);
    else customRates.set(serviceId, rate);
    const pays = priceFor(service, prices, margin);
    if (pays !== paid && service.isEnabled) await tell(tx, accountId, service, paid, pays);
    return ok(pays);
  });
}

/** Told as changes of list prices are, but to this customer alone. */
async function tell(
  tx: Tx,
  accountId: AccountId,
  { id, name }: Service,
  paid: EffectiveRate | undefined,
  pays: EffectiveRate | undefined,
): Promise<void> {
  const named = { service: id, name };
  if (pays === undefined) {
    await recordEvents(tx, [{ accountId, kind: "service.disabled", data: named }]);
    return;
  }
  const kind = paid === undefined ? "service.enabled" : "service.price_changed";
  const data = { ...named, rate: decimalFromAmount(pays) };
  await recordEvents(tx, [{ accountId, kind, data }]);
}
