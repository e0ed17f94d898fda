import { markUpOf } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import { zero } from "#values/money.ts";
import type { Given } from "./command.ts";
import { optional, repeatable, UsageError } from "./option.ts";
import { amount, countWithin, percent } from "./readers.ts";

const markupPercent = optional(
  "--markup-percent <percent>",
  "per cent of the cost that are put on it",
  percent,
  ["--markup <percent>"],
);
const fixed = optional("--fixed <amount>", "put on top of that, for each 1000", amount);
const decimals = optional(
  "--decimals <number>",
  "to how many decimals prices are rounded up, 2 to 5 (5 if left out)",
  countWithin(2, 5),
);
const band = repeatable(
  "--band <cost:percent[:fixed]>",
  "another mark-up for what costs at most so much; may be repeated",
  readBand,
);

/** How costs become prices. */
export const markUpOptions = [markupPercent, fixed, decimals, band];

/** The mark-up that was typed; `undefined` where none was. */
export function givenMarkUp(given: Given): MarkUp | undefined {
  const [basePercent, baseFixed, places, bands] = [
    given(markupPercent),
    given(fixed),
    given(decimals),
    given(band),
  ];
  if (basePercent === undefined) {
    if ((baseFixed ?? places) !== undefined || bands.length > 0) {
      throw new UsageError("--markup-percent is missing");
    }
    return undefined;
  }
  const plain = markUpOf(basePercent);
  return { ...plain, fixed: baseFixed ?? zero, decimals: places ?? plain.decimals, bands };
}

function readBand(typed: string): MarkUp["bands"][number] {
  const [costUpTo, share, extra, ...more] = typed.split(":");
  if (costUpTo === undefined || share === undefined || more.length > 0) {
    throw new UsageError("expected a cost and per cent, such as 0.5:60 or 0.5:60:0.10");
  }
  return {
    costUpTo: amount(costUpTo),
    percent: percent(share),
    fixed: extra === undefined ? zero : amount(extra),
  };
}
