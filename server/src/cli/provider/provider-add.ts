import { addProvider } from "#providers/upkeep/add-provider.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required } from "#cli/kit/option.ts";
import { givenTerms, providerOptions } from "./provider-options.ts";
import { filledText, nameText } from "#cli/kit/readers.ts";

const connectorDefault = "api-v2";

const name = required("--name <name>", "what it is called here", nameText);
const connector = optional(
  "--connector <name>",
  `how it is reached: api-v2, manual or sandbox (${connectorDefault} if left out)`,
  filledText,
);
const disabled = flag("--disabled", "nothing is sent to it yet");

export const providerAdd: CliCommand = {
  name: "provider add",
  summary: "Adds a provider.",
  details:
    "A key on the command line stands in the shell's history: --key-file and --key-stdin keep it\n" +
    "out. It is stored encrypted and never shown. Nobody is called: see panel provider test.",
  options: [name, connector, ...providerOptions, disabled],
  run: async (panel, given) => {
    const terms = await givenTerms(given);
    if (!terms.ok) return terms;
    const { ctx, actor } = await panel.open();
    const added = await addProvider(ctx, actor, {
      ...terms.value,
      name: given(name),
      connector: given(connector) ?? connectorDefault,
      isEnabled: !given(disabled),
    });
    if (!added.ok) return refuse(added.refusal);
    if (terms.value.baseUrl?.startsWith("http:") === true && terms.value.isPrivate !== true) {
      panel.remark(
        "The address is http: the key travels readable. Say https where it is possible.",
      );
    }
    return answer({ provider: added.value }, `Provider ${added.value} is ${given(name).trim()}.`);
  },
};
