import { viewSettings } from "#views/panel/settings.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";

const key = optional("--key <key>", "only this one", filledText);

export const settingsGet: CliCommand = {
  name: "settings get",
  summary: "Shows the settings, or one of them.",
  options: [key],
  positions: [key],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const settings = await viewSettings(ctx, actor);
    const wanted = given(key);
    if (wanted === undefined) {
      const rows = settings.map(({ key: name, value, meaning }) => [
        name,
        value,
        meaning ?? undefined,
      ]);
      return answer(
        Object.fromEntries(settings.map(({ key: name, value }) => [name, value])),
        table(["key", "value", "meaning"], rows, ""),
      );
    }
    const found = settings.find(({ key: name }) => name === wanted);
    if (found === undefined) {
      const known = settings.map(({ key: name }) => name);
      return refuse({ code: "setting_unknown", key: wanted, known });
    }
    return answer({ [found.key]: found.value }, String(found.value));
  },
};
