import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { checkCurrency } from "#providers/upkeep/check-currency.ts";
import type { CurrencyRefusal } from "#providers/upkeep/check-currency.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ServiceId } from "#values/ids.ts";
import { isOnlyListed, isOpen } from "./apply-sync.ts";
import { applyChanges, takeCosts } from "./apply-changes.ts";
import { listServicesOfProvider, lockCatalog, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { fetchList } from "./fetch-list.ts";
import type { FetchListRefusal, FindTypeName } from "./fetch-list.ts";
import type { ListTermsChange, ListTermsRefusal } from "#catalog/list-terms.ts";
import { checkMarkUp } from "#catalog/mark-up.ts";
import type { MarkUp, MarkUpRefusal } from "#catalog/mark-up.ts";
import { planSync } from "./plan-sync.ts";
import type { SyncPlan } from "./plan-sync.ts";
import {
  listOldProviderServices,
  putProviderServices,
  setSourceRates,
} from "./provider-services.sql.ts";
import type { ListedService, ServiceList } from "./read-service-list.ts";
import { isCategory } from "#catalog/service.ts";
import { changeListTerms, listTermsWith } from "./set-list-terms.ts";
import { listSyncChanges, listWaitingCosts } from "./sync-changes.sql.ts";
import { findSyncRun, insertSyncRun, markRunApplied } from "./sync-runs.sql.ts";
import type { StoredChange } from "./sync-changes.sql.ts";
import type { SyncKind, SyncRun } from "./sync-runs.sql.ts";
import { findSyncTerms, putListed } from "#catalog/sync-terms.sql.ts";
import type { SyncTerms } from "#catalog/sync-terms.sql.ts";

export type SyncOrder = {
  readonly kind: Exclude<SyncKind, "file">;
  /** For the services that an import brings; the provider's own where left out. */
  readonly markUp?: MarkUp | undefined;
  /** Which new services to bring: by category, or by id at the provider; all where empty. */
  readonly categories?: readonly string[];
  readonly providerServices?: readonly string[];
  /** How rows of the list are read from now on, where that changes. */
  readonly listTerms?: ListTermsChange;
  /** The category for services that an import brings; the list's own where left out. */
  readonly into?: string | undefined;
  /** True: an import also brings services already on sale, once more. */
  readonly isAgain?: boolean | undefined;
  /** `plan` stores the plan for later, `apply` applies what no brake stops, `dry` does neither. */
  readonly mode: "plan" | "apply" | "dry";
};

export type SyncProviderRefusal =
  | FetchListRefusal
  | CurrencyRefusal
  | ListTermsRefusal
  | { readonly code: "category_invalid" }
  | MarkUpRefusal
  | { readonly code: "markup_missing" }
  | { readonly code: "selection_unknown"; readonly missing: readonly string[] };

export type SyncReport = {
  /** `undefined` for a dry run, which stores nothing. */
  readonly run: SyncRun | undefined;
  readonly plan: SyncPlan;
  readonly listed: number;
  /** As they were stored, with their outcomes; empty for a dry run. */
  readonly changes: readonly StoredChange[];
};

/**
 * Reads a provider's list and plans what follows from it: an import brings services; a sync updates
 * what is sold and reports new services. Every run is stored with its plan, failed ones too.
 */
export async function syncProvider(
  ctx: Context,
  actor: Actor,
  provider: Provider,
  order: SyncOrder,
  findTypeName: FindTypeName,
): Promise<Result<SyncReport, SyncProviderRefusal>> {
  authorize(actor, "services.sync");
  if (order.markUp !== undefined) authorize(actor, "services.price");
  const checked = order.markUp && checkMarkUp(order.markUp);
  if (checked?.ok === false) return checked;
  const { into } = order;
  if (into !== undefined && !isCategory(into)) return refused({ code: "category_invalid" });
  const listTerms = await listTermsWith(ctx.db, provider.id, order.listTerms ?? {});
  if (!listTerms.ok) return listTerms;
  const list = await fetchList(ctx, provider, findTypeName, listTerms.value);
  const failure = list.ok ? await checkCurrency(ctx, provider) : list.refusal;
  if (failure !== undefined && order.mode !== "dry") {
    await keepFailure(ctx, actor, provider, order, failure);
  }
  if (!list.ok) return list;
  if (failure !== undefined) return refused(failure);
  const missing = missingIn(list.value, order);
  if (missing.length > 0) return refused({ code: "selection_unknown", missing });
  if (order.mode === "dry") {
    const made = await makePlan(ctx.db, provider, order, list.value);
    if (made === undefined) return refused({ code: "markup_missing" });
    return ok({ run: undefined, plan: made.plan, listed: sizeOf(list.value), changes: [] });
  }
  return inTransaction(ctx, async (tx) => {
    if (order.listTerms !== undefined) {
      await changeListTerms(tx, actor, provider.id, order.listTerms);
    }
    if (order.mode === "apply") await lockCatalog(tx);
    const kept = await keepPlan(tx, actor, provider, order, list.value);
    if (kept === undefined) return refused({ code: "markup_missing" });
    if (order.mode === "apply") await applyUnbraked(tx, actor, kept.runId);
    const run = await findSyncRun(tx, kept.runId);
    const changes = await listSyncChanges(tx, kept.runId);
    return ok({ run, plan: kept.plan, listed: sizeOf(list.value), changes });
  });
}

type MadePlan = {
  readonly plan: SyncPlan;
  readonly markUp: MarkUp | undefined;
  readonly terms: SyncTerms;
  readonly costsTaken: Iterable<ServiceId>;
};

/** Returns `undefined` where an import has no mark-up to make prices with. */
async function makePlan(
  db: Tx | Context["db"],
  provider: Provider,
  order: SyncOrder,
  list: ServiceList,
): Promise<MadePlan | undefined> {
  const terms = await findSyncTerms(db, provider.id);
  const markUp = order.markUp ?? terms.markUp;
  const isImport = order.kind === "import";
  if (isImport && markUp === undefined) return undefined;
  const settings = await readSettings(db);
  const old = isImport ? new Set<string>() : await listOldProviderServices(db, provider.id);
  const isFirst = terms.listedAt === undefined;
  const costsBefore = isImport ? new Map() : await listWaitingCosts(db, provider.id);
  // The provider as it is now: its exchange rate may have changed since the call began.
  const { exchangeRate } = (await findProvider(db, provider.id)) ?? provider;
  const plan = planSync({
    list,
    services: await listServicesOfProvider(db, provider.id),
    exchangeRate,
    markUp,
    costsBefore,
    isWanted: isImport
      ? (listed) => isSelected(order, listed)
      : (listed) => !isFirst && !old.has(listed.providerService),
    isAgain: isImport && order.isAgain === true,
    category: order.into?.trim(),
    hasUpdates: !isImport,
    isWhole: !isImport,
    listedBefore: terms.listed,
    brakes: {
      vanishPercent: settings.vanish_percent,
      jumpPercent: settings.price_jump_percent,
    },
  });
  return { plan, markUp, terms, costsTaken: costsBefore.keys() };
}

async function keepPlan(
  tx: Tx,
  actor: Actor,
  provider: Provider,
  order: SyncOrder,
  list: ServiceList,
): Promise<{ readonly runId: number; readonly plan: SyncPlan } | undefined> {
  const made = await makePlan(tx, provider, order, list);
  if (made === undefined) return undefined;
  const { plan, markUp, terms, costsTaken } = made;
  const isBraked = plan.brakes.length > 0 || plan.changes.some(({ brake }) => brake !== undefined);
  const runId = await insertSyncRun(tx, {
    providerId: provider.id,
    kind: order.kind,
    actor,
    status: isBraked ? "stopped" : "planned",
    markUp,
    failure: undefined,
    listed: sizeOf(list),
    plan,
    costsTaken,
  });
  if (plan.brakes.length === 0) {
    await putProviderServices(tx, provider.id, list.services, terms.listedAt === undefined);
    await setSourceRates(tx, provider.id, list);
    await putListed(tx, provider.id, sizeOf(list));
  }
  return { runId, plan };
}

/** Applies everything that no brake stops; the new costs are taken over in any case. */
async function applyUnbraked(tx: Tx, actor: Actor, runId: number): Promise<void> {
  const run = await findSyncRun(tx, runId);
  // The list is not believed, so an operator has to look at it.
  if (run === undefined || run.brakes.length > 0) return;
  const open = (await listSyncChanges(tx, runId)).filter(
    (change) => isOpen(change) && !isOnlyListed(run, change),
  );
  const braked = open.filter(({ brake }) => brake !== undefined);
  if (open.length > 0) {
    // Only now: a run that changes nothing makes nobody read the price list again.
    const version = await raiseCatalogVersion(tx);
    const services = await listServicesOfProvider(tx, run.providerId);
    const changes = open.filter(({ brake }) => brake === undefined);
    const carried = await applyChanges(tx, { run, changes, services, version });
    await takeCosts(tx, { run, changes: braked, services, version });
    await audit(tx, {
      actor,
      action: `provider.${run.kind}`,
      subject: `provider:${run.providerId}`,
      after: { run: runId, ...carried, waiting: braked.length },
    });
  }
  await markRunApplied(tx, runId, braked.length > 0 ? "stopped" : "applied", actor);
}

async function keepFailure(
  ctx: Context,
  actor: Actor,
  provider: Provider,
  order: SyncOrder,
  refusal: FetchListRefusal | CurrencyRefusal,
): Promise<void> {
  const plan = { changes: [], brakes: [], sold: 0, wantedSold: 0, refused: [], notes: [] };
  await inTransaction(ctx, (tx) =>
    insertSyncRun(tx, {
      providerId: provider.id,
      kind: order.kind,
      actor,
      status: "failed",
      markUp: undefined,
      failure: failureText(refusal),
      listed: 0,
      plan,
      costsTaken: [],
    }),
  );
}

/** For the log of runs; commands have sentences of their own. */
function failureText(refusal: FetchListRefusal | CurrencyRefusal): string {
  switch (refusal.code) {
    case "provider_currency_doubtful":
      return `it counts in ${refusal.said}, but is set up in ${refusal.expected}`;
    case "provider_without_list":
      return `the connector ${refusal.connector} has no list of services`;
    case "list_not_fetched":
      return refusal.reason;
    case "list_error":
      return `the provider said: ${refusal.said}`;
    case "list_not_json":
      return `the answer is not JSON: ${refusal.problem}`;
    case "list_empty":
    case "list_empty_file":
      return "the list is empty";
    case "list_html":
      return "the answer is a web page";
    case "list_not_a_list":
      return "the answer is no list";
  }
}

function isSelected(order: SyncOrder, listed: ListedService): boolean {
  const { categories = [], providerServices = [] } = order;
  if (categories.length + providerServices.length === 0) return true;
  return (
    providerServices.includes(listed.providerService) ||
    categories.some((name) => isSameName(name, listed.category))
  );
}

/** What was named in the request and is not in the list. */
function missingIn({ services, refused: rejected }: ServiceList, order: SyncOrder): string[] {
  const { categories = [], providerServices = [] } = order;
  const ids = new Set([
    ...services.map(({ providerService }) => providerService),
    ...rejected.map(({ service }) => service),
  ]);
  return [
    ...providerServices.filter((id) => !ids.has(id)),
    ...categories.filter((name) => !services.some(({ category }) => isSameName(name, category))),
  ];
}

function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function sizeOf(list: ServiceList): number {
  return list.services.length + list.refused.length;
}
