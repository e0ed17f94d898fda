import { changeRecord, countKinds, runRecord } from "#views/providers/sync-record.ts";
import { viewSyncRun } from "#views/providers/sync-run.ts";
import { viewSyncRuns } from "#views/providers/sync-runs.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CliCommand, SaidRefusal } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id } from "#cli/kit/readers.ts";
import { limitOption, providerOf } from "#cli/kit/shared.ts";
import { reasonLines, rowReasons } from "#cli/kit/row-reasons.ts";
import { changeTable, nextSteps } from "./sync-output.ts";
import type { Result } from "#values/result.ts";

const provider = optional("--provider <name>", "only of this provider", filledText);
const run = optional("--run <number>", "one run, with all of its changes", id<number>);
const limit = limitOption(20);
export const providerSyncLog: CliCommand = {
  name: "provider sync-log",
  summary: "Lists imports and syncs, or tells what one of them proposed and did.",
  options: [provider, run, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const wanted = given(run);
    if (wanted !== undefined) {
      const found = await viewSyncRun(open.ctx, open.actor, wanted);
      return found === undefined ? refuse({ code: "run_unknown" }) : showRun(found);
    }
    const name = given(provider);
    const found = name === undefined ? undefined : await providerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    const query = { providerId: found?.value.id, limit: given(limit) };
    return showRuns(await viewSyncRuns(open.ctx, open.actor, query));
  },
};

function showRun({
  run: found,
  changes,
  provider: name,
  exchangeRate,
}: NonNullable<Awaited<ReturnType<typeof viewSyncRun>>>): Result<Answer, SaidRefusal> {
  const done = changes.filter(({ appliedAt }) => appliedAt !== undefined).length;
  const words = [
    `Run ${found.id}: ${found.kind} from ${name} by ${found.actor}, ` +
      `${shownTime(found.createdAt)}: ${found.status}. ` +
      `${found.listed} listed, ${changes.length} changes, ${done} done.`,
    ...(found.failure === undefined ? [] : [`It failed: ${found.failure}.`]),
    "",
    changeTable(changes, exchangeRate),
    ...reasonLines(found.refused, name),
    "",
    ...nextSteps(found, changes, name),
  ];
  return answer(
    {
      ...runRecord(found, name),
      counts: countKinds(changes),
      done,
      changes: changes.map((change) => changeRecord(change, exchangeRate)),
      reasons: rowReasons(found.refused),
      refused_rows: found.refused,
      notes: found.notes,
    },
    words.join("\n").trim(),
  );
}

function showRuns(runs: Awaited<ReturnType<typeof viewSyncRuns>>): Result<Answer, SaidRefusal> {
  const rows = runs.map((each) => [
    each.run,
    shownTime(each.created),
    each.provider === "" ? undefined : each.provider,
    each.kind,
    each.status,
    each.actor,
    each.listed,
    Object.entries(each.counts)
      .map(([kind, changes]) => `${changes} ${kind}`)
      .join(", "),
    each.done,
    [...each.brakes, ...(each.failure === null ? [] : [each.failure])].join("; "),
  ]);
  const headers = ["run>", "when (UTC)", "provider", "kind", "status", "by", "listed>", "changes"];
  return answer(runs, table([...headers, "done>", "stopped or failed"], rows, "No runs."));
}
