import { parseQuantity, quantityMax } from "#values/quantity.ts";
import { ok, refused } from "#values/result.ts";
import { type Reading, readQuantity, readTrimmed, readWholeNumber } from "./fields.ts";
import type { InputField, OrderDraft, OrderedService, OrderInput } from "./service-type.ts";

/** The most runs that one drip-feed may have. */
const runsMax = 10_000;

/** The longest pause between two runs: 30 days. */
const intervalMinutesMax = 43_200;

/** What drip-feedable types ask for beyond a quantity. */
export const dripFeedInputs: readonly InputField[] = [
  {
    name: "runs",
    kind: "number",
    isRequired: false,
    meaning: "How many runs, where the service has drip-feed; with `interval`.",
    example: "2",
    min: 0,
    max: runsMax,
  },
  {
    name: "interval",
    kind: "number",
    isRequired: false,
    meaning: "Minutes between two runs; with `runs`.",
    example: "60",
    min: 0,
    max: intervalMinutesMax,
  },
];

/**
 * The quantity of an order that may be a drip-feed. The `quantity` sent is that of one run and must
 * lie within the service's bounds. The returned one is the sum of all runs.
 */
export function readDripFeedQuantity(
  input: OrderInput,
  service: OrderedService,
): Reading<Pick<OrderDraft, "quantity" | "runs" | "intervalMinutes">> {
  const quantity = readQuantity(input, service);
  if (!quantity.ok) return quantity;
  if (!asksForDripFeed(input)) return ok({ quantity: quantity.value });

  const hasRuns = readTrimmed(input, "runs") !== undefined;
  if (!service.dripfeed) {
    return refused({ code: "dripfeed_unsupported", field: hasRuns ? "runs" : "interval" });
  }
  if (!hasRuns) return refused({ code: "runs_required", field: "runs" });
  if (readTrimmed(input, "interval") === undefined) {
    return refused({ code: "interval_required", field: "interval" });
  }
  const runs = readWholeNumber(input, "runs", { min: 1, max: runsMax });
  if (!runs.ok) return runs;
  const interval = readWholeNumber(input, "interval", { min: 0, max: intervalMinutesMax });
  if (!interval.ok) return interval;

  const total = quantity.value * runs.value;
  if (!Number.isSafeInteger(total)) {
    const max = (quantityMax - (quantityMax % runs.value)) / runs.value;
    return refused({ code: "quantity_above_max", field: "quantity", max });
  }
  return ok({ quantity: total, runs: runs.value, intervalMinutes: interval.value });
}

/** Many clients always send both fields: at most one run and no interval mean a plain order. */
function asksForDripFeed(input: OrderInput): boolean {
  const runs = parseQuantity(readTrimmed(input, "runs") ?? "0");
  const interval = parseQuantity(readTrimmed(input, "interval") ?? "0");
  const isPlain = (runs === 0 || runs === 1) && interval === 0;
  return !isPlain;
}
