import { decimalFromAmount, parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const decimals = 8;
const exponentMax = 30;
const pattern = /^(-?)([0-9]{0,40})(?:\.([0-9]{0,40}))?(?:e([+-]?[0-9]{1,3}))?$/i;

/**
 * Reads an amount as a provider writes it, with any count of decimals or an exponent. Rounded to 8
 * decimals, the nearest: panels that count in floats say 0.15700000000000003. `undefined` for what is
 * no amount.
 */
export function readAmount(text: string | undefined): Amount | undefined {
  const match = pattern.exec(text?.trim() ?? "");
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > exponentMax) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = decimals + exponent - fraction.length;
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : nearest(digits, 10n ** BigInt(-shift));
  return parseAmount(decimalFromAmount(sign === "-" ? -units : units));
}

function nearest(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}
