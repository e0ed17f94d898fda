import { money } from "#views/spelling.ts";
import { changeService } from "#catalog/change-service.ts";
import type { ServiceChange } from "#catalog/change-service.ts";
import { followable, isFollowable } from "#catalog/follows.ts";
import type { Followable } from "#catalog/follows.ts";
import { marginPolicies } from "#catalog/price.ts";
import type { Service } from "#catalog/service.ts";
import { serviceRecord } from "#views/catalog/service-record.ts";
import { providerNamesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { givenMarkUp, markUpOptions } from "#cli/kit/mark-up-options.ts";
import { givenRefillTerms, isRefillGiven, refillOptions } from "./refill-options.ts";
import { flag, optional, toggle, UsageError } from "#cli/kit/option.ts";
import type { Reader } from "#cli/kit/option.ts";
import {
  amount,
  count,
  filledText,
  nameText,
  oneOf,
  percent,
  text,
  wordList,
} from "#cli/kit/readers.ts";
import { serviceId } from "./service-id.ts";
import { providerOf } from "#cli/kit/shared.ts";

const rate = optional("--rate <amount>", "price of 1000, of one order for Packages", amount);
const min = optional("--min <number>", "smallest quantity", count);
const max = optional("--max <number>", "largest quantity", count);
const name = optional("--name <text>", "as customers see it", nameText);
const category = optional("--category <name>", "made where it is missing", nameText);
const description = optional("--description <text>", "shown with the service", text);
const refill = toggle("--refill", "customers may ask for refills");
const cancel = toggle("--cancel", "customers may ask to cancel");
const dripfeed = toggle("--dripfeed", "customers may order it in runs");
const runsUpstream = toggle(
  "--runs-upstream",
  "drip-feeds and subscriptions go to the provider whole; else this panel runs them",
);
const provider = optional("--provider <name>", "who delivers", filledText);
const providerService = optional("--provider-service <id>", 'its id there; "" for none', text);
const status = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);
const follow = optional(
  "--follow <fields>",
  `what the provider's list decides from now on: ${followable.join(",")}`,
  fields,
);
const mine = optional("--mine <fields>", "what it no longer touches: the same words", fields);
const marginPercent = optional(
  "--margin-percent <percent>",
  'per cent above cost below which it is not sold; "" for the panel\'s',
  orNothing(percent),
);
const belowMargin = optional(
  "--below-margin <word>",
  'raise, stop or allow; "" for the panel\'s',
  orNothing(oneOf(marginPolicies)),
);
const routing = optional(
  "--routing <word>",
  "of several providers the preferred one first, or the cheapest: preference or price",
  oneOf(["preference", "price"] as const),
);
const providerMarkUp = flag("--provider-markup", "its provider's mark-up, in place of its own");
const changes = [
  rate,
  min,
  max,
  name,
  category,
  description,
  refill,
  cancel,
  dripfeed,
  runsUpstream,
  provider,
  providerService,
  status,
  follow,
  mine,
  marginPercent,
  belowMargin,
  routing,
];

export const serviceSet: CliCommand = {
  name: "service set",
  summary: "Changes a service. Its type stays.",
  details:
    "No later order takes the old price; orders placed before keep theirs. With another --provider,\n" +
    "say its --provider-service as well: the id at the old provider is forgotten. What you change by\n" +
    "hand is yours from then on: the provider's list touches it again after --follow. With\n" +
    "--markup-percent the service has a mark-up of its own.",
  options: [serviceId, ...changes, ...refillOptions, ...markUpOptions, providerMarkUp],
  positions: [serviceId],
  run: async (panel, given) => {
    const markUp = givenMarkUp(given);
    const isMarkUpGiven = markUp !== undefined || given(providerMarkUp);
    if (markUp !== undefined && given(providerMarkUp)) {
      throw new UsageError("--markup-percent or --provider-markup, not both");
    }
    const isOtherGiven = isMarkUpGiven || isRefillGiven(given);
    if (!isOtherGiven && changes.every((option) => given<unknown>(option) === undefined)) {
      throw new UsageError("nothing to change");
    }
    const open = await panel.open();
    const providerName = given(provider);
    const found = providerName === undefined ? undefined : await providerOf(open, providerName);
    if (found !== undefined && !found.ok) return found;
    const changed = await changeService(open.ctx, open.actor, given(serviceId), (before) => ({
      ...givenFields(given),
      ...whoDelivers(given, before.providerId, found?.value),
      ...whoDecides(given, before),
      ...howPriced(given),
      ...(isMarkUpGiven ? { markUp } : {}),
      ...howRefilled(given, before),
    }));
    if (!changed.ok) return refuse(changed.refusal);
    const service = changed.value;
    const names = await providerNamesOf(open.ctx.db);
    return answer(
      serviceRecord(service, names.get(service.providerId), sightOf(open.actor)),
      `Service ${service.id}: ${service.name}, rate ${money(service.rate)}, ` +
        `${service.min} to ${service.max}, ${service.isEnabled ? "enabled" : "disabled"}.`,
    );
  },
};

function givenFields(given: Given): ServiceChange {
  const word = given(status);
  const fields = {
    rate: given(rate),
    min: given(min),
    max: given(max),
    name: given(name)?.trim(),
    category: given(category)?.trim(),
    description: given(description),
    refill: given(refill),
    cancel: given(cancel),
    dripfeed: given(dripfeed),
    runsUpstream: given(runsUpstream),
    isEnabled: word === undefined ? undefined : word === "enabled",
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function whoDelivers(given: Given, before: number, found: Provider | undefined): ServiceChange {
  const theirId = given(providerService);
  const isOther = found !== undefined && found.id !== before;
  return {
    ...(found === undefined ? {} : { providerId: found.id }),
    // The old provider's name and cost for it say nothing about the new one.
    ...(isOther ? { providerService: undefined, providerRate: undefined } : {}),
    ...(theirId === undefined ? {} : { providerService: theirId.trim() || undefined }),
  };
}

/** Which fields follow the provider from now on. Empty where that only results from the change. */
function whoDecides(given: Given, before: Service): ServiceChange {
  const [theirs, own] = [given(follow), given(mine)];
  if (theirs === undefined && own === undefined) return {};
  const both = theirs?.find((field) => own?.includes(field));
  if (both !== undefined) throw new UsageError(`${both}: --follow or --mine, not both`);
  const byHand = Object.keys(givenFields(given));
  const kept = before.follows.filter((field) => !byHand.includes(field));
  const wanted = new Set([...kept, ...(theirs ?? [])]);
  for (const field of own ?? []) wanted.delete(field);
  return { follows: followable.filter((field) => wanted.has(field)) };
}

function howPriced(given: Given): ServiceChange {
  const [share, policy, order] = [given(marginPercent), given(belowMargin), given(routing)];
  return {
    ...(share === undefined ? {} : { marginPercent: share === "" ? undefined : share }),
    ...(policy === undefined ? {} : { belowMargin: policy === "" ? undefined : policy }),
    ...(order === undefined ? {} : { routing: order }),
  };
}

function howRefilled(given: Given, before: Service): ServiceChange {
  const refillTerms = givenRefillTerms(given, before.refillTerms);
  return refillTerms === undefined ? {} : { refillTerms };
}

function fields(typed: string): readonly Followable[] {
  const words = wordList(typed.toLowerCase());
  const unknown = words.find((word) => !isFollowable(word));
  if (unknown !== undefined || words.length === 0) {
    throw new UsageError(`expected some of: ${followable.join(",")}`);
  }
  return words.filter(isFollowable);
}

/** Empty text stands for "none of its own". */
function orNothing<Value>(read: Reader<Value>): Reader<Value | ""> {
  return (typed) => (typed.trim() === "" ? "" : read(typed));
}
