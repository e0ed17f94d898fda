import { money } from "#views/spelling.ts";
import { importProducts } from "#products/import/import-products.ts";
import type { ProductChange } from "#products/import/plan-import.ts";
import type { ListedProduct } from "#providers/connector.ts";
import type { Amount } from "#values/money.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { givenMarkUp, markUpOptions } from "#cli/kit/mark-up-options.ts";
import { flag, optional, repeatable, required } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, wordList } from "#cli/kit/readers.ts";
import { refusalText } from "#cli/kit/refusal-text.ts";
import { providerOf } from "#cli/kit/shared.ts";

const shownMax = 40;
const reasonsMax = 10;

const provider = required("--provider <name>", "whose products", filledText);
const category = repeatable(
  "--category <name>",
  "only new ones of this category; may be repeated",
  filledText,
);
const product = optional(
  "--product <ids>",
  "only these new ones, by the provider's ids: 12,15,19",
  wordList,
);
const apply = flag("--apply", "do it at once; without it only what would happen is shown");
const acceptBrakes = flag(
  "--accept-brakes",
  "also what waits for a decision: prices that jumped, a list that lost many products",
);

export const providerImportProducts: CliCommand = {
  name: "provider import-products",
  summary: "Puts a provider's digital goods on sale with a mark-up, and brings them up to date.",
  details:
    "Rate = cost + per cent + fixed, rounded up. Without --markup-percent nothing new is brought, and\n" +
    "what is sold already is brought up to date: stock, bounds, costs, and rates that follow them. A\n" +
    "rate that you set by hand is yours and stays. The same comes round by itself every ten minutes.",
  options: [provider, ...markUpOptions, category, product, apply, acceptBrakes],
  positions: [provider],
  run: async (panel, given) => {
    const markUp = givenMarkUp(given);
    const open = await panel.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    const imported = await importProducts(open.ctx, open.actor, found.value, {
      markUp,
      isWanted: isWantedOf(given(category), given(product) ?? []),
      mode: given(apply) ? "apply" : "plan",
      acceptsBrakes: given(acceptBrakes),
    });
    if (!imported.ok) return refuse(imported.refusal);
    const { plan, listed, isApplied, applied } = imported.value;
    const waiting = plan.changes.filter(({ brake }) => brake !== undefined).length;
    const isStopped = plan.brakes.length > 0 && !given(acceptBrakes);
    const counts =
      `${listed} listed, ${plan.changes.length} to change or bring, ${plan.sold} sold already, ` +
      `${plan.unsold} not asked for, ${plan.refused.length} not for sale.`;
    const lines = [
      counts,
      ...(isStopped ? [`Stopped: ${plan.brakes.join("; ")}. Nothing was changed.`] : []),
      ...(isApplied ? [`${applied} done.`] : ["", changeTable(plan.changes)]),
      ...(waiting > 0 && !given(acceptBrakes) ? [`${waiting} wait for you: --accept-brakes`] : []),
      ...plan.refused
        .slice(0, reasonsMax)
        .map(({ row, reason }) => `Not for sale: row ${row}: ${reason}`),
      ...(isApplied || isStopped || plan.changes.length === 0
        ? []
        : ["Nothing was changed yet. To do it: --apply"]),
    ];
    // None of the listed products can be sold.
    const isInVain = plan.changes.length + plan.sold + plan.unsold === 0;
    const refusal = { code: "nothing_importable", error: refusalText(nothing) };
    if (isInVain) panel.remark(refusal.error);
    return answer(
      {
        ...(isInVain ? refusal : {}),
        provider: found.value.name,
        listed,
        sold: plan.sold,
        not_asked_for: plan.unsold,
        brakes: plan.brakes,
        applied,
        is_applied: isApplied,
        changes: plan.changes.map(changeJson),
        refused_rows: plan.refused,
      },
      lines.join("\n"),
      isInVain ? 1 : 0,
    );
  },
};

const nothing = { code: "nothing_importable" } as const;

function isWantedOf(
  categories: readonly string[],
  products: readonly string[],
): (listed: ListedProduct) => boolean {
  return (listed) =>
    (categories.length === 0 || categories.includes(listed.category)) &&
    (products.length === 0 || products.includes(listed.providerProduct));
}

function changeJson(change: ProductChange): unknown {
  const { before, after } = change;
  const shown = (terms: ProductChange["after"]) => ({
    rate: money(terms.rate),
    provider_rate: orNull(terms.providerRate),
    cost: orNull(terms.cost),
    inventory: terms.providerInventory ?? null,
    min: terms.min,
    max: terms.max,
    question: terms.question ?? null,
  });
  return {
    kind: change.kind,
    provider_product: change.providerProduct,
    product: change.productId ?? null,
    name: change.name,
    before: before === undefined ? null : shown(before),
    after: shown(after),
    brake: change.brake ?? null,
  };
}

function orNull(amount: Amount | undefined): string | null {
  return amount === undefined ? null : money(amount);
}

function changeTable(changes: readonly ProductChange[]): string {
  const sorted = changes.toSorted(
    (a, b) => Number(a.brake === undefined) - Number(b.brake === undefined),
  );
  const rows = sorted
    .slice(0, shownMax)
    .map(({ kind, productId, providerProduct, name, before, after, brake }) => [
      kind,
      productId,
      providerProduct,
      name,
      fromTo(before?.cost && money(before.cost), after.cost && money(after.cost)),
      fromTo(before && money(before.rate), money(after.rate)),
      fromTo(before && stock(before.providerInventory), stock(after.providerInventory)),
      brake === undefined ? "" : `WAITS: ${brake}`,
    ]);
  const headers = ["what", "product>", "theirs>", "name", "cost>", "rate>", "stock>", ""];
  const more = changes.length - rows.length;
  return [
    table(headers, rows, "Nothing to change."),
    ...(more > 0 ? [`… and ${more} more: all of them with --json.`] : []),
  ].join("\n");
}

function stock(inventory: number | undefined): string {
  return inventory === undefined ? "?" : String(inventory);
}

function fromTo(before: string | undefined, after: string | undefined): string | undefined {
  if (before === undefined || before === after) return after ?? before;
  return after === undefined ? before : `${before} → ${after}`;
}
