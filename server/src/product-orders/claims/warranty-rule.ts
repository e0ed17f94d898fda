import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";

const dayMs = 24 * 3_600_000;

/** The facts about an order that count. */
export type WarrantyFacts = {
  readonly status: ProductOrderStatus;
  /** Frozen when the order was placed. 0: there is no warranty. */
  readonly warrantyDays: number;
  readonly hasOpenClaim: boolean;
  /** For each item that the buyer has and has paid for, when its warranty began. */
  readonly items: readonly Date[];
  /** The lines that the buyer has, by place, and when the warranty of each began. */
  readonly lines: ReadonlyMap<number, Date>;
  /** True where a line is an item; false where staff write as many lines as they like. */
  readonly isByLine: boolean;
};

/** What does not work: lines by their place, a number of items, or everything. */
export type ClaimAsking = {
  readonly places: readonly number[];
  readonly quantity: number | undefined;
};

export type WarrantyRefusal =
  | { readonly code: "warranty_none" }
  | { readonly code: "warranty_over" }
  | { readonly code: "claim_open" }
  | { readonly code: "order_not_completed" }
  /**
   * A place without a line that the buyer has, a place given twice, or not as many as the quantity.
   */
  | { readonly code: "field_invalid"; readonly field: "items"; readonly expected: string }
  | { readonly code: "quantity_below_min"; readonly field: "quantity"; readonly min: number }
  | { readonly code: "quantity_above_max"; readonly field: "quantity"; readonly max: number };

/**
 * How many items a claim is about, or why it is refused. Everything that needs this decides here.
 * The warranty starts when the order ends; for a replacement, when it was given. `isGoodwill`:
 * staff claim for the buyer, without regard to the days.
 */
export function warrantyVerdict(
  facts: WarrantyFacts,
  asking: ClaimAsking,
  moment: { readonly now: Date; readonly isGoodwill: boolean },
): Result<number, WarrantyRefusal> {
  const { status, warrantyDays, items, lines } = facts;
  const { places, quantity } = asking;
  const isCovered = (from: Date) =>
    moment.isGoodwill || moment.now.getTime() <= from.getTime() + warrantyDays * dayMs;
  if (warrantyDays === 0 && !moment.isGoodwill) return refused({ code: "warranty_none" });
  if (status !== "completed" && status !== "partial") {
    return refused({ code: "order_not_completed" });
  }
  if (facts.hasOpenClaim) return refused({ code: "claim_open" });
  const covered = items.filter(isCovered).length;
  if (covered === 0) return refused({ code: "warranty_over" });
  if (new Set(places).size < places.length || places.some((place) => !lines.has(place))) {
    return refused(itemsInvalid);
  }
  if (places.some((place) => !isCovered(lines.get(place) ?? moment.now))) {
    return refused({ code: "warranty_over" });
  }
  if (facts.isByLine && places.length > 0 && places.length !== (quantity ?? places.length)) {
    return refused(itemsInvalid);
  }
  const named = places.length === 0 ? covered : Math.min(places.length, covered);
  const wanted = quantity ?? named;
  if (wanted < 1) return refused({ code: "quantity_below_min", field: "quantity", min: 1 });
  if (wanted > covered) {
    return refused({ code: "quantity_above_max", field: "quantity", max: covered });
  }
  return ok(wanted);
}

const itemsInvalid = {
  code: "field_invalid",
  field: "items",
  expected: "places of delivered lines, such as 1,3",
} as const;

/**
 * Which lines a claim takes back: the named ones, or all if it is about everything that the buyer
 * has. `undefined`: staff have to name them. Where lines are not items, a claim may take back none.
 */
export function claimedPlaces(
  facts: Pick<WarrantyFacts, "items" | "lines" | "isByLine">,
  claim: { readonly quantity: number; readonly places: readonly number[] },
): readonly number[] | undefined {
  const { places, quantity } = claim;
  if (places.some((place) => !facts.lines.has(place))) return undefined;
  if (new Set(places).size < places.length) return undefined;
  if (places.length > 0) {
    return facts.isByLine && places.length !== quantity ? undefined : places;
  }
  if (quantity === facts.items.length) return [...facts.lines.keys()];
  return facts.isByLine ? undefined : [];
}
