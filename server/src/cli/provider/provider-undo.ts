import { undoSync } from "#catalog/sync/undo-sync.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { id } from "#cli/kit/readers.ts";

const run = required("--run <number>", "which run, as in panel provider sync-log", id<number>);

export const providerUndo: CliCommand = {
  name: "provider undo",
  summary: "Takes an import or a sync back.",
  details:
    "Services that were changed since stay as they are, and are named. What the run brought is\n" +
    "switched off and kept, because it may have been ordered; the next import puts it back on sale.\n" +
    "A schedule that would do the same again is ended.",
  options: [run],
  positions: [run],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const undone = await undoSync(ctx, actor, given(run));
    if (!undone.ok) return refuse(undone.refusal);
    const { restored, leftAlone, wasScheduled, run: was } = undone.value;
    const name = (await findProvider(ctx.db, was.providerId))?.name ?? "";
    const left = leftAlone.map((change) => ({
      service: change.known?.id ?? null,
      provider_service: change.providerService,
      name: (change.after ?? change.before)?.name ?? null,
    }));
    const words = [
      `Run ${was.id} is undone: ${restored} restored.`,
      ...(left.length > 0
        ? [
            `${left.length} were changed since and stay as they are:`,
            table(
              ["service>", "theirs>", "name"],
              left.map((each) => [each.service ?? "-", each.provider_service, each.name ?? "-"]),
              "",
            ),
          ]
        : []),
      ...(wasScheduled
        ? [`The schedule was ended: panel provider schedule ${JSON.stringify(name)} --minutes 60`]
        : []),
    ];
    return answer(
      { run: was.id, provider: name, restored, left_alone: left, schedule_ended: wasScheduled },
      words.join("\n"),
    );
  },
};
