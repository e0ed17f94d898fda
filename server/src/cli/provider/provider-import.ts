import { syncProvider } from "#catalog/sync/sync-provider.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, OpenPanel } from "#cli/kit/command.ts";
import { givenMarkUp, markUpOptions } from "#cli/kit/mark-up-options.ts";
import { givenListTerms, listTermsOptions } from "#cli/kit/list-terms-options.ts";
import { flag, optional, repeatable, required, UsageError } from "#cli/kit/option.ts";
import { filledText, wordList } from "#cli/kit/readers.ts";
import { refusalText } from "#cli/kit/refusal-text.ts";
import { providerOf } from "#cli/kit/shared.ts";
import { reasonLines, rowReasons } from "#cli/kit/row-reasons.ts";
import { changeTable, nextSteps } from "./sync-output.ts";
import { changeRecord, countKinds, runRecord } from "#views/providers/sync-record.ts";

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
const into = optional(
  "--into <category>",
  "into this category of yours, made where it is missing; into the list's own if left out",
  filledText,
);
const again = flag(
  "--again",
  "also what is sold already, once more: each copy has its own category, prices and name",
);
const apply = flag("--apply", "put them on sale at once");
const dryRun = flag("--dry-run", "only say what would happen; keep nothing");

export const providerImport: CliCommand = {
  name: "provider import",
  summary: "Puts a provider's services on sale, with a mark-up: as a plan, or at once.",
  details:
    "What is sold already is left as it is: see panel provider sync. Rate = cost + per cent +\n" +
    "fixed, rounded up; the first mark-up becomes the provider's, a later one that differs belongs\n" +
    "to the services that it brings. They follow the provider in everything but their category,\n" +
    "until you change something by hand: that is yours from then on. panel provider undo takes a\n" +
    "run back. What --type, --min and --max say is kept for later imports and syncs: see panel\n" +
    "provider terms.",
  options: [
    provider,
    ...markUpOptions,
    category,
    service,
    into,
    again,
    ...listTermsOptions,
    apply,
    dryRun,
  ],
  positions: [provider],
  run: async (panel, given) => {
    if (given(apply) && given(dryRun)) throw new UsageError("--apply or --dry-run, not both");
    const markUp = givenMarkUp(given);
    const open = await panel.open();
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
        listTerms: givenListTerms(given),
        into: given(into),
        isAgain: given(again),
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
      ...(await unnamedCurrency(open, found.value)),
      ...(done > 0
        ? [`Run ${run?.id}: ${done} put on sale. Take it back: panel provider undo ${run?.id}`]
        : []),
      ...(given(apply) || plan.changes.length === 0
        ? []
        : ["", changeTable(plan.changes, exchangeRate)]),
      ...reasonLines(plan.refused, name),
      "",
      ...(run === undefined ? ["A dry run: nothing was kept."] : nextSteps(run, changes, name)),
    ];
    const isInVain = plan.changes.length + plan.wantedSold === 0;
    const refusal = { code: "nothing_importable", error: refusalText(nothing) };
    if (isInVain) panel.remark(refusal.error);
    return answer(
      {
        ...(isInVain ? refusal : {}),
        ...(run === undefined ? { run: null, provider: name } : runRecord(run, name)),
        listed,
        counts: countKinds(plan.changes),
        sold: plan.sold,
        imported: done,
        changes: plan.changes.map((change) => changeRecord(change, exchangeRate)),
        reasons: rowReasons(plan.refused),
        refused_rows: plan.refused,
        notes: plan.notes,
      },
      words.join("\n").trim(),
      isInVain ? 1 : 0,
    );
  },
};

const nothing = { code: "nothing_importable" } as const;

/** A note where nobody has said which currency the rates are in. */
async function unnamedCurrency({ ctx }: OpenPanel, { id, currency }: Provider): Promise<string[]> {
  const { balanceCurrency } = await findProviderState(ctx.db, id);
  if ((currency ?? balanceCurrency) !== undefined) return [];
  const { currency: taken } = await readSettings(ctx.db);
  return [`The provider names no currency: its rates are taken as ${taken}.`];
}
