import type { OutgoingOrder } from "#providers/connector.ts";

/** Types that are counted by their lists or sold as one: they are sent without a quantity. */
const withoutQuantity: ReadonlySet<string> = new Set([
  "Custom Comments",
  "Custom Comments Package",
  "Comment Replies",
  "Mentions Custom List",
  "Package",
  "Subscriptions",
]);

/**
 * The parameters of `add` by their common names, as panels document them for each service type:
 * lists with one entry a line, and for a drip-feed the quantity of one run.
 */
export function orderParameters(order: OutgoingOrder): Record<string, string> {
  const { type, runs, intervalMinutes } = order;
  const parameters: Record<string, string> = {};
  if (order.providerService !== undefined) parameters["service"] = order.providerService;
  if (type !== "Subscriptions") parameters["link"] = order.link;
  if (!withoutQuantity.has(type)) parameters["quantity"] = String(quantityOfRun(order));
  if (runs !== undefined && intervalMinutes !== undefined) {
    parameters["runs"] = String(runs);
    parameters["interval"] = String(intervalMinutes);
  }
  for (const [name, value] of Object.entries(order.fields)) {
    const text = wireText(value);
    if (text !== undefined) parameters[wireName(name)] = text;
  }
  return parameters;
}

function quantityOfRun({ quantity, runs }: OutgoingOrder): number {
  if (runs === undefined || runs === 0) return quantity;
  // The sum was made from runs of equal size; anything else is not one of our orders.
  if (quantity % runs !== 0) throw new RangeError(`${quantity} are not ${runs} equal runs`);
  return quantity / runs;
}

/** `answerNumber` on the wire is `answer_number`. */
function wireName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function wireText(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const text = value.map(String).join("\n");
    // A line break after it shows that a single line is one: readers would take these for several
    // lines, or for nothing.
    const isMistakable =
      value.length === 1 && (/\\n/.test(text) || /^(?:undefined|null)$/.test(text));
    return isMistakable ? `${text}\n` : text;
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  return undefined;
}
