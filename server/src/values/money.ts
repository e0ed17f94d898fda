import type { Brand } from "./brand.ts";

/**
 * An exact amount of the panel's one currency, counted in 10^-8 of one unit: 1.25 is 125_000_000n.
 * The same scale as `numeric(28,8)` in the database.
 */
export type Amount = Brand<bigint, "Amount">;

/**
 * The price of 1000 pieces (of one order for the Package types) after every discount, on the scale
 * of `Amount` and with at most 5 decimals, so that a charge never needs rounding.
 */
export type EffectiveRate = Brand<bigint, "EffectiveRate">;

/** How many units of `Amount` make one unit of the currency. */
export const unitsPerOne = 100_000_000n;

export const zero = 0n as Amount;
export const one = unitsPerOne as Amount;

/** No order may cost more than this (10^15 of the currency): `numeric(28,8)` must hold sums of it. */
export const chargeMax = (1_000_000_000_000_000n * unitsPerOne) as Amount;

const decimalPattern = /^-?[0-9]{1,16}(\.[0-9]{1,8})?$/;
const rateStep = 1_000n;

/**
 * Reads a decimal such as `12`, `0.5` or `-3.00000001`: at most 16 digits before the point and 8
 * behind it. `undefined` for anything else (exponents, blanks, a comma, a leading plus).
 */
export function parseAmount(text: string): Amount | undefined {
  if (!decimalPattern.test(text)) return undefined;
  return amountFromDecimal(text);
}

/** Like `parseAmount` for text that the database wrote, which is a decimal by construction. */
export function amountFromDecimal(text: string): Amount {
  // Columns of the database have 8 places: without the point they are the units.
  const point = text.length - 9;
  if (point > 0 && text[point] === ".") {
    return BigInt(text.slice(0, point) + text.slice(point + 1)) as Amount;
  }
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = (isNegative ? text.slice(1) : text).split(".");
  const units = BigInt(whole) * unitsPerOne + BigInt(fraction.padEnd(8, "0").slice(0, 8));
  return (isNegative ? -units : units) as Amount;
}

/** The amount as the database reads it: a decimal with 8 places. */
export function decimalFromAmount(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(9, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/**
 * The amount for people and for the wire: exact, with at least `decimalsMin` places and no zeros
 * beyond them. `formatAmount(90_000_000n, 2)` is `0.90`; with 0 it is `0.9`.
 */
export function formatAmount(amount: bigint, decimalsMin: number): string {
  const text = decimalFromAmount(amount);
  let end = text.length;
  const keep = text.length - 8 + decimalsMin;
  while (end > keep && text.charCodeAt(end - 1) === 48) end--;
  return text.charCodeAt(end - 1) === 46 ? text.slice(0, end - 1) : text.slice(0, end);
}

export function add(a: Amount, b: Amount): Amount {
  return (a + b) as Amount;
}

export function subtract(a: Amount, b: Amount): Amount {
  return (a - b) as Amount;
}

/**
 * Rounds a rate up to 5 decimals, in the panel's favour and at most 0.00001 per 1000. This is the
 * only place where a selling price is rounded; it happens before the price is shown or charged.
 */
export function effectiveRate(units: bigint): EffectiveRate {
  if (units < 0n) throw new RangeError("a rate is never negative");
  return (((units + rateStep - 1n) / rateStep) * rateStep) as EffectiveRate;
}

/**
 * The given per cent of an amount, rounded up. `percent` has up to 8 decimals, on the scale of
 * `Amount`.
 */
export function percentOf(amount: bigint, percent: bigint): bigint {
  const scaled = amount * percent;
  const whole = 100n * unitsPerOne;
  return (scaled + whole - 1n) / whole;
}

/**
 * What is left of a rate after each of these shares of it (per cent, on the scale of `Amount`) is
 * taken off, one after the other. Rounded once, as `effectiveRate` does.
 */
export function rateAfter(rate: Amount, percents: readonly bigint[]): EffectiveRate {
  const exact = percents.reduce((units, percent) => units * percent, rate as bigint);
  return effectiveRate(divideUp(exact, (100n * unitsPerOne) ** BigInt(percents.length)));
}

/**
 * Converts an amount of another currency into the panel's: `exchangeRate` is what one unit of the
 * other costs here. Rounded up at the 8th decimal, so that a cost is never understated.
 */
export function exchanged(amount: Amount, exchangeRate: Amount): Amount {
  return divideUp(amount * exchangeRate, unitsPerOne) as Amount;
}

/**
 * The list price for a cost with a mark-up: the cost, a percentage of it and a fixed part, rounded
 * up once, in the panel's favour, to `decimals` (at most 5).
 */
export function rateFromCost(
  cost: Amount,
  markUp: { readonly percent: Amount; readonly fixed: Amount; readonly decimals: number },
): Amount {
  const exact = percentOf(cost, 100n * unitsPerOne + markUp.percent) + markUp.fixed;
  const step = 10n ** BigInt(8 - Math.min(markUp.decimals, 5));
  return (divideUp(exact, step) * step) as Amount;
}

/** The lowest rate that leaves `percent` above the cost, rounded up to 5 decimals. */
export function lowestRate(cost: Amount, percent: Amount): EffectiveRate {
  return effectiveRate(percentOf(cost, 100n * unitsPerOne + percent));
}

/** By how many per cent `amount` lies above `base` (negative: below), cut at the 8th decimal. */
export function percentAbove(amount: bigint, base: bigint): Amount {
  if (base <= 0n) throw new RangeError("per cent of nothing");
  return (((amount - base) * 100n * unitsPerOne) / base) as Amount;
}

/** What `quantity` costs us at a provider's rate per 1000; rounded up at the 8th decimal. */
export function costPerThousand(rate: Amount, quantity: number): Amount {
  return divideUp(rate * BigInt(quantity), 1000n) as Amount;
}

/** What `count` orders of a Package type cost us at a provider's rate each. */
export function costPerPiece(rate: Amount, count: number): Amount {
  return (rate * BigInt(count)) as Amount;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** What `quantity` costs at `rate` per 1000. Exact, because a rate has at most 5 decimals. */
export function chargePerThousand(rate: EffectiveRate, quantity: number): Amount {
  return ((rate * BigInt(quantity)) / 1000n) as Amount;
}

/** What `count` pieces cost at `rate` each (Package and Custom Comments Package). Exact. */
export function chargePerPiece(rate: EffectiveRate, count: number): Amount {
  return (rate * BigInt(count)) as Amount;
}

/** The price of one item of a product, as an amount: unchanged. */
export function amountOfRate(rate: EffectiveRate): Amount {
  return rate as bigint as Amount;
}

/** What `count` items of a product cost at `rate` each. Exact. */
export function chargePerItem(rate: Amount, count: number): Amount {
  return (rate * BigInt(count)) as Amount;
}

/**
 * How many pieces `charge` pays for at `rate` per 1000; `undefined` where that is not a whole
 * number.
 */
export function piecesAtRate(charge: Amount, rate: Amount): number | undefined {
  const thousandfold = charge * 1000n;
  if (thousandfold % rate !== 0n) return undefined;
  const pieces = Number(thousandfold / rate);
  return Number.isSafeInteger(pieces) ? pieces : undefined;
}

/** An amount spread over `hours` hours; for display, cut at the 8th decimal. */
export function perHour(amount: Amount, hours: number): Amount {
  const seconds = BigInt(Math.max(1, Math.round(hours * 3600)));
  return ((amount * 3600n) / seconds) as Amount;
}

export function absolute(amount: Amount): Amount {
  return (amount < 0n ? -amount : amount) as Amount;
}

/**
 * What is kept of `charge` when `delivered` of `quantity` pieces were delivered. Exact: the charge
 * of one piece has at most 8 decimals, because a rate per 1000 has at most 5. The refund is charge
 * minus kept.
 */
export function keptCharge(charge: Amount, quantity: number, delivered: number): Amount {
  if (quantity === 0) return charge;
  return ((charge * BigInt(delivered)) / BigInt(quantity)) as Amount;
}
