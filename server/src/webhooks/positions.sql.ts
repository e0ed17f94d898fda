import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Position } from "#events/streams.sql.ts";
import type { AccountId, WebhookId } from "#values/ids.ts";

/** How far an endpoint has come, and how its deliveries go. */
export type Progress = Position & {
  readonly webhookId: WebhookId;
  /** Failed attempts at the next event, in a row. */
  readonly failures: number;
  readonly failingSince: Date | undefined;
  /** Nothing is sent before this time. */
  readonly dueAt: Date;
};

type ProgressRow = {
  endpoint_id: WebhookId;
  epoch: string;
  seq: number;
  catalog_seq: number;
  failures: number;
  failing_since: Date | null;
  due_at: Date;
};

function fromRow(row: ProgressRow): Progress {
  return {
    webhookId: row.endpoint_id,
    epoch: row.epoch,
    seq: row.seq,
    catalogSeq: row.catalog_seq,
    failures: row.failures,
    failingSince: row.failing_since ?? undefined,
    dueAt: row.due_at,
  };
}

const setSql = statement(
  "webhooks.setPosition",
  `insert into webhook_positions as p (endpoint_id, epoch, seq, catalog_seq)
   values ($1::bigint, $2::uuid, $3::bigint, $4::bigint)
   on conflict (endpoint_id) do update
      set epoch = excluded.epoch, seq = excluded.seq, catalog_seq = excluded.catalog_seq,
          due_at = panel_now(), lease = null, failures = 0, failing_since = null`,
);

/** Sets where an endpoint continues; a worker that is sending to it loses the lease. */
export async function setPosition(
  db: Queryable,
  id: WebhookId,
  { epoch, seq, catalogSeq }: Position,
): Promise<void> {
  await setSql.run(db, id, epoch, seq, catalogSeq);
}

const wakeSql = statement(
  "webhooks.wake",
  `update webhook_positions
      set due_at = panel_now(), failures = 0, failing_since = null
    where endpoint_id = $1::bigint`,
);

/** Makes the endpoint due at once, as if it had not failed. */
export async function wakeWebhook(db: Queryable, id: WebhookId): Promise<void> {
  await wakeSql.run(db, id);
}

const findSql = statement<ProgressRow>(
  "webhooks.findProgress",
  `select endpoint_id, epoch, seq, catalog_seq, failures, failing_since, due_at
     from webhook_positions
    where endpoint_id = any ($1::bigint[])`,
);

export async function listProgress(
  db: Queryable,
  ids: readonly WebhookId[],
): Promise<ReadonlyMap<WebhookId, Progress>> {
  const rows = await findSql.all(db, ids);
  return new Map(rows.map((row) => [row.endpoint_id, fromRow(row)]));
}

const listLostSql = statement<{ id: WebhookId; account_id: AccountId }>(
  "webhooks.listLost",
  `select w.id, w.account_id
     from webhook_endpoints w
     left join webhook_positions p on p.endpoint_id = w.id
    where p.endpoint_id is null
    order by w.id
    limit $1::integer`,
);

/** Lists endpoints without a position. Archives hold none, so after a restore these are all. */
export function listLost(
  db: Queryable,
  limit: number,
): Promise<{ id: WebhookId; account_id: AccountId }[]> {
  return listLostSql.all(db, limit);
}

const leaseSql = statement<ProgressRow>(
  "webhooks.lease",
  `with endpoints as (
     select id, account_id, is_enabled,
            lower(substring(url from '^[A-Za-z]+://(?:[^/?#@]*@)?([^/?#:]+)')) as host
       from webhook_endpoints
   ), busy as materialized (
     select w.account_id, w.host
       from webhook_positions p
       join endpoints w on w.id = p.endpoint_id
      where p.lease is not null and p.due_at > panel_now()
   ), due as materialized (
     select p.endpoint_id, p.due_at, w.account_id, w.host
       from webhook_positions p
       join endpoints w on w.id = p.endpoint_id
      where w.is_enabled and p.due_at <= panel_now()
        and (exists (select 1 from events e
                      where e.account_id = w.account_id and e.seq > p.seq)
             or exists (select 1 from catalog_events c where c.seq > p.catalog_seq))
        and (select count(*) from busy b where b.account_id = w.account_id) < $4::integer
        and (select count(*) from busy b where b.host = w.host) < $5::integer
      order by p.due_at
      limit 1000
   ), numbered as (
     select d.*,
            row_number() over (partition by account_id order by due_at, endpoint_id) as of_customer,
            row_number() over (partition by host order by due_at, endpoint_id) as of_host
       from due d
   ), picked as (
     select n.endpoint_id
       from numbered n
      where of_customer + (select count(*) from busy b where b.account_id = n.account_id)
              <= $4::integer
        and of_host + (select count(*) from busy b where b.host = n.host) <= $5::integer
      order by of_customer, due_at
      limit $3::integer
   )
   update webhook_positions p
      set lease = $1::uuid, due_at = panel_now() + $2::integer * interval '1 second'
     from (select p.endpoint_id
             from webhook_positions p
             join picked using (endpoint_id)
            where p.due_at <= panel_now()
              for update of p skip locked) due
    where p.endpoint_id = due.endpoint_id
    returning p.endpoint_id, p.epoch, p.seq, p.catalog_seq, p.failures, p.failing_since, p.due_at`,
);

/**
 * Takes endpoints that have something to send, at most so many of one customer and of one host at a
 * time. Every customer's first endpoint comes before anybody's second. Those that another worker is
 * taking are skipped.
 */
export async function leaseWebhooks(
  db: Queryable,
  terms: {
    readonly lease: string;
    readonly leaseSeconds: number;
    readonly limit: number;
    readonly perCustomer: number;
    readonly perHost: number;
  },
): Promise<Progress[]> {
  const { lease, leaseSeconds, limit, perCustomer, perHost } = terms;
  const rows = await leaseSql.all(db, lease, leaseSeconds, limit, perCustomer, perHost);
  return rows.map(fromRow);
}

const advanceSql = statement(
  "webhooks.advance",
  `update webhook_positions p
      set seq = $3::bigint, catalog_seq = $4::bigint, failures = 0, failing_since = null,
          due_at = panel_now() + $5::integer * interval '1 second'
     from webhook_endpoints w
    where p.endpoint_id = $1::bigint and p.lease = $2::uuid
      and w.id = p.endpoint_id and w.is_enabled`,
);

/**
 * Records that the endpoint has got everything up to here. Returns false where the lease was lost:
 * then nothing more is sent.
 */
export async function advance(
  db: Queryable,
  id: WebhookId,
  lease: string,
  to: Position & { readonly leaseSeconds: number },
): Promise<boolean> {
  return (await advanceSql.run(db, id, lease, to.seq, to.catalogSeq, to.leaseSeconds)) > 0;
}

const releaseSql = statement(
  "webhooks.release",
  `update webhook_positions
      set lease = null, due_at = panel_now()
    where endpoint_id = $1::bigint and lease = $2::uuid`,
);

/** Ends a lease; the endpoint is due again as soon as there is something for it. */
export async function releaseWebhook(db: Queryable, id: WebhookId, lease: string): Promise<void> {
  await releaseSql.run(db, id, lease);
}

const failSql = statement<{ is_over: boolean }>(
  "webhooks.fail",
  `update webhook_positions
      set lease = null, failures = failures + 1,
          failing_since = coalesce(failing_since, panel_now()),
          due_at = panel_now() + $3::double precision * interval '1 second'
    where endpoint_id = $1::bigint and lease = $2::uuid
    returning failing_since + interval '3 days' <= panel_now() as is_over`,
);

/**
 * Records that the next event did not arrive; it is tried again later. Returns true where this has
 * gone on for three days, `undefined` where the lease was lost.
 */
export async function failWebhook(
  db: Queryable,
  id: WebhookId,
  lease: string,
  inSeconds: number,
): Promise<boolean | undefined> {
  return (await failSql.maybe(db, id, lease, inSeconds))?.is_over;
}
