import { markUpJson } from "#catalog/mark-up.ts";
import { changedFields } from "#catalog/sync/offer.ts";
import type { Offer } from "#catalog/sync/offer.ts";
import type { SyncChange } from "#catalog/sync/plan-sync.ts";
import type { StoredChange } from "#catalog/sync/sync-changes.sql.ts";
import type { SyncRun } from "#catalog/sync/sync-runs.sql.ts";
import { exchanged, formatAmount, percentAbove } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { money } from "#views/spelling.ts";

/** A reading of a provider's list, with the provider's name. */
export function runRecord(run: SyncRun, provider: string) {
  return {
    run: run.id,
    provider,
    kind: run.kind,
    status: run.status,
    actor: run.actor,
    brakes: run.brakes,
    markup: run.markUp === undefined ? null : markUpJson(run.markUp),
    failure: run.failure ?? null,
    listed: run.listed,
    refused: run.refused.length,
    created: run.createdAt,
    applied: run.appliedAt ?? null,
    applied_by: run.appliedBy ?? null,
    undone: run.undoneAt ?? null,
    undone_by: run.undoneBy ?? null,
  };
}

/** How many changes there are of each kind. */
export function countKinds(changes: readonly SyncChange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** A change with values before and after. `exchangeRate` turns the provider's rates into costs. */
export function changeRecord(change: SyncChange | StoredChange, exchangeRate: Amount) {
  const { before, after } = change;
  return {
    kind: change.kind,
    provider_service: change.providerService,
    service: change.known?.id ?? null,
    name: (after ?? before)?.name ?? null,
    type: change.type,
    before: before === undefined ? null : offerRecord(before, exchangeRate),
    after: after === undefined ? null : offerRecord(after, exchangeRate),
    fields: before === undefined || after === undefined ? [] : changedFields(before, after),
    brake: change.brake ?? null,
    note: change.note ?? null,
    ...("number" in change
      ? {
          applied: change.appliedAt ?? null,
          undone: change.undoneAt ?? null,
          left_alone: change.leftAlone ?? null,
        }
      : {}),
  };
}

function offerRecord(offer: Offer, exchangeRate: Amount) {
  const { rate, providerRate, isEnabled, ...kept } = offer;
  const cost = providerRate && exchanged(providerRate, exchangeRate);
  return {
    ...kept,
    rate: money(rate),
    provider_rate: providerRate === undefined ? null : money(providerRate),
    cost: cost === undefined ? null : money(cost),
    margin_percent: marginOf(offer, exchangeRate) ?? null,
    status: isEnabled ? "enabled" : "disabled",
  };
}

/** How far a price lies above its cost, in per cent with one decimal. */
export function marginOf({ rate, providerRate }: Offer, exchangeRate: Amount): string | undefined {
  const cost = providerRate && exchanged(providerRate, exchangeRate);
  if (cost === undefined || cost <= 0n) return undefined;
  const tenth = 10_000_000n;
  return formatAmount((percentAbove(rate, cost) / tenth) * tenth, 1);
}
