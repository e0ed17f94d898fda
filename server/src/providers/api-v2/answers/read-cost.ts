import { decimalFromAmount, parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const decimals = 8;
const exponentMax = 30;
const pattern = /^([+-]?)([0-9]{0,60})(?:\.([0-9]{0,120}))?(?:e([+-]?[0-9]{1,3}))?$/i;

/**
 * A double tells apart any two decimals of this many digits, so up to this many may all be meant.
 */
const digitsMeant = 15;
/** The most digits a price may have once noise is removed. */
const digitsShort = 12;
/** How many digits a number of single precision keeps. */
const digitsSingle = 7;
/** A few roundings of a double: at most eight of its smallest steps. */
const noiseShift = 50n;

/**
 * Reads a provider's price, which comes as a number or as text, with any number of decimals or with
 * an exponent. Exact up to 8 decimals and rounded up beyond, so that a cost is never understated.
 * Noise that a provider's floats added to a short price (0.9600000000000001) is cut off first.
 * `undefined` where it is not such a number, or is 10^16 or more.
 */
export function readCost(value: unknown): Amount | undefined {
  // A number's own text is the shortest that denotes it: 0.1 is "0.1".
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > exponentMax) return undefined;

  const written = { digits: BigInt(whole + fraction), power: exponent - fraction.length };
  const { digits, power } = withoutNoise(written);
  const shift = decimals + power;
  const units =
    shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  return parseAmount(decimalFromAmount(sign === "-" ? -units : units));
}

/** `digits` times 10^`power`. */
type Decimal = { readonly digits: bigint; readonly power: number };

/**
 * Returns the short decimal that a double was meant to be, where all of this holds: the text has
 * more than 8 decimals and more than 15 digits; its digits are those that a double prints; and
 * either a decimal of at most 12 digits lies within eight steps of that double, or the double is
 * one of single precision and a decimal of at most 7 digits makes exactly that number. Anything
 * else stays as it was written.
 */
function withoutNoise(decimal: Decimal): Decimal {
  const { digits, power } = stripped(decimal);
  const length = String(digits).length;
  if (length <= digitsMeant || power >= -decimals) return decimal;
  const double = Number(`${digits}e${power}`);
  const printed = [double.toExponential(), double.toExponential(Math.min(length - 1, 100))];
  if (!printed.map(digitsOf).includes(String(digits))) return decimal;
  if (Math.fround(double) === double) return asSingle(double) ?? decimal;
  const unit = 10n ** BigInt(length - digitsShort);
  const near = ((2n * digits + unit) / (2n * unit)) * unit;
  const noise = near > digits ? near - digits : digits - near;
  return noise << noiseShift <= near ? { digits: near, power } : decimal;
}

/** The decimal that a number of single precision was made from. */
function asSingle(double: number): Decimal | undefined {
  const short = double.toExponential(digitsSingle - 1);
  if (Math.fround(Number(short)) !== double) return undefined;
  const power = Number(short.replace(/^.*e/, "")) - digitsSingle + 1;
  return { digits: BigInt(digitsOf(short)), power };
}

/** The digits of a number with an exponent. */
function digitsOf(exponential: string): string {
  return exponential.replace(/e.*/, "").replace(".", "");
}

function stripped({ digits, power }: Decimal): Decimal {
  const zeros = /0*$/.exec(String(digits))?.[0].length ?? 0;
  return digits === 0n
    ? { digits, power }
    : { digits: digits / 10n ** BigInt(zeros), power: power + zeros };
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
