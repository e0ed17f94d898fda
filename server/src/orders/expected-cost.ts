import { costPerPiece, costPerThousand } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { ServiceType } from "./service-types/service-type.ts";

/** What the provider is expected to charge for `quantity`. */
export function expectedCost(
  type: ServiceType,
  cost: Amount | undefined,
  quantity: number,
): Amount | undefined {
  switch (type.pricing) {
    case "per_thousand":
      return cost && costPerThousand(cost, quantity);
    case "per_order":
      return cost && costPerPiece(cost, quantity);
    case "later":
      return undefined;
  }
}
