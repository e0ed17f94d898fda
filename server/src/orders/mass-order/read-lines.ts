/** The most lines with orders that one mass order may have. */
export const linesMax = 10_000;
const lineLengthMax = 4096;

/** What one line says. The fields are still text; the price list decides what they mean. */
export type MassLine = {
  /** Counted from 1 with blank lines and comments, as an editor counts. */
  readonly line: number;
  readonly text: string;
} & (
  | {
      readonly kind: "order";
      readonly service: string;
      readonly link: string;
      /** `undefined` where the line has two fields, which is how a package is ordered. */
      readonly quantity: string | undefined;
    }
  | { readonly kind: "unreadable"; readonly why: UnreadableLine }
);

/**
 * `no_service`: it does not begin with a service and a separator. `no_quantity`: neither what
 * follows nor what comes last is a number. `two_readings`: more than one number may be the
 * quantity, or it is unclear where the link ends. `no_link`: there is none. `blank_in_link`: it may
 * be two links.
 */
export type UnreadableLine =
  | "no_service"
  | "no_quantity"
  | "two_readings"
  | "no_link"
  | "blank_in_link"
  | "too_long";

/**
 * Reads `service | link | quantity` and `service | quantity | link`, one order per line. Tabs,
 * commas and semicolons also separate. Blank lines and lines that begin with `#` are skipped. A
 * link may contain the separator: a line is only read where there is one way to read it, because a
 * guess would cost money. `undefined` where there are more than `linesMax`.
 */
export function readMassLines(text: string): readonly MassLine[] | undefined {
  const lines: MassLine[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    if (lines.length === linesMax) return undefined;
    lines.push({ line: index + 1, text: trimmed, ...readLine(trimmed) });
  }
  return lines;
}

type Read =
  | { kind: "order"; service: string; link: string; quantity: string | undefined }
  | { kind: "unreadable"; why: UnreadableLine };

const unreadable = (why: UnreadableLine): Read => ({ kind: "unreadable", why });

function readLine(text: string): Read {
  if (text.length > lineLengthMax) return unreadable("too_long");
  // The service is a number, so what follows it is the separator.
  const start = /^(\d+)[^\S\t]*([|,;\t])/.exec(text);
  const [whole, service, separator] = start ?? [];
  if (whole === undefined || service === undefined || separator === undefined) {
    return unreadable("no_service");
  }
  const rest = text.slice(whole.length);
  const first = rest.indexOf(separator);
  if (first === -1) return readTwoFields(service, rest);

  const last = rest.lastIndexOf(separator);
  const readings = [
    { quantity: rest.slice(last + 1), link: rest.slice(0, last) },
    { quantity: rest.slice(0, first), link: rest.slice(first + 1) },
  ].filter(({ quantity }) => isNumber(quantity));
  const [only, other] = readings;
  if (only === undefined) return unreadable("no_quantity");
  // A number at an end of the link may also be the quantity.
  const fields = only.link.split(separator);
  const isOpen = [fields.at(0), fields.at(-1)].some((field) => isNumber(field ?? ""));
  if (other !== undefined || isOpen) return unreadable("two_readings");
  return readOrder(service, only.link, only.quantity.trim());
}

/** A service and a link. No other field may be hidden in the link. */
function readTwoFields(service: string, rest: string): Read {
  const link = rest.trim();
  const hidesNumber = /^\d+\s*[|,;\t]|[|,;\t]\s*\d+$/.test(link);
  if (isNumber(link) || hidesNumber) return unreadable("two_readings");
  return readOrder(service, link, undefined);
}

function readOrder(service: string, field: string, quantity: string | undefined): Read {
  const link = withoutQuotes(field.trim());
  if (link === "") return unreadable("no_link");
  if (/\s/.test(link)) return unreadable("blank_in_link");
  // It is unclear which of two separators was meant.
  if (/^[|,;]|[|,;]$/.test(link)) return unreadable("two_readings");
  return { kind: "order", service, link, quantity };
}

function isNumber(field: string): boolean {
  return /^\d+$/.test(field.trim());
}

/** Removes the quotes that spreadsheets put around an address with a comma. */
function withoutQuotes(link: string): string {
  return /^"(https?:[^"]*)"$/.exec(link)?.[1] ?? link;
}
