import { changeSetting } from "#catalog/change-setting.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { filledText, text } from "#cli/kit/readers.ts";

const key = required("--key <key>", "which setting, as in panel settings get", filledText);
const value = required("--value <value>", "what it is to be", text);

export const settingsSet: CliCommand = {
  name: "settings set",
  summary: "Changes a setting. Processes that run take it within a second or two.",
  details: "The currency is fixed with the first movement of money.",
  options: [key, value],
  positions: [key, value],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const changed = await changeSetting(ctx, actor, given(key), given(value));
    if (!changed.ok) return refuse(changed.refusal);
    const { key: name, value: now } = changed.value;
    return answer({ [name]: now }, `${name} is ${now}.`);
  },
};
