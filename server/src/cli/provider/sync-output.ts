import { money } from "#views/spelling.ts";
import { isOnlyListed, isOpen } from "#catalog/sync/apply-sync.ts";
import { changedFields } from "#catalog/sync/offer.ts";
import type { Offer } from "#catalog/sync/offer.ts";
import type { SyncChange } from "#catalog/sync/plan-sync.ts";
import type { StoredChange } from "#catalog/sync/sync-changes.sql.ts";
import type { SyncRun } from "#catalog/sync/sync-runs.sql.ts";
import { exchanged } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { marginOf } from "#views/providers/sync-record.ts";
import { table } from "#cli/kit/output.ts";

// How a reading of a provider's list looks in words.

const shownMax = 40;

/** What a plan proposes, with values before and after. What waits for a decision comes first. */
export function changeTable(changes: readonly SyncChange[], exchangeRate: Amount): string {
  const sorted = changes.toSorted(
    (a, b) => Number(a.brake === undefined) - Number(b.brake === undefined),
  );
  const rows = sorted.slice(0, shownMax).map((change) => {
    const { before, after } = change;
    const offer = after ?? before;
    const cost = (of: Offer | undefined) =>
      of?.providerRate && money(exchanged(of.providerRate, exchangeRate));
    return [
      change.kind,
      change.known?.id,
      change.providerService,
      offer?.name,
      fromTo(cost(before), cost(after)),
      fromTo(before && money(before.rate), after && money(after.rate)),
      fromTo(before && marginOf(before, exchangeRate), after && marginOf(after, exchangeRate)),
      change.brake === undefined ? (change.note ?? otherFields(change)) : `WAITS: ${change.brake}`,
    ];
  });
  const headers = ["what", "service>", "theirs>", "name", "cost>", "rate>", "margin %>", ""];
  const more = changes.length - rows.length;
  return [
    table(headers, rows, "Nothing to change."),
    ...(more > 0 ? [`… and ${more} more: all of them with --json.`] : []),
  ].join("\n");
}

function fromTo(before: string | undefined, after: string | undefined): string | undefined {
  if (before === undefined || before === after) return after ?? before;
  return after === undefined ? before : `${before} → ${after}`;
}

/** Changed fields without a column of their own. */
function otherFields({ before, after, kind }: SyncChange): string {
  if (before === undefined || after === undefined || kind === "gone") return "";
  return changedFields(before, after)
    .filter((field) => !["rate", "providerRate", "isEnabled", "listing"].includes(field))
    .join(", ");
}

/** What can be done next with a run. */
export function nextSteps(run: SyncRun, changes: readonly StoredChange[], name: string): string[] {
  if (run.status !== "planned" && run.status !== "stopped") return [];
  const open = changes.filter((change) => isOpen(change) && !isOnlyListed(run, change));
  const apply = `panel provider sync ${JSON.stringify(name)} --apply ${run.id}`;
  if (open.length === 0) return [];
  if (run.brakes.length > 0) {
    return [
      `Stopped: ${run.brakes.join("; ")}. Nothing was changed.`,
      `If it is right all the same: ${apply} --accept-brakes, or a part: ${apply} --only <ids>`,
    ];
  }
  const braked = open.filter(({ brake }) => brake !== undefined).length;
  if (braked === 0) return [`Nothing was changed yet. To do it: ${apply}`];
  const rest = open.length - braked;
  return [
    `${braked} ${braked === 1 ? "change waits" : "changes wait"} for you: ` +
      `${apply} --accept-brakes, or some of them: ${apply} --only <their ids>`,
    ...(rest > 0 ? [`The other ${rest}: ${apply} --all-but-braked`] : []),
  ];
}
