import { countSyncChanges, listSyncChanges } from "#catalog/sync/sync-changes.sql.ts";
import { findSyncRun, listSyncRuns } from "#catalog/sync/sync-runs.sql.ts";
import type { SyncRun } from "#catalog/sync/sync-runs.sql.ts";
import { findProvider, listProviders } from "#providers/providers.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CliCommand, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id } from "#cli/kit/readers.ts";
import { limitOption, providerOf } from "#cli/kit/shared.ts";
import { reasonLines, rowReasons } from "#cli/kit/row-reasons.ts";
import { changeJson, changeTable, countKinds, nextSteps, runJson } from "./sync-output.ts";
import { one } from "#values/money.ts";
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
      const found = await findSyncRun(open.ctx.db, wanted);
      return found === undefined ? refuse({ code: "run_unknown" }) : showRun(open, found);
    }
    const name = given(provider);
    const found = name === undefined ? undefined : await providerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    return showRuns(open, await listSyncRuns(open.ctx.db, given(limit), found?.value.id));
  },
};

async function showRun({ ctx }: OpenPanel, found: SyncRun): Promise<Result<Answer, SaidRefusal>> {
  const from = await findProvider(ctx.db, found.providerId);
  const name = from?.name ?? "";
  const exchangeRate = from?.exchangeRate ?? one;
  const changes = await listSyncChanges(ctx.db, found.id);
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
      ...runJson(found, name),
      counts: countKinds(changes),
      done,
      changes: changes.map((change) => changeJson(change, exchangeRate)),
      reasons: rowReasons(found.refused),
      refused_rows: found.refused,
      notes: found.notes,
    },
    words.join("\n").trim(),
  );
}

async function showRuns(
  { ctx }: OpenPanel,
  runs: readonly SyncRun[],
): Promise<Result<Answer, SaidRefusal>> {
  const names = new Map((await listProviders(ctx.db)).map((each) => [each.id, each.name]));
  const counts = await countSyncChanges(
    ctx.db,
    runs.map((each) => each.id),
  );
  const countsOf = (id: number) => counts.filter((count) => count.run_id === id);
  const rows = runs.map((each) => [
    each.id,
    shownTime(each.createdAt),
    names.get(each.providerId),
    each.kind,
    each.status,
    each.actor,
    each.listed,
    countsOf(each.id)
      .map(({ kind, changes }) => `${changes} ${kind}`)
      .join(", "),
    countsOf(each.id).reduce((sum, { applied }) => sum + applied, 0),
    [...each.brakes, ...(each.failure === undefined ? [] : [each.failure])].join("; "),
  ]);
  const headers = ["run>", "when (UTC)", "provider", "kind", "status", "by", "listed>", "changes"];
  return answer(
    runs.map((each) => ({
      ...runJson(each, names.get(each.providerId) ?? ""),
      counts: Object.fromEntries(countsOf(each.id).map(({ kind, changes }) => [kind, changes])),
      done: countsOf(each.id).reduce((sum, { applied }) => sum + applied, 0),
    })),
    table([...headers, "done>", "stopped or failed"], rows, "No runs."),
  );
}
