import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, toggle, UsageError } from "#cli/kit/option.ts";
import { givenTerms, providerName, providerOptions } from "./provider-options.ts";
import { nameText } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

const name = optional("--name <name>", "a new name", nameText);
const enabled = toggle("--enabled", "orders are sent to it");

export const providerSet: CliCommand = {
  name: "provider set",
  summary: "Changes how a provider is reached and dealt with.",
  details:
    "A new key takes the place of the old one. A new exchange rate changes what its services cost\n" +
    "here from the next order on. With --no-enabled nothing new is sent to it; orders that it has\n" +
    "are followed to their end.",
  options: [providerName, name, ...providerOptions, enabled],
  positions: [providerName],
  run: async (panel, given) => {
    const terms = await givenTerms(given);
    if (!terms.ok) return terms;
    const change = { ...terms.value, name: given(name), isEnabled: given(enabled) };
    if (Object.values(change).every((value) => value === undefined)) {
      throw new UsageError("nothing to change: give what is to be changed");
    }
    const open = await panel.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const changed = await changeProvider(
      open.ctx,
      open.actor,
      found.value.id,
      change,
      repriceProvider,
    );
    if (!changed.ok) return refuse(changed.refusal);
    const { id, name: nameNow } = changed.value;
    return answer({ provider: id, name: nameNow }, `Provider ${id}, ${nameNow}, is changed.`);
  },
};
