import { addProvider } from "#providers/add-provider.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { required } from "#cli/option.ts";
import { filledText } from "#cli/readers.ts";

const name = required("--name <name>", "what it is called here", filledText);
const connector = required("--connector <name>", "how it is reached: manual, …", filledText);

export const providerAdd: CliCommand = {
  name: "provider add",
  summary: "Adds a provider.",
  options: [name, connector],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
    const added = await addProvider(ctx, actor, { name: given(name), connector: given(connector) });
    if (!added.ok) return refuse(added.refusal);
    return answer({ provider: added.value }, `Provider ${added.value} is ${given(name).trim()}.`);
  },
};
