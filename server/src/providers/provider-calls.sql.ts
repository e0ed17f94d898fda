import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import type { CallNote } from "./connector.ts";

/** One request to a provider, as it is stored. */
export type ProviderCallRow = CallNote & {
  readonly id: number;
  readonly providerId: ProviderId;
  readonly startedAt: Date;
};

const insertCallsSql = statement(
  "providers.insertCalls",
  `insert into provider_calls
     (provider_id, order_id, action, started_at, duration_ms, http_status, request, answer, outcome)
   select *
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::integer[],
                 $6::integer[], $7::text[], $8::text[], $9::text[])`,
);

export type NewCall = Omit<ProviderCallRow, "id">;

/** Stores calls with their answers as they are: the caller has masked keys and cut long texts. */
export async function insertCalls(db: Queryable, calls: readonly NewCall[]): Promise<void> {
  await insertCallsSql.run(
    db,
    calls.map((call) => call.providerId),
    calls.map((call) => call.orderId ?? null),
    calls.map((call) => call.action),
    calls.map((call) => call.startedAt),
    calls.map((call) => call.durationMs),
    calls.map((call) => call.httpStatus ?? null),
    calls.map((call) => call.request),
    calls.map((call) => call.answer ?? null),
    calls.map((call) => call.outcome),
  );
}

type Row = {
  id: number;
  provider_id: ProviderId;
  order_id: OrderId | null;
  action: string;
  started_at: Date;
  duration_ms: number;
  http_status: number | null;
  request: string;
  answer: string | null;
  outcome: CallNote["outcome"];
};

// One text for each filter, so that each uses the index that fits.
const columns = `
  select id, provider_id, order_id, action, started_at, duration_ms, http_status, request, answer,
         outcome
    from provider_calls`;
const listSql = statement<Row>(
  "providers.listCalls",
  `${columns} order by id desc limit $1::integer`,
);
const listOfProviderSql = statement<Row>(
  "providers.listCallsOfProvider",
  `${columns} where provider_id = $2::bigint order by id desc limit $1::integer`,
);
const listOfOrderSql = statement<Row>(
  "providers.listCallsOfOrder",
  `${columns} where order_id = $2::bigint order by id desc limit $1::integer`,
);

/**
 * The newest calls, newest first. With an order, only those about that order alone: states are
 * asked for many orders at a time.
 */
export async function listProviderCalls(
  db: Queryable,
  filter: {
    readonly providerId?: ProviderId | undefined;
    readonly orderId?: OrderId | undefined;
    readonly limit: number;
  },
): Promise<ProviderCallRow[]> {
  const { providerId, orderId, limit } = filter;
  if (orderId !== undefined) {
    const rows = await listOfOrderSql.all(db, limit, orderId);
    const ofProvider = rows.filter((row) => (providerId ?? row.provider_id) === row.provider_id);
    return ofProvider.map(fromRow);
  }
  const rows =
    providerId === undefined
      ? await listSql.all(db, limit)
      : await listOfProviderSql.all(db, limit, providerId);
  return rows.map(fromRow);
}

function fromRow(row: Row): ProviderCallRow {
  return {
    id: row.id,
    providerId: row.provider_id,
    orderId: row.order_id ?? undefined,
    action: row.action,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    httpStatus: row.http_status ?? undefined,
    request: row.request,
    answer: row.answer ?? undefined,
    outcome: row.outcome,
  };
}

const deleteOldSql = statement(
  "providers.deleteOldCalls",
  `delete from provider_calls
    where id in (select id from provider_calls
                  where started_at < panel_now() - $1::integer * interval '1 day'
                  order by started_at
                  limit $2::integer)`,
);

/** Deletes at most `limit` calls that are older; returns how many. */
export function deleteOldCalls(db: Queryable, days: number, limit: number): Promise<number> {
  return deleteOldSql.run(db, days, limit);
}
