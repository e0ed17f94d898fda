import { verifyLedger } from "#ledger/verify-ledger.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { proveParents } from "./prove-parents.ts";
import type { World } from "./world.ts";

const shownMax = 5;

/** Each query finds what must not exist; `what` describes a row. */
const checks: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "an order that has ended has something due",
    sql: `select o.id, o.status, t.kind
            from orders o join tasks t on t.account_id = o.account_id and t.order_id = o.id
           where o.status in ('completed', 'partial', 'canceled') and t.kind <> 'run'`,
  },
  {
    what: "an order that has ended has an open cancel",
    sql: `select o.id, o.status
            from orders o join cancels c on c.account_id = o.account_id and c.order_id = o.id
           where o.status in ('completed', 'partial', 'canceled') and c.status = 'pending'`,
  },
  {
    what: "an order that has ended lies on the desk",
    sql: `select o.id, o.status, d.reason
            from orders o join desk_entries d on d.account_id = o.account_id and d.order_id = o.id
           where o.status in ('completed', 'partial', 'canceled') and d.closed_at is null
             and d.reason not in ('unknown', 'accepted_late', 'cost_unclear')`,
  },
  {
    what: "nobody will look at an order again",
    sql: `select o.id, o.status, o.source
            from orders o
           where o.status not in ('completed', 'partial', 'canceled') and o.held is null
             and o.id <> all ($1::bigint[])
             and not exists (select from tasks t
                              where t.account_id = o.account_id and t.order_id = o.id)
             and not exists (select from desk_entries d
                              where d.account_id = o.account_id and d.order_id = o.id
                                and d.closed_at is null)
             and coalesce((select a.outcome <> 'by_hand' from attempts a
                            where a.account_id = o.account_id and a.order_id = o.id
                            order by a.number desc limit 1), true)`,
  },
  {
    what: "a held order has something due",
    sql: `select o.id from orders o
            join tasks t on t.account_id = o.account_id and t.order_id = o.id
           where o.held is not null`,
  },
  {
    what: "one number of a provider for two orders",
    sql: `select provider_id, provider_order, array_agg(id) as orders
            from orders where provider_order is not null
           group by provider_id, provider_order having count(*) > 1`,
  },
  {
    what: "a call that nobody is making has no end",
    sql: "select order_id, number from attempts where outcome is null",
  },
  {
    what: "play that is not in the sandbox",
    sql: `select o.id from orders o
            join accounts a on a.id = o.account_id
            join providers p on p.id = o.provider_id
           where a.kind = 'test' and p.name <> 'sandbox'`,
  },
  {
    what: "events are missing",
    sql: `select s.account_id, count(e.seq) as events, max(e.seq) as last
            from event_streams s left join events e on e.account_id = s.account_id
           group by s.account_id, s.base_seq
          having count(e.seq) <> coalesce(max(e.seq), s.base_seq) - s.base_seq`,
  },
  {
    what: "an order stands elsewhere than its last change says",
    sql: `select o.id, o.status, c.status as said
            from orders o
            join lateral (select c.status, c.remains, c.refunded, c.start_count
                            from order_changes c
                           where c.account_id = o.account_id and c.order_id = o.id
                           order by c.id desc limit 1) c on true
           where (o.status, o.remains, o.refunded, o.start_count)
                 is distinct from (c.status, c.remains, c.refunded, c.start_count)`,
  },
  {
    what: "an order moved without a change",
    sql: `select o.id, o.status from orders o
           where (o.status <> 'pending' or o.remains <> o.quantity or o.refunded <> 0)
             and not exists (select from order_changes c
                              where c.account_id = o.account_id and c.order_id = o.id)`,
  },
];

/** Everything that is wrong in the whole panel, in words. */
export async function proveWhole(world: World): Promise<string[]> {
  const { ctx, memory } = world;
  const faults: string[] = [];
  const { drifts } = await verifyLedger(ctx);
  faults.push(...drifts.map((drift) => `the ledger drifts: ${JSON.stringify(drift)}`));
  for (const { what, sql } of checks) {
    const values = sql.includes("$1") ? [[...memory.byHand]] : [];
    const { rows } = await ctx.db.query<object>(`${sql} limit ${shownMax}`, values);
    faults.push(...rows.map((row) => `${what}: ${JSON.stringify(row)}`));
  }
  faults.push(...(await proveParents(world, undefined)));
  faults.push(...(await proveBooks(world)));
  return faults;
}

/** Nothing was bought twice, and every known number belongs to the right order. */
async function proveBooks(world: World): Promise<string[]> {
  const { sly } = world;
  const faults: string[] = [];
  const ours = new Map<string, number>();
  for (const { id, provider_id: providerId, provider_order: number, link } of await listBought(
    world,
  )) {
    ours.set(link, (ours.get(link) ?? 0) + 1);
    const book = sly.get(providerId);
    if (number === null || book === undefined) continue;
    const there = book.orders.get(number);
    if (there?.link !== link) {
      faults.push(`order ${id} for ${link} is ${number} at ${book.name}: ${there?.link}`);
    }
  }
  const bought = new Map<string, number>();
  for (const book of sly.values()) {
    for (const { link } of book.orders.values()) bought.set(link, (bought.get(link) ?? 0) + 1);
  }
  for (const [link, times] of bought) {
    const orders = ours.get(link) ?? 0;
    if (times > orders) faults.push(`${link} was bought ${times} times for ${orders} orders`);
  }
  return faults;
}

const statusOfEnd = { Completed: "completed", Partial: "partial", Canceled: "canceled" } as const;

/**
 * After everything has ended: every real purchase is known here, and ended here as it did there.
 * None of the lies is a legal end. Orders that people moved stay where they put them.
 */
export async function proveTruth(world: World): Promise<string[]> {
  const { sly, memory } = world;
  const faults: string[] = [];
  const known = new Set<string>();
  const touched = new Set<string>();
  const orders = await listBought(world);
  for (const { id, provider_id: providerId, provider_order: number, link, status } of orders) {
    if (memory.byHand.has(id)) touched.add(link);
    const there = number === null ? undefined : sly.get(providerId)?.orders.get(number);
    if (there === undefined) continue;
    known.add(`${providerId} ${number}`);
    if (memory.byHand.has(id) || there.isCancelTaken) continue;
    if (status !== statusOfEnd[there.end]) {
      faults.push(`order ${id} is ${status} here, and ${there.end} at its provider`);
    }
  }
  for (const [providerId, book] of sly) {
    for (const { number, link } of book.orders.values()) {
      if (known.has(`${providerId} ${number}`) || touched.has(link)) continue;
      faults.push(`${link} was bought at ${book.name} as ${number}, and no order knows it`);
    }
  }
  return faults;
}

type Bought = {
  readonly id: OrderId;
  readonly provider_id: ProviderId;
  readonly provider_order: string | null;
  readonly link: string;
  readonly status: OrderStatus;
};

/** Orders that a sly provider may have. */
async function listBought({ ctx, sly }: World): Promise<Bought[]> {
  const { rows } = await ctx.db.query<Bought>(
    `select o.id, o.provider_id, o.provider_order, o.link, o.status
       from orders o
      where o.provider_id = any ($1::bigint[])
         or exists (select from attempts a
                     where a.account_id = o.account_id and a.order_id = o.id
                       and a.provider_id = any ($1::bigint[]))`,
    [[...sly.keys()]],
  );
  return rows;
}
