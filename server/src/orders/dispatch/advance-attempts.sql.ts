import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { OrderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Attempt } from "./attempts.sql.ts";

/** An attempt that is about to be made, and the lease that permits it. */
export type NewAttempt = Pick<
  Attempt,
  | "accountId"
  | "orderId"
  | "number"
  | "providerId"
  | "providerService"
  | "requestId"
  | "expectedCharge"
> & { readonly lease: string };

/** An attempt that the provider accepted. */
export type AcceptedAttempt = Pick<Attempt, "accountId" | "orderId" | "number"> & {
  readonly providerOrder: string;
  readonly lease: string;
};

const advanceSql = statement<{ order_id: OrderId; is_start: boolean }>(
  "orders.advanceAttempts",
  `with done as materialized (
     select d.account_id, d.order_id, d.number, d.provider_order, d.lease,
            row_number() over (partition by d.provider_order order by d.n) = 1 as is_first
       from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::uuid[])
            with ordinality as d (account_id, order_id, number, provider_order, lease, n)
   ),
   locked as materialized (
     select o.account_id, o.id as order_id
       from orders o
       join done d on d.account_id = o.account_id and d.order_id = o.id
      order by o.account_id, o.id
        for no key update of o
   ),
   held as materialized (
     select d.*
       from locked l
       join done d on d.account_id = l.account_id and d.order_id = l.order_id
       join tasks t on t.order_id = d.order_id and t.account_id = d.account_id
                   and t.lease = d.lease
       join attempts m on m.order_id = d.order_id and m.number = d.number
                      and m.account_id = d.account_id
      where d.is_first
        and not exists (select from attempts a
                         where a.provider_id = m.provider_id
                           and a.provider_order = d.provider_order
                           and (a.order_id, a.number) <> (d.order_id, d.number))
        and not exists (select from mirrored_posts p
                         where p.provider_id = m.provider_id
                           and p.provider_order = d.provider_order)
        for update of t
   ),
   noted as (
     update orders o
        set provider_order = h.provider_order, note = null, updated_at = panel_now()
       from held h
      where o.account_id = h.account_id and o.id = h.order_id
   ),
   due as (
     update tasks t
        set kind = 'poll', lease = null, attempts = 0, misses = 0,
            due_at = panel_now() + $6::double precision * interval '1 second'
       from held h
      where t.order_id = h.order_id and t.account_id = h.account_id
   ),
   ended as (
     update attempts a
        set ended_at = panel_now(), outcome = 'accepted', provider_order = h.provider_order,
            number_reuse = 0
       from held h
      where a.order_id = h.order_id and a.number = h.number and a.account_id = h.account_id
        and a.outcome is null
   ),
   starting as materialized (
     select s.*
       from unnest($7::bigint[], $8::bigint[], $9::integer[], $10::bigint[], $11::text[],
                   $12::text[], $13::numeric[], $14::uuid[])
            as s (account_id, order_id, number, provider_id, provider_service, request_id,
                  expected_charge, lease)
       join tasks t on t.order_id = s.order_id and t.account_id = s.account_id
                   and t.lease = s.lease
        for update of t
   ),
   started as (
     insert into attempts (account_id, order_id, number, provider_id, provider_service, request_id,
                           expected_charge)
     select account_id, order_id, number, provider_id, provider_service, request_id,
            expected_charge
       from starting
         on conflict (order_id, number, account_id) do update
            set started_at = excluded.started_at
          where attempts.outcome is null and attempts.request_id = excluded.request_id
     returning order_id
   )
   select order_id, false as is_start from held
   union all
   select order_id, true from started`,
);

/**
 * Records what one provider accepted, with the next task (`poll` in `pollSeconds`), and begins
 * further attempts, in one statement and one commit. Each write needs the lease it names, and an
 * accepted number must not be carried by any other order of ours. Returns which orders were written
 * and which attempts may be made: their rows exist before their calls. Throws where another process
 * is taking a number at this moment. Locks the orders, then their tasks. Meant for connections
 * whose planner looks rows up by key.
 */
export async function advanceAttempts(
  db: Queryable,
  accepted: readonly AcceptedAttempt[],
  starts: readonly NewAttempt[],
  pollSeconds: number,
): Promise<{ written: ReadonlySet<OrderId>; started: ReadonlySet<OrderId> }> {
  const rows = await advanceSql.all(
    db,
    arrayText(accepted.map((attempt) => attempt.accountId)),
    arrayText(accepted.map((attempt) => attempt.orderId)),
    arrayText(accepted.map((attempt) => attempt.number)),
    accepted.map((attempt) => attempt.providerOrder),
    `{${accepted.map((attempt) => attempt.lease).join(",")}}`,
    pollSeconds,
    arrayText(starts.map((attempt) => attempt.accountId)),
    arrayText(starts.map((attempt) => attempt.orderId)),
    arrayText(starts.map((attempt) => attempt.number)),
    arrayText(starts.map((attempt) => attempt.providerId)),
    starts.map((attempt) => attempt.providerService ?? null),
    starts.map((attempt) => attempt.requestId),
    starts.map(({ expectedCharge: sum }) => (sum === undefined ? null : decimalFromAmount(sum))),
    `{${starts.map((attempt) => attempt.lease).join(",")}}`,
  );
  const idsOf = (isStart: boolean) =>
    new Set(rows.filter((row) => row.is_start === isStart).map((row) => row.order_id));
  return { written: idsOf(false), started: idsOf(true) };
}
