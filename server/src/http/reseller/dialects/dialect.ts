import type { Service } from "#catalog/service.ts";
import type { ShownOrder } from "#orders/lookup/lookup.sql.ts";
import type { EffectiveRate } from "#values/money.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

/** What a dialect needs to know of an order to show it. */
type OrderToShow = Pick<ShownOrder, "charge" | "startCount" | "status" | "remains">;

/**
 * How one family of panels spells API v2: names, types and texts, no rules. To add one, add a file
 * here and a line in `dialects/index.ts`.
 */
export type Dialect = {
  readonly name: string;
  /** Charges, rates and balances as text. */
  money(amount: bigint): string;
  /** One row of the service list. */
  service(service: Service, rate: EffectiveRate): Readonly<Record<string, unknown>>;
  /** One order's state. */
  order(order: OrderToShow, currency: string): Readonly<Record<string, unknown>>;
  /** The English sentence of a refusal: clients compare it, so it never changes. */
  refusal(refusal: ResellerRefusal): string;
};
