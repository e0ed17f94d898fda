import type { ProductOrderId } from "#values/ids.ts";

/** The lines of a play money order. They say that they are play, numbered by their places. */
export function playLines(id: ProductOrderId, placesBefore: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `SANDBOX-${id}-${placesBefore + index + 1}`);
}
