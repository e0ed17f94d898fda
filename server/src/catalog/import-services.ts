import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { findProviderByName, insertProvider } from "#providers/providers.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import {
  amountFromDecimal,
  decimalFromAmount,
  effectiveRate,
  formatAmount,
  percentOf,
  unitsPerOne,
  zero,
} from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { ensureCategories, listServices, raiseCatalogVersion } from "./catalog.sql.ts";
import { insertServices, rewriteServices } from "./import-services.sql.ts";
import type { ListedService, RowRemark, ServiceList } from "./read-service-list.ts";
import { rateMax } from "./service.ts";
import type { Service } from "./service.ts";

export type ImportServicesRefusal =
  | { readonly code: "markup_invalid" }
  /** Every row was turned down; nothing was changed, and no provider made. */
  | { readonly code: "nothing_importable"; readonly report: ImportCounts }
  | { readonly code: "provider_name_invalid" };

export type ImportCounts = {
  readonly imported: number;
  /** Services of this provider that were here before; `changed` of them were not as listed. */
  readonly updated: number;
  readonly changed: number;
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

export type ImportReport = ImportCounts & { readonly wasProviderMade: boolean };

type Plan = {
  readonly fresh: readonly PricedService[];
  readonly changed: readonly (PricedService & { readonly known: Service })[];
  readonly report: ImportCounts;
};

type PricedService = { readonly listed: ListedService; readonly rate: Amount };

const providerNameLengthMax = 100;
const markupMax = 100_000n * unitsPerOne;

/**
 * Puts a provider's list on sale, at cost plus `markupPercent` rounded up to 5 decimals. What this
 * provider's earlier imports brought is brought up to date instead: everything but its type and
 * whether it is enabled. All or nothing, in one transaction; a dry run only reports. The list's
 * prices are taken to be in the panel's currency. A provider that is not there yet is made, to be
 * carried out by hand until it is connected.
 */
export async function importServices(
  ctx: Context,
  actor: string,
  order: {
    readonly list: ServiceList;
    readonly providerName: string;
    readonly markupPercent: Amount;
    readonly isDryRun: boolean;
  },
): Promise<Result<ImportReport, ImportServicesRefusal>> {
  const { list, markupPercent } = order;
  const name = order.providerName.trim();
  if (markupPercent < zero || markupPercent > markupMax) {
    return refused({ code: "markup_invalid" });
  }
  if (name === "" || name.length > providerNameLengthMax) {
    return refused({ code: "provider_name_invalid" });
  }
  if (order.isDryRun) {
    const provider = await findProviderByName(ctx.db, name);
    const plan = makePlan(list, markupPercent, await listServices(ctx.db), provider?.id);
    if (plan.report.imported + plan.report.updated === 0) {
      return refused({ code: "nothing_importable", report: plan.report });
    }
    return ok({ ...plan.report, wasProviderMade: provider === undefined });
  }
  return inTransaction(ctx, async (tx) => {
    // Holds the price list: what is read of it below stays so until the end.
    const version = await raiseCatalogVersion(tx);
    const provider = await findProviderByName(tx, name);
    const plan = makePlan(list, markupPercent, await listServices(tx), provider?.id);
    if (plan.report.imported + plan.report.updated === 0) {
      return refused({ code: "nothing_importable", report: plan.report });
    }
    const providerId = provider?.id ?? (await makeProvider(tx, actor, name));
    await carryOut(tx, plan, providerId, version);
    await audit(tx, {
      actor,
      action: "service.import",
      subject: `provider:${providerId}`,
      after: {
        markupPercent: formatAmount(markupPercent, 0),
        imported: plan.report.imported,
        updated: plan.report.updated,
        changed: plan.report.changed,
        refused: plan.report.refused.length,
      },
    });
    return ok({ ...plan.report, wasProviderMade: provider === undefined });
  });
}

async function makeProvider(tx: Tx, actor: string, name: string): Promise<ProviderId> {
  const provider = { name, connector: "manual", settings: {} };
  const id = await insertProvider(tx, provider);
  await audit(tx, { actor, action: "provider.add", subject: `provider:${id}`, after: provider });
  return id;
}

function makePlan(
  list: ServiceList,
  markupPercent: Amount,
  services: readonly Service[],
  providerId: ProviderId | undefined,
): Plan {
  const known = new Map(
    services
      .filter((service) => service.providerId === providerId)
      .map((service) => [service.providerService, service]),
  );
  const fresh: PricedService[] = [];
  const changed: (PricedService & { known: Service })[] = [];
  const rejected = [...list.refused];
  let updated = 0;
  for (const listed of list.services) {
    const remark = { row: listed.row, service: listed.providerService };
    const rate = sellingRate(listed.cost, markupPercent);
    const earlier = known.get(listed.providerService);
    if (rate > rateMax) {
      rejected.push({ ...remark, field: "rate", reason: "is too high with the mark-up" });
    } else if (earlier === undefined) {
      fresh.push({ listed, rate });
    } else if (earlier.type !== listed.type) {
      rejected.push({ ...remark, field: "type", reason: "is another than at the import before" });
    } else {
      updated += 1;
      if (!isAsListed(earlier, listed, rate)) changed.push({ listed, rate, known: earlier });
    }
  }
  rejected.sort((a, b) => a.row - b.row);
  const counts = { imported: fresh.length, updated, changed: changed.length };
  return { fresh, changed, report: { ...counts, refused: rejected, notes: list.notes } };
}

/** The cost with the mark-up on it, rounded up to 5 decimals: once, in the panel's favour. */
function sellingRate(cost: Amount, markupPercent: Amount): Amount {
  const rate = effectiveRate(percentOf(cost, 100n * unitsPerOne + markupPercent));
  return amountFromDecimal(decimalFromAmount(rate));
}

function isAsListed(service: Service, listed: ListedService, rate: Amount): boolean {
  return (
    service.rate === rate &&
    service.providerRate === listed.cost &&
    service.name === listed.name &&
    service.category === listed.category &&
    service.min === listed.min &&
    service.max === listed.max &&
    service.refill === listed.refill &&
    service.cancel === listed.cancel &&
    service.dripfeed === listed.dripfeed &&
    service.description === (listed.description ?? service.description)
  );
}

async function carryOut(
  tx: Tx,
  plan: Plan,
  providerId: ProviderId,
  version: number,
): Promise<void> {
  const all = [...plan.fresh, ...plan.changed];
  const names = [...new Set(all.map(({ listed }) => listed.category))];
  const categories = await ensureCategories(tx, names);
  const rowOf = ({ listed, rate }: PricedService) => {
    const categoryId = categories.get(listed.category);
    if (categoryId === undefined) throw new Error(`no category was made for row ${listed.row}`);
    return { ...listed, categoryId, rate };
  };
  await insertServices(tx, plan.fresh.map(rowOf), providerId, version);
  const changed = plan.changed.map((priced) => ({
    ...rowOf(priced),
    id: priced.known.id,
    description: priced.listed.description ?? priced.known.description,
  }));
  await rewriteServices(tx, changed, version);
}
