/** How a provider writes fractions, if an operator has said so. */
export type DecimalMark = "point" | "comma" | undefined;

const group = "[\\s'’\u00A0\u2009\u202F]";
const spaced = new RegExp(`^[0-9]{1,3}(?:${group}[0-9]{3})+(?=$|[.,])`);
const lengthMax = 100;

/**
 * A number as people write it, as plain digits with a point: `1,234.50`, `1.234,50`, `1 234,50`,
 * `12,34,567.8`. `undefined` for what is not a number, or is ambiguous: `1,234` is over a thousand
 * for a count, and unclear for an amount until `mark` says how this provider writes them.
 */
export function plainNumber(
  text: string,
  { mark, isCount = false }: { readonly mark?: DecimalMark; readonly isCount?: boolean } = {},
): string | undefined {
  // The way nearly all are written. Where a comma marks fractions, points are group separators.
  if (mark !== "comma" && /^-?[0-9]{1,40}(?:\.[0-9]{1,40})?$/.test(text)) return text;
  const match = /^([+-]?)\s*([0-9.,'’\s\u00A0\u2009\u202F]*[0-9.])(e[+-]?[0-9]{1,3})?$/i.exec(text);
  if (match === null || text.length > lengthMax) return undefined;
  const [, signText = "", written = "", exponent = ""] = match;
  const digits = withoutGroups(written.replace(spaced, ungrouped), mark, isCount);
  if (digits === undefined || !/^[0-9]*\.?[0-9]*$/.test(digits) || !/[0-9]/.test(digits)) {
    return undefined;
  }
  return (signText === "-" ? "-" : "") + digits + exponent;
}

function ungrouped(digits: string): string {
  return digits.replaceAll(/[^0-9]/g, "");
}

function withoutGroups(text: string, mark: DecimalMark, isCount: boolean): string | undefined {
  const point = text.lastIndexOf(".");
  const comma = text.lastIndexOf(",");
  if (point < 0 && comma < 0) return text;
  if (point >= 0 && comma >= 0) {
    const fraction = point > comma ? "." : ",";
    if (mark !== undefined && (fraction === ".") !== (mark === "point")) return undefined;
    return parted(text, fraction);
  }
  if (comma < 0) return pointed(text, mark);
  const isGrouped = isGroups(text, ",");
  const isOne = text.indexOf(",") === comma;
  if (mark === "comma") return isOne ? text.replace(",", ".") : undefined;
  if (isGrouped && (isCount || !isOne || mark === "point")) return ungrouped(text);
  // Over a thousand, or a little over one.
  if (isGrouped || !isOne || mark === "point") return undefined;
  return text.replace(",", ".");
}

/**
 * A number with points only: they mark fractions, as everywhere, unless they can only be groups.
 */
function pointed(text: string, mark: DecimalMark): string | undefined {
  const isOne = text.indexOf(".") === text.lastIndexOf(".");
  if (mark === "comma") return isGroups(text, ".") ? ungrouped(text) : undefined;
  if (isOne) return text;
  return isGroups(text, ".") && mark === undefined ? ungrouped(text) : undefined;
}

function parted(text: string, mark: "." | ","): string | undefined {
  const at = text.lastIndexOf(mark);
  const whole = text.slice(0, at);
  if (whole.includes(mark) || !isGroups(whole, mark === "." ? "," : ".")) return undefined;
  return `${ungrouped(whole)}.${text.slice(at + 1)}`;
}

/** Groups of three, or, as in India, groups of two before the last three. */
function isGroups(text: string, mark: "." | ","): boolean {
  const parts = text.split(mark);
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (!/^[1-9][0-9]{0,2}$/.test(first) || last?.length !== 3) return false;
  return others.every(({ length }) => length === 3) || isIndian(first, others);
}

function isIndian(first: string, others: readonly string[]): boolean {
  return first.length <= 2 && others.every(({ length }) => length === 2);
}
