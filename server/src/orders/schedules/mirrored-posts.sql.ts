import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

/** An order that a provider made for a subscription and that has no order here yet. */
export type OpenPost = {
  readonly provider_order: string;
  readonly status: "new" | "unclear" | "waiting";
  /** Known where the post waits for its order. */
  readonly quantity: number | null;
  readonly problem: string | null;
  readonly tries: number;
};

/** How many posts are handled at a time. The others come with the next answer. */
const postsAtOnce = 100;

// A number that another order of ours carries was not made for this subscription, whatever the
// provider says.
const noteSql = statement(
  "orders.noteMirroredPosts",
  `insert into mirrored_posts (provider_id, provider_order, account_id, order_id)
   select $3::bigint, i.id, $1::bigint, $2::bigint
     from unnest($4::text[]) with ordinality as i (id, n)
    where not exists (select from attempts a
                       where a.provider_id = $3::bigint and a.provider_order = i.id)
    order by i.n
   on conflict do nothing`,
);

/** Records the orders that a provider says it made for a locked subscription, each of them once. */
export async function noteMirroredPosts(
  tx: Tx,
  key: Key,
  providerId: ProviderId,
  providerOrders: readonly string[],
): Promise<void> {
  if (providerOrders.length === 0) return;
  await noteSql.run(tx, key.accountId, key.orderId, providerId, providerOrders);
}

const listUnknownSql = statement<{ provider_order: string }>(
  "orders.listUnknownPosts",
  `select i.id as provider_order
     from unnest($4::text[]) with ordinality as i (id, n)
    where not exists (select from attempts a
                       where a.provider_id = $3::bigint and a.provider_order = i.id)
      and not exists (select from mirrored_posts m
                       where m.provider_id = $3::bigint and m.provider_order = i.id
                         and (m.status not in ('new', 'unclear')
                              or m.account_id <> $1::bigint or m.order_id <> $2::bigint))
    order by i.n
    limit $5::integer`,
);

/** Those of the provider's numbers whose quantity is unknown, as far as they are asked about. */
export async function listUnknownPosts(
  db: Queryable,
  key: Key,
  providerId: ProviderId,
  providerOrders: readonly string[],
): Promise<string[]> {
  const { accountId, orderId } = key;
  const open = await listOpenPosts(db, key);
  const undecided = open.filter(({ status }) => status !== "waiting");
  const all = [...new Set([...undecided.map((post) => post.provider_order), ...providerOrders])];
  if (all.length === 0) return [];
  const rows = await listUnknownSql.all(db, accountId, orderId, providerId, all, postsAtOnce);
  return rows.map((row) => row.provider_order);
}

const listOpenSql = statement<OpenPost>(
  "orders.listOpenPosts",
  `select provider_order, status, quantity, problem, tries
     from mirrored_posts
    where account_id = $1::bigint and order_id = $2::bigint
      and status in ('new', 'unclear', 'waiting')
    order by number
    limit $3::integer`,
);

/** The posts of a subscription that have no order yet, in their order. */
export function listOpenPosts(db: Queryable, key: Key): Promise<OpenPost[]> {
  return listOpenSql.all(db, key.accountId, key.orderId, postsAtOnce);
}

const findOpenSql = statement<OpenPost>(
  "orders.findOpenPost",
  `select provider_order, status, quantity, problem, tries
     from mirrored_posts
    where account_id = $1::bigint and order_id = $2::bigint and provider_order = $3::text
      and status in ('new', 'unclear', 'waiting')`,
);

/** One post of a locked subscription, if it has no order yet. */
export function findOpenPost(
  tx: Tx,
  key: Key,
  providerOrder: string,
): Promise<OpenPost | undefined> {
  return findOpenSql.maybe(tx, key.accountId, key.orderId, providerOrder);
}

const stepSql = statement(
  "orders.stepMirroredPost",
  `update mirrored_posts
      set status = $4::text, quantity = $5::bigint, problem = $6::text, tries = $7::integer,
          run = $8::integer
    where account_id = $1::bigint and order_id = $2::bigint and provider_order = $3::text
      and status not in ('ordered', 'void')`,
);

/** The next step of a post of a locked subscription. `run`: the number of its order here. */
export type PostStep =
  | { readonly status: "new" | "unclear"; readonly problem: string; readonly tries: number }
  | { readonly status: "waiting"; readonly quantity: number }
  | { readonly status: "ordered"; readonly quantity: number; readonly run: number }
  | { readonly status: "void" };

/** Records the next step of a post of a locked subscription. */
export async function stepMirroredPost(
  tx: Tx,
  key: Key,
  providerOrder: string,
  step: PostStep,
): Promise<void> {
  await stepSql.run(
    tx,
    key.accountId,
    key.orderId,
    providerOrder,
    step.status,
    "quantity" in step ? step.quantity : null,
    "problem" in step ? step.problem : null,
    "tries" in step ? step.tries : 0,
    "run" in step ? step.run : null,
  );
}

const tallySql = statement<{ run: number }>(
  "orders.findLastRun",
  `select coalesce(max(run), 0) as run
     from orders
    where account_id = $1::bigint and parent_id = $2::bigint`,
);

/** The number of the last order that a subscription made. */
export async function findLastRun(db: Queryable, key: Key): Promise<number> {
  return (await tallySql.one(db, key.accountId, key.orderId)).run;
}

const listLastSql = statement<{ id: OrderId }>(
  "orders.listLastRuns",
  `select id
     from (select id, run
             from orders
            where account_id = $1::bigint and parent_id = $2::bigint
            order by run desc
            limit $3::integer) newest
    order by run`,
);

/** The newest orders that a subscription made, by their number. */
export async function listLastRuns(db: Queryable, key: Key, limit: number): Promise<OrderId[]> {
  return (await listLastSql.all(db, key.accountId, key.orderId, limit)).map((row) => row.id);
}
