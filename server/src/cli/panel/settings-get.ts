import { readSettings, settingsSchema } from "#settings/settings.ts";
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
    const { ctx } = await panel.open();
    const settings = Object.entries(await readSettings(ctx.db));
    const wanted = given(key);
    if (wanted === undefined) {
      const meanings = new Map(
        Object.entries(settingsSchema.shape).map(([name, schema]) => [name, schema.description]),
      );
      const rows = settings.map(([name, value]) => [name, value, meanings.get(name)]);
      return answer(Object.fromEntries(settings), table(["key", "value", "meaning"], rows, ""));
    }
    const found = settings.find(([name]) => name === wanted);
    if (found === undefined) {
      const known = settings.map(([name]) => name);
      return refuse({ code: "setting_unknown", key: wanted, known });
    }
    return answer({ [found[0]]: found[1] }, String(found[1]));
  },
};
