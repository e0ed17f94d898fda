import { changeService } from "#catalog/change-service.ts";
import type { ServiceChange } from "#catalog/change-service.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand, Given } from "#cli/command.ts";
import { optional, toggle, UsageError } from "#cli/option.ts";
import { amount, count, filledText, oneOf, text } from "#cli/readers.ts";
import { serviceId } from "#cli/service-id.ts";
import { money, providerOf, serviceJson } from "#cli/shared.ts";

const rate = optional("--rate <amount>", "price of 1000, of one order for Packages", amount);
const min = optional("--min <number>", "smallest quantity", count);
const max = optional("--max <number>", "largest quantity", count);
const name = optional("--name <text>", "as customers see it", filledText);
const category = optional("--category <name>", "made where it is missing", filledText);
const description = optional("--description <text>", "shown with the service", text);
const refill = toggle("--refill", "customers may ask for refills");
const cancel = toggle("--cancel", "customers may ask to cancel");
const dripfeed = toggle("--dripfeed", "customers may order it in runs");
const provider = optional("--provider <name>", "who delivers", filledText);
const providerService = optional("--provider-service <id>", 'its id there; "" for none', text);
const status = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);
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
  provider,
  providerService,
  status,
];

export const serviceSet: CliCommand = {
  name: "service set",
  summary: "Changes a service. Its type stays.",
  details:
    "No later order takes the old price; orders placed before keep theirs. With another --provider,\n" +
    "say its --provider-service as well: the id at the old provider is forgotten.",
  options: [serviceId, ...changes],
  positions: [serviceId],
  run: async (desk, given) => {
    if (changes.every((option) => given<unknown>(option) === undefined)) {
      throw new UsageError("nothing to change");
    }
    const open = await desk.open();
    const providerName = given(provider);
    const found = providerName === undefined ? undefined : await providerOf(open, providerName);
    if (found !== undefined && !found.ok) return found;
    const changed = await changeService(open.ctx, open.actor, given(serviceId), (before) => ({
      ...givenFields(given),
      ...whoDelivers(given, before.providerId, found?.value),
    }));
    if (!changed.ok) return refuse(changed.refusal);
    const service = changed.value;
    const providers = new Map((await listProviders(open.ctx.db)).map((each) => [each.id, each]));
    return answer(
      serviceJson(service, providers),
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
    isEnabled: word === undefined ? undefined : word === "enabled",
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function whoDelivers(given: Given, before: number, found: Provider | undefined): ServiceChange {
  const theirId = given(providerService);
  const isOther = found !== undefined && found.id !== before;
  return {
    ...(found === undefined ? {} : { providerId: found.id }),
    // What the old provider called it and asked for it says nothing about the new one.
    ...(isOther ? { providerService: undefined, providerRate: undefined } : {}),
    ...(theirId === undefined ? {} : { providerService: theirId.trim() || undefined }),
  };
}
