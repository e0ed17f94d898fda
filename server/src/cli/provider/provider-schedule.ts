import { scheduleSync } from "#catalog/sync/schedule-sync.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { count, filledText } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

const provider = required("--provider <name>", "whose list", filledText);
const minutes = optional("--minutes <number>", "read its list every so many minutes", count, [
  "--sync-minutes <number>",
]);
const off = flag("--off", "only when asked to");

export const providerSchedule: CliCommand = {
  name: "provider schedule",
  summary: "Syncs a provider by the clock, doing what no brake stops.",
  options: [provider, minutes, off],
  positions: [provider],
  run: async (panel, given) => {
    const wanted = given(minutes);
    if ((wanted === undefined) !== given(off)) throw new UsageError("either --minutes or --off");
    const open = await panel.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    const scheduled = await scheduleSync(open.ctx, open.actor, found.value, wanted);
    if (!scheduled.ok) return refuse(scheduled.refusal);
    return answer(
      { provider: found.value.name, sync_minutes: wanted ?? null },
      wanted === undefined
        ? `${found.value.name} is synced only when asked to.`
        : `${found.value.name} is synced every ${wanted} minutes, now for the first time.`,
    );
  },
};
