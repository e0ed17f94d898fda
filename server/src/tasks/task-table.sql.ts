import { randomUUID } from "node:crypto";
import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";

/** Something that is due for an order, held by the worker that knows `lease`. */
export type Task<Id extends number = OrderId> = {
  readonly accountId: AccountId;
  readonly orderId: Id;
  /** How often it has been leased since it took this kind. */
  readonly attempts: number;
  readonly lease: string;
};

/** A task as it is stored. */
export type TaskRow<Kind extends string> = {
  readonly kind: Kind;
  readonly due_at: Date;
  readonly attempts: number;
  readonly is_leased: boolean;
};

/** A table of tasks: what it and its columns are named. */
export type TaskNames = {
  /** The prefix of its statements' names. */
  readonly statements: string;
  readonly table: string;
  /** The column with the order's id. */
  readonly id: string;
  /** The columns of its primary key. */
  readonly key: string;
  /** The type of the column `kind`. */
  readonly kind: string;
  /** The columns that are reset when a task begins anew. */
  readonly anew: string;
};

/** How long a leased task belongs to its worker without a heartbeat. */
export const leaseSeconds = 60;

/** Takes due tasks, oldest first, skipping those that another worker is taking at this moment. */
export function leaseText({ table, id, kind }: TaskNames, ...columns: readonly string[]): string {
  const returned = ["attempts", ...columns].map((column) => `t.${column}`).join(", ");
  return `update ${table} t
      set due_at = panel_now() + $5::integer * interval '1 second',
          lease = $4::uuid,
          attempts = t.attempts + 1
     from (select account_id, ${id}
             from ${table}
            where provider_id = $1::bigint and kind = $2::${kind} and due_at <= panel_now()
            order by due_at
            limit $3::integer
              for update skip locked) due
    where t.account_id = due.account_id and t.${id} = due.${id}
    returning t.account_id, t.${id} as order_id, ${returned}`;
}

// Jumps from one provider and kind to the next along the index of what is due, and looks at the
// earliest task of each. Its cost does not grow with the tasks, and a provider without any costs
// nothing.
const listDueText = ({ table }: TaskNames) => `with recursive first as (
     (select provider_id, kind, due_at
        from ${table}
       order by provider_id, kind, due_at
       limit 1)
     union all
     select next.provider_id, next.kind, next.due_at
       from first
      cross join lateral (
            select t.provider_id, t.kind, t.due_at
              from ${table} t
             where (t.provider_id, t.kind) > (first.provider_id, first.kind)
             order by t.provider_id, t.kind, t.due_at
             limit 1) next
   )
   select provider_id, kind
     from first
    where due_at <= panel_now()`;

const extendText = ({ table, id }: TaskNames) => `update ${table} t
      set due_at = panel_now() + $4::integer * interval '1 second'
     from unnest($1::bigint[], $2::bigint[]) as held (account_id, id)
    where t.account_id = held.account_id and t.${id} = held.id and t.lease = $3::uuid`;

const holdText = ({ table, id }: TaskNames) => `select 1
     from ${table}
    where account_id = $1::bigint and ${id} = $2::bigint and lease = $3::uuid
      for update`;

const rescheduleText = ({ table, id, kind }: TaskNames) => `update ${table}
      set kind = $4::${kind}, lease = null,
          attempts = case when kind = $4::${kind} then attempts else 0 end,
          due_at = panel_now() + $5::double precision * interval '1 second'
    where account_id = $1::bigint and ${id} = $2::bigint and lease = $3::uuid`;

const giveBackText = ({ table, id }: TaskNames) => `update ${table} t
      set lease = null, attempts = greatest(t.attempts - 1, 0),
          due_at = panel_now() + $4::double precision * interval '1 second'
     from unnest($1::bigint[], $2::bigint[]) as held (account_id, id)
    where t.account_id = held.account_id and t.${id} = held.id and t.lease = $3::uuid`;

const setText = ({ table, id, key, kind, anew }: TaskNames) => `insert into ${table}
     (account_id, ${id}, provider_id, kind, due_at)
   values ($1::bigint, $2::bigint, $3::bigint, $4::${kind},
           panel_now() + $5::double precision * interval '1 second')
   on conflict (${key}) do update
      set provider_id = excluded.provider_id, kind = excluded.kind, due_at = excluded.due_at,
          ${anew}`;

const lockText = ({ table, id }: TaskNames) =>
  `select kind, due_at, attempts, lease is not null as is_leased
     from ${table}
    where account_id = $1::bigint and ${id} = $2::bigint
      for update`;

const deleteText = ({ table, id }: TaskNames) =>
  `delete from ${table} where account_id = $1::bigint and ${id} = $2::bigint`;

type LeasedRow<Id> = { account_id: AccountId; order_id: Id; attempts: number };

/** What can be done with a table of tasks. Orders and product orders have one each. */
export type TaskTable<Id extends number, Kind extends string> = ReturnType<
  typeof taskTable<Id, Kind>
>;

/** The functions of one table of tasks, each with a statement of its own. */
export function taskTable<Id extends number, Kind extends string>(names: TaskNames) {
  const named = (what: string) => `${names.statements}.${what}`;
  const leaseSql = statement<LeasedRow<Id>>(named("lease"), leaseText(names));
  const listDueSql = statement<{ provider_id: ProviderId; kind: Kind }>(
    named("listDue"),
    listDueText(names),
  );
  const extendSql = statement(named("extend"), extendText(names));
  const holdSql = statement(named("hold"), holdText(names));
  const rescheduleSql = statement(named("reschedule"), rescheduleText(names));
  const giveBackSql = statement(named("giveBack"), giveBackText(names));
  const setSql = statement(named("set"), setText(names));
  const lockSql = statement<TaskRow<Kind>>(named("lock"), lockText(names));
  const deleteSql = statement(named("delete"), deleteText(names));
  return {
    /**
     * Takes up to `limit` due tasks of a provider under one new lease, oldest first; tasks that
     * another worker is taking are skipped. A worker that dies leaves them due again when the lease
     * ends.
     */
    async lease(
      db: Queryable,
      { providerId, kind, limit }: { providerId: ProviderId; kind: Kind; limit: number },
    ): Promise<Task<Id>[]> {
      const lease = randomUUID();
      const rows = await leaseSql.all(db, providerId, kind, limit, lease, leaseSeconds);
      return rows.map((row) => ({
        accountId: row.account_id,
        orderId: row.order_id,
        attempts: row.attempts,
        lease,
      }));
    },

    /**
     * Lists the providers for which something is due, and of which kind. Runs on the hot pool,
     * because the look-up is by key.
     */
    async listDue(
      db: Queryable,
    ): Promise<readonly { readonly providerId: ProviderId; readonly kind: Kind }[]> {
      const rows = await listDueSql.all(db);
      return rows.map((row) => ({ providerId: row.provider_id, kind: row.kind }));
    },

    /** Keeps a lease alive: the heartbeat of a worker whose calls take long. */
    async extend(db: Queryable, tasks: readonly Task<Id>[], lease: string): Promise<void> {
      await extendSql.run(db, ...pairs(tasks), lease, leaseSeconds);
    },

    /** Locks a task that is still ours, after its order; false where the lease was lost. */
    async hold(tx: Tx, task: Task<Id>): Promise<boolean> {
      return (await holdSql.run(tx, task.accountId, task.orderId, task.lease)) === 1;
    },

    /**
     * Ends a lease and sets what is due next, in `inSeconds`. Does nothing where the lease was lost.
     */
    async reschedule(db: Queryable, task: Task<Id>, kind: Kind, inSeconds: number): Promise<void> {
      await rescheduleSql.run(db, task.accountId, task.orderId, task.lease, kind, inSeconds);
    },

    /** Gives back leased tasks that were not worked on, as if they had never been leased. */
    async giveBack(db: Queryable, tasks: readonly Task<Id>[], inSeconds: number): Promise<void> {
      const [first] = tasks;
      if (first === undefined) return;
      await giveBackSql.run(db, ...pairs(tasks), first.lease, inSeconds);
    },

    /**
     * Sets what is due for an order, whatever was due before, and ends every lease. The order is new
     * or locked.
     */
    async set(
      tx: Tx,
      task: {
        accountId: AccountId;
        orderId: Id;
        providerId: ProviderId;
        kind: Kind;
        inSeconds: number;
      },
    ): Promise<void> {
      const { accountId, orderId, providerId, kind, inSeconds } = task;
      await setSql.run(tx, accountId, orderId, providerId, kind, inSeconds);
    },

    /**
     * Locks the task of a locked order: no worker begins anything for the order until the
     * transaction ends.
     */
    lock(tx: Tx, accountId: AccountId, orderId: Id): Promise<TaskRow<Kind> | undefined> {
      return lockSql.maybe(tx, accountId, orderId);
    },

    /** Removes what is due for the order, whoever holds the lease. */
    async delete(tx: Tx, accountId: AccountId, orderId: Id): Promise<void> {
      await deleteSql.run(tx, accountId, orderId);
    },
  };
}

function pairs(tasks: readonly Task<number>[]): [string, string] {
  return [
    arrayText(tasks.map((task) => task.accountId)),
    arrayText(tasks.map((task) => task.orderId)),
  ];
}
