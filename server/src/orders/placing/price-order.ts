import type { Context } from "#database/context.ts";
import type { CatalogCache } from "#catalog/catalog-cache.ts";
import { priceFor } from "#catalog/price.ts";
import type { Service } from "#catalog/service.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { chargeMax, chargePerPiece, chargePerThousand, parseAmount, zero } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import { expectedCost } from "#orders/expected-cost.ts";
import type { PlaceOrderRefusal } from "./place-order-refusal.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";
import type { OrderDraft, OrderInput, ServiceType } from "#orders/service-types/service-type.ts";

/** What pricing needs: this process's price list. */
export type PriceContext = { readonly ctx: Context; readonly catalog: CatalogCache };

/** An order's content, checked, with what it costs this buyer. */
export type PricedOrder = {
  readonly service: Service;
  readonly draft: OrderDraft;
  readonly rate: EffectiveRate;
  readonly charge: Amount;
  readonly cost: Amount | undefined;
  readonly priceVersion: number;
};

/** Checks the order's content against its service and prices it, with what this process knows. */
export async function priceOrder(
  context: PriceContext,
  accountId: AccountId,
  serviceId: ServiceId,
  input: OrderInput,
  maxCharge: Amount | undefined,
  isFresh = false,
): Promise<Result<PricedOrder, PlaceOrderRefusal>> {
  let service = context.catalog.find(serviceId);
  if (service?.isEnabled !== true) service = await findNewService(context, serviceId);
  if (service?.isEnabled !== true) return refused({ code: "service_unknown", field: "service" });

  const type = serviceTypeOf(service.type);
  const draft = type.read(input, service);
  if (!draft.ok) return draft;
  const prices =
    context.catalog.rememberedPricesOf(accountId) ?? (await context.catalog.pricesOf(accountId));
  const rate = priceFor(service, prices, context.catalog.margin());
  if (rate === undefined) {
    // Below the margin it is not on sale for this customer. Only a fresh price can decide that.
    if (isFresh) return refused({ code: "service_unknown", field: "service" });
    context.catalog.forgetPrices(accountId);
    await context.catalog.refresh();
    return priceOrder(context, accountId, serviceId, input, maxCharge, true);
  }
  const charge = chargeFor(type, rate, draft.value.quantity);
  const cost = expectedCost(type, service.cost, draft.value.quantity);
  if (charge > chargeMax || (cost ?? zero) > chargeMax)
    return refused({ code: "charge_too_high", field: "quantity" });
  if (maxCharge !== undefined && charge > maxCharge) {
    return refused({ code: "price_above_max_charge", field: "maxCharge", charge });
  }
  return ok({ service, draft: draft.value, rate, charge, cost, priceVersion: prices.version });
}

/** A service that was created or enabled a moment ago, perhaps by another process. */
export async function findNewService(
  context: PriceContext,
  id: ServiceId,
): Promise<Service | undefined> {
  await context.catalog.refresh();
  return context.catalog.find(id);
}

/** The most the caller is willing to pay; `undefined` where they did not say. */
export function readMaxCharge(input: OrderInput): Result<Amount | undefined, PlaceOrderRefusal> {
  const text = input("maxCharge")?.trim();
  if (text === undefined) return ok(undefined);
  const amount = parseAmount(text);
  if (amount === undefined || amount < zero) {
    return refused({ code: "max_charge_invalid", field: "maxCharge" });
  }
  return ok(amount);
}

/** What `quantity` costs under a type's pricing. */
function chargeFor(type: ServiceType, rate: EffectiveRate, quantity: number): Amount {
  switch (type.pricing) {
    case "per_thousand":
      return chargePerThousand(rate, quantity);
    case "per_order":
      return chargePerPiece(rate, quantity);
    case "later":
      return zero;
  }
}
