import { randomUUID } from "node:crypto";
import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";
import { leaseText, leaseSeconds } from "./task-table.sql.ts";
import type { Task } from "./task-table.sql.ts";
import { orderTaskNames } from "./tasks.sql.ts";

// Tasks in batches: an order is asked about hundreds of times, so nothing here may take one
// statement per order.

/** A leased task to ask for the state of an order. */
export type PollTask = Task & {
  /** How often in a row the provider's answer made no sense. */
  readonly misses: number;
};

const leaseSql = statement<{
  account_id: AccountId;
  order_id: OrderId;
  attempts: number;
  misses: number;
}>("tasks.leasePolls", leaseText(orderTaskNames, "misses"));

/** Takes up to `limit` orders of a provider that are due for a poll, as `leaseTasks` does. */
export async function leasePolls(
  db: Queryable,
  { providerId, limit }: { providerId: ProviderId; limit: number },
): Promise<PollTask[]> {
  const lease = randomUUID();
  const rows = await leaseSql.all(db, providerId, "poll", limit, lease, leaseSeconds);
  return rows.map((row) => ({
    accountId: row.account_id,
    orderId: row.order_id,
    attempts: row.attempts,
    misses: row.misses,
    lease,
  }));
}

const holdSql = statement<{ order_id: OrderId }>(
  "tasks.holdPolls",
  `select t.order_id
     from unnest($1::bigint[], $2::bigint[]) as held (account_id, order_id)
     join tasks t on t.account_id = held.account_id and t.order_id = held.order_id
    where t.lease = $3::uuid
    order by t.account_id, t.order_id
      for update of t`,
);

/** Locks the tasks that are still ours under this lease, after their orders; returns which. */
export async function holdPolls(
  tx: Tx,
  lease: string,
  keys: readonly { readonly accountId: AccountId; readonly orderId: OrderId }[],
): Promise<ReadonlySet<OrderId>> {
  const rows = await holdSql.all(
    tx,
    arrayText(keys.map((key) => key.accountId)),
    arrayText(keys.map((key) => key.orderId)),
    lease,
  );
  return new Set(rows.map((row) => row.order_id));
}

/** When an order is asked about again. */
export type NextPoll = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly inSeconds: number;
  readonly misses: number;
};

// Orders that were placed together would be asked about together for ever, so the time varies by a
// tenth either way.
const rescheduleSql = statement(
  "tasks.reschedulePolls",
  `update tasks t
      set lease = null, misses = i.misses,
          due_at = panel_now() + i.seconds * (0.9 + 0.2 * random()) * interval '1 second'
     from unnest($1::bigint[], $2::bigint[], $4::double precision[], $5::integer[])
          as i (account_id, order_id, seconds, misses)
    where t.account_id = i.account_id and t.order_id = i.order_id and t.lease = $3::uuid`,
);

/** Ends the leases and sets when to ask again, in one statement; lost leases are skipped. */
export async function reschedulePolls(
  db: Queryable,
  lease: string,
  polls: readonly NextPoll[],
): Promise<void> {
  if (polls.length === 0) return;
  await rescheduleSql.run(
    db,
    arrayText(polls.map((poll) => poll.accountId)),
    arrayText(polls.map((poll) => poll.orderId)),
    lease,
    polls.map((poll) => poll.inSeconds),
    arrayText(polls.map((poll) => poll.misses)),
  );
}

const deleteSql = statement(
  "tasks.deleteMany",
  `delete from tasks t
    using unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
    where t.account_id = i.account_id and t.order_id = i.order_id`,
);

/** Nothing is due for these orders any more, whoever held the leases. */
export async function deleteTasks(
  db: Queryable,
  keys: readonly { readonly accountId: AccountId; readonly orderId: OrderId }[],
): Promise<void> {
  await deleteSql.run(
    db,
    arrayText(keys.map((key) => key.accountId)),
    arrayText(keys.map((key) => key.orderId)),
  );
}
