import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, CancelId, OrderId, ProviderId, RefillId } from "#values/ids.ts";
import type {
  CancelReason,
  CancelStatus,
  RefillReason,
  RefillStatus,
} from "#orders/requests.sql.ts";

// Requests that a provider carries out are leased like tasks: `due_at` is pushed forward under a
// lease.

/** Whose due requests are wanted, how many, and how long the lease lasts. */
export type RequestLease = {
  readonly providerId: ProviderId;
  readonly limit: number;
  readonly lease: string;
  readonly leaseSeconds: number;
};

/** A leased refill. */
export type DueRefill = {
  readonly id: RefillId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: RefillStatus;
  readonly provider_refill: string | null;
  readonly attempts: number;
  readonly is_late: boolean;
  readonly age_seconds: number;
};

/** A leased cancel. */
export type DueCancel = {
  readonly id: CancelId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly is_sent: boolean;
  readonly attempts: number;
  readonly is_late: boolean;
};

// Requests that another worker is taking are skipped.
const leaseText = (table: "cancels" | "refills", columns: string) =>
  `update ${table} r
      set due_at = panel_now() + $4::integer * interval '1 second', lease = $3::uuid
     from (select account_id, id
             from ${table}
            where provider_id = $1::bigint and due_at <= panel_now()
            order by due_at
            limit $2::integer
              for update skip locked) due
    where r.account_id = due.account_id and r.id = due.id
    returning r.id, r.account_id, r.order_id, r.attempts, ${columns},
              coalesce(r.deadline_at <= panel_now(), false) as is_late`;
const leaseRefillsSql = statement<DueRefill>(
  "orders.leaseRefills",
  leaseText(
    "refills",
    `r.status, r.provider_refill,
              extract(epoch from panel_now() - r.created_at)::float8 as age_seconds`,
  ),
);
const leaseCancelsSql = statement<DueCancel>(
  "orders.leaseCancels",
  leaseText("cancels", "r.sent_at is not null as is_sent"),
);

/** Takes due refills of a provider, oldest first. */
export function leaseRefills(db: Queryable, terms: RequestLease): Promise<DueRefill[]> {
  const { providerId, limit, lease, leaseSeconds } = terms;
  return leaseRefillsSql.all(db, providerId, limit, lease, leaseSeconds);
}

/** Takes due cancels of a provider, oldest first. */
export function leaseCancels(db: Queryable, terms: RequestLease): Promise<DueCancel[]> {
  const { providerId, limit, lease, leaseSeconds } = terms;
  return leaseCancelsSql.all(db, providerId, limit, lease, leaseSeconds);
}

// Goes from one provider to the next along the indexes of what is due.
const listDueSql = (table: "cancels" | "refills") =>
  statement<{ provider_id: ProviderId }>(
    `orders.listDue.${table}`,
    `with recursive first as (
       (select provider_id, due_at
          from ${table}
         where due_at is not null
         order by provider_id, due_at
         limit 1)
       union all
       select next.provider_id, next.due_at
         from first
        cross join lateral (
              select r.provider_id, r.due_at
                from ${table} r
               where r.due_at is not null and r.provider_id > first.provider_id
               order by r.provider_id, r.due_at
               limit 1) next
     )
     select provider_id
       from first
      where due_at <= panel_now()`,
  );
const listDueCancelsSql = listDueSql("cancels");
const listDueRefillsSql = listDueSql("refills");

/** Which providers have cancels to be passed on. On the hot pool, since it is a lookup by key. */
export async function listProvidersOfDueCancels(db: Queryable): Promise<readonly ProviderId[]> {
  return (await listDueCancelsSql.all(db)).map((row) => row.provider_id);
}

/** Which providers have refills to be passed on or asked about. On the hot pool too. */
export async function listProvidersOfDueRefills(db: Queryable): Promise<readonly ProviderId[]> {
  return (await listDueRefillsSql.all(db)).map((row) => row.provider_id);
}

// Under a number that the provider gave again, it knows the later order.
const listProviderOrdersSql = statement<{ id: OrderId; provider_order: string | null }>(
  "orders.listProviderOrders",
  `select o.id,
          case when not exists (
            select from attempts later
              join attempts own on own.provider_id = later.provider_id
                               and own.provider_order = later.provider_order
             where own.account_id = o.account_id and own.order_id = o.id
               and own.provider_id = o.provider_id and own.provider_order = o.provider_order
               and later.order_id <> o.id and later.number_reuse > own.number_reuse)
          then o.provider_order end as provider_order
     from unnest($1::bigint[], $2::bigint[]) as i (account_id, id)
     join orders o on o.account_id = i.account_id and o.id = i.id`,
);

/** The providers' numbers of these orders, as far as they exist. */
export async function listProviderOrders(
  db: Queryable,
  keys: readonly { readonly account_id: AccountId; readonly order_id: OrderId }[],
): Promise<ReadonlyMap<OrderId, string>> {
  const rows = await listProviderOrdersSql.all(
    db,
    arrayText(keys.map((key) => key.account_id)),
    arrayText(keys.map((key) => key.order_id)),
  );
  return new Map(
    rows.flatMap(({ id, provider_order }): [OrderId, string][] =>
      provider_order === null ? [] : [[id, provider_order]],
    ),
  );
}

/** The next step of a leased refill. Without `inSeconds` nothing more is due for it by itself. */
export type RefillStep = {
  readonly status: RefillStatus;
  readonly attempts: number;
  readonly inSeconds?: number;
  readonly providerRefill?: string | undefined;
  readonly answer?: string;
  readonly reason?: RefillReason;
};

const stepRefillSql = statement(
  "orders.stepRefill",
  `update refills
      set status = $4::text, attempts = $5::integer, lease = null,
          due_at = panel_now() + $6::double precision * interval '1 second',
          provider_refill = coalesce($7::text, provider_refill),
          answer = coalesce($8::text, answer), reason = $9::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint and lease = $3::uuid
      and status in ('pending', 'in_progress')`,
);

/**
 * Ends the lease of a refill. Does nothing where the lease was lost or staff settled the refill
 * meanwhile. The order is locked.
 */
export async function stepRefill(
  tx: Tx,
  refill: Pick<DueRefill, "account_id" | "id">,
  lease: string,
  step: RefillStep,
): Promise<void> {
  const { status, attempts, inSeconds, providerRefill, answer, reason } = step;
  await stepRefillSql.run(
    tx,
    refill.account_id,
    refill.id,
    lease,
    status,
    attempts,
    inSeconds,
    providerRefill,
    answer,
    reason,
  );
}

/** The next step of a leased cancel. */
export type CancelStep = {
  readonly status: CancelStatus;
  readonly attempts: number;
  readonly isSent: boolean;
  /** `"deadline"`: nothing is due before that. */
  readonly inSeconds?: number | "deadline";
  readonly answer?: string;
  readonly reason?: CancelReason;
};

const stepCancelSql = statement(
  "orders.stepCancel",
  `update cancels
      set status = $4::text, attempts = $5::integer, lease = null,
          sent_at = case when $6::boolean then coalesce(sent_at, panel_now()) end,
          due_at = case when $8::boolean then deadline_at
                        else panel_now() + $7::double precision * interval '1 second' end,
          answer = coalesce($9::text, answer), reason = $10::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint and lease = $3::uuid
      and status = 'pending'`,
);

/**
 * Ends the lease of a cancel. Does nothing where the lease was lost or the cancel was settled
 * meanwhile. The order is locked.
 */
export async function stepCancel(
  tx: Tx,
  cancel: Pick<DueCancel, "account_id" | "id">,
  lease: string,
  step: CancelStep,
): Promise<void> {
  const { status, attempts, isSent, inSeconds, answer, reason } = step;
  await stepCancelSql.run(
    tx,
    cancel.account_id,
    cancel.id,
    lease,
    status,
    attempts,
    isSent,
    typeof inSeconds === "number" ? inSeconds : null,
    inSeconds === "deadline",
    answer,
    reason,
  );
}

const moveCancelSql = statement(
  "orders.moveCancel",
  `update cancels
      set provider_id = $4::bigint, due_at = panel_now(), lease = null
    where account_id = $1::bigint and id = $2::bigint and lease = $3::uuid`,
);

/** The order went to another provider before any took it. The request goes with it. */
export async function moveCancel(
  tx: Tx,
  cancel: Pick<DueCancel, "account_id" | "id">,
  lease: string,
  providerId: ProviderId,
): Promise<void> {
  await moveCancelSql.run(tx, cancel.account_id, cancel.id, lease, providerId);
}

const findRefillHolderSql = statement<{ order_id: OrderId }>(
  "orders.findRefillHolder",
  `select order_id
     from refills
    where provider_id = $1::bigint and provider_refill = $2::text and order_id <> $3::bigint
    limit 1`,
);

/** The other order whose refill a provider knows under this number, if there is one. */
export async function findRefillHolder(
  db: Queryable,
  providerId: ProviderId,
  providerRefill: string,
  orderId: OrderId,
): Promise<OrderId | undefined> {
  return (await findRefillHolderSql.maybe(db, providerId, providerRefill, orderId))?.order_id;
}
