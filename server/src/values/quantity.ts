/** The largest quantity that any service may allow: what the largest deployed `max` fields hold. */
export const quantityMax = 9_007_199_254_740_991;

/**
 * Reads a count as it stands on the wire: ASCII digits only (no sign, point or exponent), at most
 * 2^53-1. Anything else is `undefined`.
 */
export function parseQuantity(text: string): number | undefined {
  if (text.length === 0 || text.length > 16 || !/^[0-9]+$/.test(text)) return undefined;
  const quantity = Number(text);
  return quantity <= quantityMax ? quantity : undefined;
}

/** How much of `quantity` was delivered when `remains` is left, clamped to 0 and `quantity`. */
export function deliveredOf(quantity: number, remains: number): number {
  return Math.min(quantity, Math.max(0, quantity - remains));
}
