import { sql } from "kysely";
import type { Context } from "#database/context.ts";
import { tables } from "#database/reading.ts";
import { listServicesByIds } from "#catalog/catalog.sql.ts";
import { listFigures } from "#orders/reports/service-figures.sql.ts";
import type { FiguresRow } from "#orders/reports/service-figures.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ServiceId } from "#values/ids.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { containing, readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { providerNamesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import { serviceRecord } from "./service-record.ts";
import type { ServiceRecord } from "./service-record.ts";

/** Filters for services; all given ones must hold. Names in any letter case. */
export type ServiceFilter = {
  readonly category?: string | undefined;
  /** The name of its own provider. */
  readonly provider?: string | undefined;
  readonly status?: "enabled" | "disabled" | undefined;
  /** The wire name of its type. */
  readonly type?: string | undefined;
  /** A text anywhere in its name, or its number. */
  readonly search?: string | undefined;
};

export type ServiceSort = "shown" | "newest";

export const serviceSorts: Sorts<ServiceSort> = {
  usual: "shown",
  by: {
    // As customers see them.
    shown: {
      columns: [
        { ref: "c.position", type: "integer" },
        { ref: "c.id", type: "bigint" },
        { ref: "s.position", type: "integer" },
        { ref: "s.id", type: "bigint" },
      ],
      direction: "asc",
    },
    newest: { columns: [{ ref: "s.id", type: "bigint" }], direction: "desc" },
  },
};

/** How a service performed with the orders of the last 90 days; null where unknown. */
export type ServiceFigures = NonNullable<ReturnType<typeof figuresRecord>>;

export type ServiceListRow = ServiceRecord & { readonly figures?: ServiceFigures | null };

/** A page of services, by default in the order in which customers see them. */
export async function viewServices(
  ctx: Context,
  actor: Actor,
  query: ServiceFilter & PageQuery<ServiceSort> & { readonly withFigures?: boolean },
): Promise<Result<Page<ServiceListRow>, PageRefusal>> {
  authorize(actor, "services.read");
  if (query.provider !== undefined) authorize(actor, "orders.provider");
  const sight = sightOf(actor);
  const page = await readPage(ctx.db, matchingServices(query), serviceSorts, query);
  if (!page.ok) return page;
  const ids = page.value.rows.map(({ id }) => id);
  const services = new Map(
    (await listServicesByIds(ctx.db, ids)).map((service) => [service.id, service]),
  );
  const names = await providerNamesOf(ctx.db);
  const figures = query.withFigures === true ? await listFigures(ctx.db) : undefined;
  const rows = ids.flatMap((id) => {
    const service = services.get(id);
    if (service === undefined) return [];
    const record = serviceRecord(service, names.get(service.providerId), sight);
    return [figures ? { ...record, figures: figuresRecord(figures.get(id)) } : record];
  });
  return ok({ ...page.value, rows });
}

/** The keys of the services that match the filter. */
export function matchingServices(filter: ServiceFilter) {
  let matches = tables
    .selectFrom("services as s")
    .innerJoin("categories as c", "c.id", "s.category_id")
    .select("s.id")
    .$castTo<{ id: ServiceId }>();
  const { category, provider, status, type, search } = filter;
  if (category !== undefined) {
    matches = matches.where(isNamed("c.name", category));
  }
  if (provider !== undefined) {
    matches = matches.where("s.provider_id", "in", (eb) =>
      eb.selectFrom("providers as p").select("p.id").where(isNamed("p.name", provider)),
    );
  }
  if (status !== undefined) matches = matches.where("s.status", "=", status);
  if (type !== undefined) matches = matches.where("s.type", "=", type);
  const text = search?.trim() ?? "";
  if (text !== "") {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    matches = matches.where(({ eb, or }) =>
      or([
        eb("s.name", "ilike", containing(text)),
        ...(number === undefined ? [] : [eb("s.id", "=", number)]),
      ]),
    );
  }
  return matches;
}

/** Compares without regard to letter case. */
function isNamed(column: string, name: string) {
  return sql<boolean>`lower(${sql.ref(column)}) = lower(${name.trim()})`;
}

function figuresRecord(seen: (FiguresRow & { readonly measured_at: Date }) | undefined) {
  if (seen === undefined) return null;
  return {
    measured: seen.measured_at,
    ended: seen.ended,
    completed: seen.completed,
    average_seconds: seen.finish_median,
    seconds_95: seen.finish_95,
    start_seconds: seen.start_median,
    partial_share: seen.partial_share,
    refill_share: seen.refill_share,
  };
}
