import type { Client } from "pg";
import { isRetryable } from "#database/transaction.ts";

/** Orders on their way, spread over the customers of a filled shop, each with its charge. */
export type UpstreamOrders = {
  readonly count: number;
  readonly customers: number;
  readonly provider: string;
  /** `send`: pending and due now. `poll`: taken a day ago as 1, 2, 3 …, and not due. */
  readonly task: "send" | "poll";
};

/** Makes the orders as the owner of the tables, in a few large statements. */
export async function fillUpstreamOrders(owner: Client, orders: UpstreamOrders): Promise<void> {
  const { count, customers, provider, task } = orders;
  const taken = task === "poll";
  await owner.query(
    `insert into orders (account_id, id, service_id, provider_id, quantity, remains, status, rate,
                         charge, cost, link, provider_service, provider_order, created_at)
     select 1 + n % ${customers}, nextval('order_ids'), 1 + n % 1000, p.id, 1000, 1000, 'pending',
            0.9, 0.9, 0.45, 'https://example.com/${task}/' || n, '1',
            ${taken ? "n::text" : "null"}, panel_now() - ${taken ? "interval '1 day'" : "interval '0'"}
       from providers p, generate_series(1, ${count}) n
      where p.name = '${provider}'`,
  );
  await owner.query(
    `insert into tasks (account_id, order_id, provider_id, due_at, kind)
     select o.account_id, o.id, o.provider_id,
            panel_now() + ${taken ? "interval '1 hour'" : "interval '0'"}, '${task}'
       from orders o
      where o.link like 'https://example.com/${task}/%'`,
  );
  await owner.query(
    `insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                           balance_after, balance_floor, idempotency_key)
     select o.account_id, last.seq + o.place, o.id, 'charge', 'revenue', -1, 0.9,
            last.balance_after - 0.9 * o.place, 0, 'order:' || o.id || ':charge'
       from (select account_id, id, row_number() over (partition by account_id order by id) as place
               from orders
              where link like 'https://example.com/${task}/%') o
       join (select distinct on (account_id) account_id, seq, balance_after
               from postings order by account_id, seq desc) last
         on last.account_id = o.account_id`,
  );
  await owner.query("vacuum analyze");
}

/** Makes every order of a provider due to be asked for. */
export async function makePollsDue(owner: Client): Promise<void> {
  // In one order, and anew where the panel, which is still rescheduling some, was in the way.
  for (let attempt = 1; ; attempt++) {
    try {
      await owner.query(
        `update tasks t
            set due_at = panel_now()
           from (select order_id, account_id
                   from tasks
                  where kind = 'poll'
                  order by account_id, order_id
                    for update) due
          where t.order_id = due.order_id and t.account_id = due.account_id`,
      );
      return;
    } catch (error) {
      if (!isRetryable(error) || attempt === 10) throw error;
    }
  }
}

/** How many orders have this much left to deliver. */
export async function countOrders(owner: Client, remains: number): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    "select count(*)::integer as n from orders where remains = $1",
    [remains],
  );
  return rows[0]?.n ?? 0;
}

/** How many tasks of a kind there are, those that a worker holds included. */
export async function countTasks(
  owner: Client,
  kind: "send" | "poll",
  isHeld?: true,
): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    `select count(*)::integer as n from tasks
      where kind = $1::text::task_kind ${isHeld === true ? "and lease is not null" : ""}`,
    [kind],
  );
  return rows[0]?.n ?? 0;
}
