import { decimalFromAmount, parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const decimals = 8;
const exponentMax = 30;
const pattern = /^([+-]?)([0-9]{0,40})(?:\.([0-9]{0,40}))?(?:e([+-]?[0-9]{1,3}))?$/i;

/**
 * Reads a provider's price, which comes as a number or as text, with any count of decimals or with
 * an exponent. Exact up to 8 decimals and rounded up beyond, so that a cost is never understated.
 * `undefined` where it is no such number, or is 10^16 or more.
 */
export function readCost(value: unknown): Amount | undefined {
  // A number's own text is the shortest that means it: 0.1 is "0.1".
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > exponentMax) return undefined;

  const digits = BigInt(whole + fraction);
  const shift = decimals + exponent - fraction.length;
  const units =
    shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  return parseAmount(decimalFromAmount(sign === "-" ? -units : units));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
