import type { Client } from "pg";

export const keyOf = (customer: number): string => `bench-key-${customer}`;

/** What the benchmark's shop holds. Customer 1 is the hot one. */
export type ShopSize = {
  readonly customers: number;
  readonly services: number;
  readonly orders: number;
  /** Rates of their own for each of the customers above the first. */
  readonly customRates: number;
};

/**
 * Fills an empty, migrated database as its owner, in a few large statements. The ledger of what it
 * makes is in order: every order has its charge, every balance follows.
 */
export async function fillShop(owner: Client, size: ShopSize): Promise<void> {
  const run = (text: string) => owner.query(text);
  await run(
    `insert into accounts (currency) select 'USD' from generate_series(1, ${size.customers})`,
  );
  await run(`insert into customers (account_id, email)
             select id, 'bench' || id || '@example.com' from accounts`);
  await run(`insert into api_keys (account_id, key_hash, hint, scopes, rate_limit)
             select id, sha256(('bench-key-' || id)::bytea), 'bench', '{read,order}', 0
               from accounts`);
  await run(`insert into categories (name, position)
             select 'Category ' || n, n from generate_series(1, 100) n`);
  await run(`insert into services (category_id, name, type, rate, min, max, refill, cancel,
                                   description, provider_id, version, position)
             select 1 + n % 100,
                    'Followers 💎 [Max: 500K] [Start Time: 0 - 24 Hours] [Refill: 30 Days] ' || n,
                    'Default', 0.5 + (n % 1000) / 1000.0, 10, 1000000, true, true, '', 2, 2, n
               from generate_series(1, ${size.services}) n`);
  await run(`insert into custom_rates (account_id, service_id, fixed)
             select a.id, 1 + (a.id * 37 + n * 101) % ${size.services}, 0.4
               from accounts a, generate_series(1, ${size.customRates}) n
              where a.id > 1
             on conflict do nothing`);
  await run("update catalog_state set version = 2");
  await run(`insert into postings (account_id, seq, kind, counter, direction, amount,
                                   balance_after, balance_floor, idempotency_key)
             select id, 1, 'deposit', 'cash', 1, 1000000000, 1000000000, 0, 'bench' from accounts`);
  await fillOrders(owner, size, 0, size.orders);
  await run("select setval('order_ids', greatest(1, (select count(*) from orders)))");
}

/** Orders `from` + 1 to `to`, spread over the customers, each with its posting. */
async function fillOrders(owner: Client, size: ShopSize, from: number, to: number): Promise<void> {
  const step = 1_000_000;
  for (let start = from; start < to; start += step) {
    const end = Math.min(start + step, to);
    await owner.query(
      `insert into orders (account_id, id, service_id, provider_id, quantity, remains, start_count,
                           status, rate, charge, link, provider_order)
       select 1 + n % ${size.customers}, n, 1 + n % ${size.services}, 2, 1000, 0, 500, 'completed',
              0.9, 0.9, 'https://example.com/post/' || n, 'p' || n
         from generate_series(${start + 1}, ${end}) n`,
    );
    await owner.query(
      `insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                             balance_after, balance_floor, idempotency_key)
       select 1 + n % ${size.customers}, 1 + place, n, 'charge', 'revenue', -1, 0.9,
              1000000000 - 0.9 * place, 0, 'order:' || n || ':charge'
         from (select n, n / ${size.customers} + (n % ${size.customers} > 0)::integer as place
                 from generate_series(${start + 1}, ${end}) n) numbered`,
    );
  }
  await owner.query("vacuum analyze");
}
