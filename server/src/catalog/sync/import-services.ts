import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { knownCurrencyDoubt } from "#providers/upkeep/check-currency.ts";
import type { CurrencyRefusal } from "#providers/upkeep/check-currency.ts";
import { findProviderByName, insertProvider, lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { formatAmount, one } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { applyChanges } from "./apply-changes.ts";
import { listServicesOfProvider, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import type { ListTermsChange, ListTermsRefusal } from "#catalog/list-terms.ts";
import { checkMarkUp, markUpOf } from "#catalog/mark-up.ts";
import type { MarkUp, MarkUpRefusal } from "#catalog/mark-up.ts";
import { planSync } from "./plan-sync.ts";
import type { SyncPlan } from "./plan-sync.ts";
import type { RowRemark, ServiceList } from "./read-service-list.ts";
import type { Service } from "#catalog/service.ts";
import { changeListTerms } from "./set-list-terms.ts";
import { listSyncChanges } from "./sync-changes.sql.ts";
import { insertSyncRun, markRunApplied } from "./sync-runs.sql.ts";

export type ImportServicesRefusal =
  | MarkUpRefusal
  | ListTermsRefusal
  | CurrencyRefusal
  /** Every row was refused; nothing was changed, and no provider was made. */
  | { readonly code: "nothing_importable"; readonly report: ImportCounts }
  | { readonly code: "provider_name_invalid" };

export type ImportCounts = {
  readonly imported: number;
  /** Services of this provider that were already here; `changed` of them differed from the list. */
  readonly updated: number;
  readonly changed: number;
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

export type ImportReport = ImportCounts & { readonly wasProviderMade: boolean };

const providerNameLengthMax = 100;

/**
 * Puts a provider's list on sale, at cost plus `markupPercent` rounded up to 5 decimals, which
 * becomes the provider's mark-up. Services from an earlier import are updated instead, as far as
 * they follow the provider: everything but type and whether they are enabled. All or nothing, in
 * one transaction; a dry run only reports. Prices are in the provider's currency. The operator's
 * own file meets no brakes. A missing provider is made, with its orders carried out by hand until
 * it is connected.
 */
export async function importServices(
  ctx: Context,
  actor: Actor,
  order: {
    readonly list: ServiceList;
    readonly providerName: string;
    readonly markupPercent: Amount;
    readonly isDryRun: boolean;
    /** Stored for later readings; `list` was read with them. */
    readonly listTerms?: ListTermsChange;
  },
): Promise<Result<ImportReport, ImportServicesRefusal>> {
  authorize(actor, "services.sync");
  authorize(actor, "services.price");
  const { list } = order;
  const name = order.providerName.trim();
  const markUp = checkMarkUp(markUpOf(order.markupPercent));
  if (!markUp.ok) return markUp;
  if (name === "" || name.length > providerNameLengthMax) {
    return refused({ code: "provider_name_invalid" });
  }
  const doubtful = await doubtOf(ctx.db, name);
  if (doubtful !== undefined) return refused(doubtful);
  if (order.isDryRun) {
    const provider = await findProviderByName(ctx.db, name);
    const services = provider && (await listServicesOfProvider(ctx.db, provider.id));
    const counts = countsOf(planFile(list, markUp.value, provider, services ?? []));
    if (counts.imported + counts.updated === 0) {
      return refused({ code: "nothing_importable", report: counts });
    }
    return ok({ ...counts, wasProviderMade: provider === undefined });
  }
  return inTransaction(ctx, async (tx) => {
    const provider = await findProviderByName(tx, name);
    if (provider !== undefined) await lockProvider(tx, provider.id);
    // Locks the price list: what is read of it below stays unchanged until the end.
    const version = await raiseCatalogVersion(tx);
    const services = provider === undefined ? [] : await listServicesOfProvider(tx, provider.id);
    const plan = planFile(list, markUp.value, provider, services);
    const counts = countsOf(plan);
    if (counts.imported + counts.updated === 0) {
      return refused({ code: "nothing_importable", report: counts });
    }
    const providerId = provider?.id ?? (await makeProvider(tx, actor, name));
    const { listTerms = {} } = order;
    const kept = await changeListTerms(tx, actor, providerId, listTerms);
    if (!kept.ok) return kept;
    const run = { kind: "file", providerId, markUp: markUp.value } as const;
    const id = await insertSyncRun(tx, {
      ...run,
      actor,
      status: "planned",
      failure: undefined,
      listed: list.services.length + list.refused.length,
      plan,
      costsTaken: [],
    });
    const changes = await listSyncChanges(tx, id);
    await applyChanges(tx, { run: { ...run, id }, changes, services, version });
    await markRunApplied(tx, id, "applied", actor);
    await audit(tx, {
      actor,
      action: "service.import",
      subject: `provider:${providerId}`,
      after: {
        run: id,
        markupPercent: formatAmount(order.markupPercent, 0),
        imported: counts.imported,
        updated: counts.updated,
        changed: counts.changed,
        refused: counts.refused.length,
      },
    });
    return ok({ ...counts, wasProviderMade: provider === undefined });
  });
}

/** A file names no currency, so the one its provider named last counts. */
async function doubtOf(db: Context["db"], name: string): Promise<CurrencyRefusal | undefined> {
  const provider = await findProviderByName(db, name);
  const doubt = provider && (await knownCurrencyDoubt(db, provider));
  return doubt && { code: "provider_currency_doubtful", name: provider.name, ...doubt };
}

async function makeProvider(tx: Tx, actor: Actor, name: string): Promise<ProviderId> {
  const provider = { name, connector: "manual", settings: {} };
  const id = await insertProvider(tx, provider);
  await audit(tx, { actor, action: "provider.add", subject: `provider:${id}`, after: provider });
  return id;
}

function planFile(
  list: ServiceList,
  markUp: MarkUp,
  provider: Provider | undefined,
  services: readonly Service[],
): SyncPlan {
  return planSync({
    list,
    services,
    exchangeRate: provider?.exchangeRate ?? one,
    markUp,
    costsBefore: new Map(),
    isWanted: () => true,
    hasUpdates: true,
    isWhole: false,
    listedBefore: 0,
    brakes: { vanishPercent: 100, jumpPercent: undefined },
  });
}

function countsOf({ changes, sold, refused: rejected, notes }: SyncPlan): ImportCounts {
  const imported = changes.filter(({ kind }) => kind === "new").length;
  const changed = changes.length - imported;
  return { imported, updated: sold, changed, refused: rejected, notes };
}
