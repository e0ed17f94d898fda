import { refillTermsDefault } from "#catalog/refill-terms.ts";
import { createService } from "#catalog/create-service.ts";
import type { ServiceId } from "#values/ids.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { amount, count, filledText, nameText, serviceType, text } from "#cli/kit/readers.ts";
import { givenRefillTerms, refillOptions } from "./refill-options.ts";
import { providerOf } from "#cli/kit/shared.ts";

const category = required("--category <name>", "made where it is missing", nameText);
const name = required("--name <text>", "as customers see it", nameText);
const type = required("--type <type>", "Default, Package, Custom Comments, Poll, …", serviceType);
const rate = required("--rate <amount>", "price of 1000, of one order for Packages", amount);
const min = optional("--min <number>", "smallest quantity; 1 for Packages if left out", count);
const max = optional("--max <number>", "largest quantity; 1 for Packages if left out", count);
const refill = flag("--refill", "customers may ask for refills");
const cancel = flag("--cancel", "customers may ask to cancel");
const dripfeed = flag("--dripfeed", "customers may order it in runs");
const description = optional("--description <text>", "shown with the service", text);
const provider = optional("--provider <name>", "who delivers; by hand if left out", filledText);
const providerService = optional("--provider-service <id>", "its id there", filledText);

export const serviceCreate: CliCommand = {
  name: "service create",
  summary: "Puts a service on sale.",
  options: [
    category,
    name,
    type,
    rate,
    min,
    max,
    refill,
    cancel,
    dripfeed,
    description,
    provider,
    providerService,
    ...refillOptions,
  ],
  run: async (panel, given) => {
    const isPackage = given(type).pricing === "per_order";
    const [least, most] = [given(min), given(max)];
    if (!isPackage && (least === undefined || most === undefined)) {
      throw new UsageError(`${least === undefined ? "--min" : "--max"} is missing`);
    }
    const open = await panel.open();
    const found = await providerOf(open, given(provider) ?? "manual");
    if (!found.ok) return found;
    const refillTerms = givenRefillTerms(given, refillTermsDefault);
    const created = await createService(open.ctx, open.actor, {
      category: given(category).trim(),
      name: given(name).trim(),
      type: given(type).wireName,
      rate: given(rate),
      min: least ?? 1,
      max: most ?? Math.max(1, least ?? 1),
      refill: given(refill),
      cancel: given(cancel),
      dripfeed: given(dripfeed),
      description: given(description) ?? "",
      providerId: found.value.id,
      providerService: given(providerService),
      providerRate: undefined,
      ...(refillTerms !== undefined && { refillTerms }),
    });
    if (!created.ok) return refuse(created.refusal);
    const service: ServiceId = created.value;
    return answer({ service }, `Service ${service} is on sale: ${given(name).trim()}.`);
  },
};
