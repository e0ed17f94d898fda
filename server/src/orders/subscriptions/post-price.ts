import { findService } from "#catalog/catalog.sql.ts";
import { listCustomRates } from "#catalog/custom-rates.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { priceFor } from "#catalog/price.ts";
import type { Service } from "#catalog/service.ts";
import { checkBuyer } from "#customers/buyers.sql.ts";
import { findPriceTerms } from "#customers/customers.sql.ts";
import type { PriceTerms } from "#customers/customers.sql.ts";
import type { Queryable } from "#database/statement.ts";
import { findBalance } from "#ledger/ledger.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { AccountId } from "#values/ids.ts";
import { chargePerThousand, subtract } from "#values/money.ts";
import type { EffectiveRate } from "#values/money.ts";
import type { Order } from "#orders/orders.sql.ts";
import { subscriptionOf } from "./subscription.ts";

/** What a subscription's posts cost now. */
export type PostPrice = {
  readonly service: Service;
  readonly terms: PriceTerms;
  /** `undefined` where it is not sold to this customer at its current price. */
  readonly rate: EffectiveRate | undefined;
};

/** The current price, from the database; `undefined` where service or customer do not exist. */
export async function priceOfPosts(
  db: Queryable,
  { accountId, serviceId }: Pick<Order, "accountId" | "serviceId">,
): Promise<PostPrice | undefined> {
  const service = await findService(db, serviceId);
  const terms = await findPriceTerms(db, accountId);
  if (service === undefined || terms === undefined) return undefined;
  const rate = priceFor(
    service,
    {
      discountPercent: terms.discountPercent,
      customRates: await listCustomRates(db, terms.ratesOf),
      version: terms.priceVersion,
    },
    panelMargin(await readSettings(db)),
  );
  return { service, terms, rate };
}

/**
 * True where the customer could pay for the smallest order of a post, as far as can be told without
 * a lock. Also true where the service is not sold at present, which is not a lack of funds. False
 * for a suspended customer.
 */
export async function canPayPost(db: Queryable, order: Order): Promise<boolean> {
  const buyer = { accountId: order.accountId, id: undefined, version: undefined, isTest: false };
  if ((await checkBuyer(db, buyer)) !== "ok") return false;
  const price = await priceOfPosts(db, order);
  if (price?.rate === undefined) return true;
  return paysPost(db, order.accountId, price.rate, subscriptionOf(order).min);
}

/** True where the balance, down to its floor, covers an order of `quantity`. */
export async function paysPost(
  db: Queryable,
  accountId: AccountId,
  rate: EffectiveRate,
  quantity: number,
): Promise<boolean> {
  const account = await findBalance(db, accountId);
  if (account === undefined) return false;
  return subtract(account.balance, chargePerThousand(rate, quantity)) >= account.floor;
}
