import { refillWays } from "#catalog/refill-terms.ts";
import type { RefillTerms } from "#catalog/refill-terms.ts";
import type { ServiceId } from "#values/ids.ts";
import type { Given } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import type { Reader } from "#cli/kit/option.ts";
import { count, countWithin, id, oneOf } from "#cli/kit/readers.ts";

const days = optional(
  "--refill-days <days>",
  'how long after its end an order is refilled; 0 not at all, "" without end',
  orNone(countWithin(0, 3650)),
);
const after = optional(
  "--refill-after-hours <hours>",
  "how long after its end at the earliest",
  countWithin(0, 8760),
);
const between = optional(
  "--refill-between-hours <hours>",
  "how long after the request before",
  countWithin(0, 8760),
);
const drop = optional(
  "--refill-drop <drop>",
  'the smallest drop, where it is known: 50, 5%, or both: 50,5%; "" for any',
  orNone(readDrop),
);
const by = optional(
  "--refill-by <way>",
  "who delivers a refill: provider, order (see --refill-service) or hand",
  oneOf(refillWays),
);
const service = optional("--refill-service <id>", "whose order a refill becomes", id<ServiceId>);
const percent = optional(
  "--refill-percent <percent>",
  'the most of what was delivered that such an order is of; "" for what is said to be missing',
  orNone((typed) => countWithin(1, 100)(typed.trim().replace(/%$/, ""))),
);

/** How orders of a service are refilled. All are optional. */
export const refillOptions = [days, after, between, drop, by, service, percent];

/** The refill terms with what was given replacing what was; `undefined` where nothing was given. */
export function givenRefillTerms(given: Given, before: RefillTerms): RefillTerms | undefined {
  if (!isRefillGiven(given)) return undefined;
  const smallest = given(drop);
  return {
    ...before,
    ...(given(days) === undefined ? {} : { days: none(given(days)) }),
    afterHours: given(after) ?? before.afterHours,
    betweenHours: given(between) ?? before.betweenHours,
    ...(smallest === undefined ? {} : dropTerms(smallest)),
    by: given(by) ?? before.by,
    serviceId: given(service) ?? before.serviceId,
    ...(given(percent) === undefined ? {} : { percent: none(given(percent)) }),
  };
}

export function isRefillGiven(given: Given): boolean {
  return refillOptions.some((option) => given<unknown>(option) !== undefined);
}

type Drop = { readonly min: number | undefined; readonly percent: number | undefined };

function dropTerms(drop: Drop | ""): Pick<RefillTerms, "dropMin" | "dropPercent"> {
  return drop === ""
    ? { dropMin: undefined, dropPercent: undefined }
    : { dropMin: drop.min, dropPercent: drop.percent };
}

function readDrop(typed: string): Drop {
  const words = typed.split(",").map((word) => word.trim());
  const shares = words.filter((word) => word.endsWith("%"));
  const pieces = words.filter((word) => !word.endsWith("%"));
  if (shares.length > 1 || pieces.length > 1) throw new UsageError("expected 50, 5% or 50,5%");
  return {
    min: pieces[0] === undefined ? undefined : count(pieces[0]),
    percent: shares[0] === undefined ? undefined : countWithin(1, 100)(shares[0].slice(0, -1)),
  };
}

function none<Value>(value: Value | ""): Value | undefined {
  return value === "" ? undefined : value;
}

/** Empty text stands for "none". */
function orNone<Value>(read: Reader<Value>): Reader<Value | ""> {
  return (typed) => (typed.trim() === "" ? "" : read(typed));
}
