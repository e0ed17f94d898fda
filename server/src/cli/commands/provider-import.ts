import { syncProvider } from "#catalog/sync-provider.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { givenMarkUp, markUpOptions } from "#cli/mark-up-options.ts";
import { flag, optional, repeatable, required, UsageError } from "#cli/option.ts";
import { filledText, wordList } from "#cli/readers.ts";
import { providerOf } from "#cli/shared.ts";
import {
  changeJson,
  changeTable,
  countKinds,
  nextSteps,
  reasonLines,
  runJson,
} from "#cli/sync-words.ts";

const provider = required("--provider <name>", "whose services", filledText);
const category = repeatable(
  "--category <name>",
  "only of this category; may be repeated",
  filledText,
);
const service = optional(
  "--service <ids>",
  "only these, by the provider's ids: 12,15,19",
  wordList,
);
const apply = flag("--apply", "put them on sale at once");
const dryRun = flag("--dry-run", "only say what would happen; keep nothing");

export const providerImport: CliCommand = {
  name: "provider import",
  summary: "Puts a provider's services on sale, with a mark-up: as a plan, or at once.",
  details:
    "What is sold already is left as it is: see provider sync. Rate = cost + per cent + fixed,\n" +
    "rounded up; the first mark-up becomes the provider's, a later one that differs belongs to the\n" +
    "services that it brings. They follow the provider in everything but their category, until you\n" +
    "change something by hand: that is yours from then on. provider undo takes a run back.",
  options: [provider, ...markUpOptions, category, service, apply, dryRun],
  positions: [provider],
  run: async (desk, given) => {
    if (given(apply) && given(dryRun)) throw new UsageError("--apply or --dry-run, not both");
    const markUp = givenMarkUp(given);
    const open = await desk.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    const imported = await syncProvider(
      open.ctx,
      open.actor,
      found.value,
      {
        kind: "import",
        markUp,
        categories: given(category),
        providerServices: given(service) ?? [],
        mode: given(apply) ? "apply" : given(dryRun) ? "dry" : "plan",
      },
      (name) => findServiceType(name)?.wireName,
    );
    if (!imported.ok) return refuse(imported.refusal);
    const { run, plan, listed, changes } = imported.value;
    const { name, exchangeRate } = found.value;
    const done = changes.filter(({ appliedAt }) => appliedAt !== undefined).length;
    const words = [
      `${listed} listed, ${plan.changes.length} to bring, ${plan.sold} sold already, ` +
        `${plan.refused.length} not for sale.`,
      ...(given(apply)
        ? [`Run ${run?.id}: ${done} put on sale. Take it back: panel provider undo ${run?.id}`]
        : ["", changeTable(plan.changes, exchangeRate)]),
      ...reasonLines(plan.refused),
      "",
      ...(run === undefined ? ["A dry run: nothing was kept."] : nextSteps(run, changes, name)),
    ];
    return answer(
      {
        ...(run === undefined ? { run: null, provider: name } : runJson(run, name)),
        listed,
        counts: countKinds(plan.changes),
        sold: plan.sold,
        imported: done,
        changes: plan.changes.map((change) => changeJson(change, exchangeRate)),
        refused_rows: plan.refused,
        notes: plan.notes,
      },
      words.join("\n").trim(),
    );
  },
};
