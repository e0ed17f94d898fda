import type { ProductOrderId } from "#values/ids.ts";

/** What an order of play money gets: lines that say so, numbered by their places. */
export function playLines(id: ProductOrderId, placesBefore: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `SANDBOX-${id}-${placesBefore + index + 1}`);
}
