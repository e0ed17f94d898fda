import { applySync } from "#catalog/sync/apply-sync.ts";
import type { SyncSelection } from "#catalog/sync/apply-sync.ts";
import { findSyncRun } from "#catalog/sync/sync-runs.sql.ts";
import { syncProvider } from "#catalog/sync/sync-provider.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CliCommand, Given, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import type { Option } from "#cli/kit/option.ts";
import { filledText, id, wordList } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";
import { reasonLines, rowReasons } from "#cli/kit/row-reasons.ts";
import { changeTable, nextSteps } from "./sync-output.ts";
import { changeRecord, countKinds, runRecord } from "#views/providers/sync-record.ts";
import type { Result } from "#values/result.ts";

const provider = required("--provider <name>", "whose list", filledText);
const only = optional("--only <ids>", "of the plan only these, by the provider's ids", wordList);
const allButBraked = flag("--all-but-braked", "of the plan everything that no brake stops");
const acceptBrakes = flag("--accept-brakes", "of the plan everything, what brakes stop as well");
const apply: Option<number | "now" | undefined> = {
  flags: "--apply [run]",
  help: "do what the plan of this run says; without a run: plan now, and do what no brake stops",
  aliases: [],
  isToggle: false,
  take: (typed) => {
    if (typed === undefined || typed === false) return undefined;
    return typeof typed === "string" ? id<number>(typed) : "now";
  },
};

export const providerSync: CliCommand = {
  name: "provider sync",
  summary: "Compares a provider's list with what is sold of it; makes a plan, or does one.",
  details:
    "The plan tells of new, changed, gone and returned services, with cost, rate and margin before\n" +
    "and after, and changes nothing. What you have made your own (panel service set --mine) stays.\n" +
    "New services are only listed: --only brings those that you name. Brakes stop what is doubtful:\n" +
    "a list that is short or lacks many services, a price that jumped.",
  options: [provider, apply, only, allButBraked, acceptBrakes],
  positions: [provider],
  run: async (panel, given) => {
    const wanted = given(apply);
    const selection = selectionOf(given);
    if (selection !== undefined && typeof wanted !== "number") {
      throw new UsageError("say which plan: --apply <run>");
    }
    const open = await panel.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    return typeof wanted === "number"
      ? applyPlan(open, found.value, wanted, selection ?? { kind: "all" })
      : plan(open, found.value, wanted === "now");
  },
};

function selectionOf(given: Given): SyncSelection | undefined {
  const ids = given(only);
  const said: SyncSelection[] = [
    ...(ids === undefined ? [] : [{ kind: "only", providerServices: ids } as const]),
    ...(given(allButBraked) ? [{ kind: "all_but_braked" } as const] : []),
    ...(given(acceptBrakes) ? [{ kind: "accept_brakes" } as const] : []),
  ];
  if (said.length > 1) {
    throw new UsageError("one of --only, --all-but-braked and --accept-brakes");
  }
  return said[0];
}

async function applyPlan(
  open: OpenPanel,
  { id: providerId, name }: Provider,
  runId: number,
  selection: SyncSelection,
): Promise<Result<Answer, SaidRefusal>> {
  const planned = await findSyncRun(open.ctx.db, runId);
  if (planned?.providerId !== providerId) return refuse({ code: "run_unknown" });
  const applied = await applySync(open.ctx, open.actor, runId, selection);
  if (!applied.ok) return refuse(applied.refusal);
  const { run, done, leftAlone, waiting } = applied.value;
  const words = [
    `Run ${runId}: ${done} done. Take it back: panel provider undo ${runId}`,
    ...(leftAlone > 0
      ? [`${leftAlone} were changed since the plan was made and stay as they are: plan again.`]
      : []),
    ...(waiting > 0 ? [`${waiting} still wait.`] : []),
  ];
  return answer(
    { run: runId, provider: name, status: run.status, done, left_alone: leftAlone, waiting },
    words.join("\n"),
  );
}

async function plan(
  open: OpenPanel,
  from: Provider,
  isApplied: boolean,
): Promise<Result<Answer, SaidRefusal>> {
  const mode = isApplied ? "apply" : "plan";
  const findTypeName = (name: string) => findServiceType(name)?.wireName;
  const order = { kind: "sync", mode } as const;
  const synced = await syncProvider(open.ctx, open.actor, from, order, findTypeName);
  if (!synced.ok) return refuse(synced.refusal);
  const { run, plan: made, listed, changes } = synced.value;
  if (run === undefined) throw new Error("a sync left no run");
  const done = changes.filter(({ appliedAt }) => appliedAt !== undefined).length;
  const counts = countKinds(changes);
  const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const words = [
    `Run ${run.id}: ${listed} listed, ${made.sold} of them sold here; ` +
      `${kinds.length === 0 ? "nothing to change" : kinds.join(", ")}.`,
    ...(changes.length > 0 ? ["", changeTable(changes, from.exchangeRate)] : []),
    ...reasonLines(made.refused, from.name),
    "",
    ...(done > 0 ? [`${done} done. Take it back: panel provider undo ${run.id}`] : []),
    ...nextSteps(run, changes, from.name),
  ];
  return answer(
    {
      ...runRecord(run, from.name),
      sold: made.sold,
      counts,
      done,
      changes: changes.map((change) => changeRecord(change, from.exchangeRate)),
      reasons: rowReasons(made.refused),
      refused_rows: made.refused,
      notes: made.notes,
    },
    words.join("\n").trim(),
    // Nothing in the list can be used.
    made.refused.length > 0 && made.refused.length === listed ? 1 : 0,
  );
}
