import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "#test/run-panel.ts";
import { connect, openPool } from "#database/connection.ts";
import { readConfig } from "#config.ts";
import { setOrder } from "#orders/set-order.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, keys, tryBuy } from "#test/store.ts";
import { openCuttingProxy } from "./cutting-proxy.ts";
import type { Cut, CuttingProxy } from "./cutting-proxy.ts";

// Sets up the shop and proves the ledger; what is asked goes through a panel of its own.
const shop = testPanel();
let proxy: CuttingProxy;
let panel: Panel;
let through: Through;
let service: ServiceId;
let subscriptions: ServiceId;
let env: Record<string, string>;
let names = 0;

/** A panel whose way to the database is cut where a test says so. */
type Through = {
  readonly proxy: CuttingProxy;
  readonly panel: Panel;
  close(): Promise<void>;
};

async function openThrough(): Promise<Through> {
  const proxy = await openCuttingProxy(shop.database.settings, "     commit");
  const pool = openPool(proxy.settings, 4);
  const panel = await openPanel(readConfig(env), { ...shop.database, pool }, ["api"]);
  const close = async () => {
    await panel.close();
    await pool.end();
    await proxy.close();
  };
  return { proxy, panel, close };
}

beforeAll(async () => {
  const sold = { rate: amount("1"), min: 1, max: 100_000, cancel: true, refill: true };
  service = await shop.addService(sold);
  subscriptions = await shop.addService({ rate: amount("1"), type: "Subscriptions", min: 1 });
  env = {
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "silent",
    PANEL_DATA: testDataFolder(shop.database.url),
  };
  // The key file is the shop's.
  await shop.ctx.secrets();
  through = await openThrough();
  ({ panel, proxy } = through);
});
afterEach(() => proxy.openDoor());
afterAll(() => through.close());

type Fields = Readonly<Record<string, string | number>>;

async function ask(
  { key }: TestCustomer,
  fields: Fields,
  { signal, url = panel.url }: { signal?: AbortSignal; url?: string | undefined } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const body = new URLSearchParams({ key });
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  const response = await fetch(`${url ?? ""}/api/v2`, {
    method: "POST",
    body,
    ...(signal && { signal }),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

async function place({ key }: TestCustomer, fields: Fields = {}): Promise<OrderId> {
  const order = { action: "add", service, link: "https://x.example/a", quantity: 10, ...fields };
  return ((await shop.api({ key, ...order })) as { order: OrderId }).order;
}

async function delivered(customer: TestCustomer): Promise<OrderId> {
  const order = await place(customer);
  must(await setOrder(shop.ctx, tester, order, { status: "completed", startCount: 0 }));
  return order;
}

async function rowsOf(table: string, { id }: TestCustomer): Promise<number[]> {
  const { rows } = await shop.ctx.db.query<{ id: number }>(
    `select id from ${table} where account_id = $1 order by id`,
    [id],
  );
  return rows.map((row) => row.id);
}

async function countOf(table: string, { id }: TestCustomer): Promise<number> {
  const text = `select count(*)::int as n from ${table} where account_id = $1`;
  const { rows } = await shop.ctx.db.query<{ n: number }>(text, [id]);
  return rows[0]?.n ?? 0;
}

/** Everything that a customer can have done: what to ask, where it is written, what is answered. */
type Doing = {
  readonly name: string;
  readonly table: string;
  readonly fields: (customer: TestCustomer) => Promise<Fields>;
  readonly answer: (fields: Fields, ids: readonly number[]) => unknown;
};

const doings: Doing[] = [
  {
    name: "refill of one order",
    table: "refills",
    fields: async (customer) => ({ action: "refill", order: await delivered(customer) }),
    answer: (_, [id]) => ({ refill: String(id) }),
  },
  {
    name: "refill of several orders",
    table: "refills",
    fields: async (customer) => {
      const orders = [await delivered(customer), await delivered(customer)];
      return { action: "refill", orders: orders.join(",") };
    },
    answer: ({ orders }, ids) =>
      String(orders)
        .split(",")
        .map((order, n) => ({ order: Number(order), refill: ids[n] })),
  },
  {
    name: "cancel of one order",
    table: "cancels",
    fields: async (customer) => ({ action: "cancel", order: await place(customer) }),
    answer: ({ order }) => ({ order, cancel: 1 }),
  },
  {
    name: "cancel of several orders",
    table: "cancels",
    fields: async (customer) => ({ action: "cancel", orders: await place(customer) }),
    answer: ({ orders }) => [{ order: orders, cancel: 1 }],
  },
  {
    name: "new_post",
    table: "subscription_posts",
    fields: async (customer) => {
      const terms = {
        service: subscriptions,
        username: "anna",
        min: 1,
        max: 2,
        delay: 0,
        posts: 5,
      };
      const order = await place(customer, terms);
      return { action: "new_post", order, link: "https://anna.example/p/1" };
    },
    answer: ({ order }) => ({ order, post: "taken" }),
  },
  {
    name: "claim_product_order",
    table: "product_claims",
    fields: async (customer) => {
      const stock = keys(2, `L${++names}`);
      const product = await addProduct(shop, { warrantyDays: 30, stock });
      const order = await tryBuy(shop, customer.key, product);
      return { action: "claim_product_order", order, reason: "does not work" };
    },
    answer: (_, [id]) => ({ claim: id }),
  },
];

const idsOf = (table: string, customer: TestCustomer) =>
  table === "subscription_posts" ? Promise.resolve([]) : rowsOf(table, customer);

describe.each(doings)("$name", ({ table, fields, answer }) => {
  test.each<[Cut]>([["answer"], ["request"], ["both"]])(
    "where the %s is lost in the moment of the commit, is done once and answered",
    async (cut) => {
      const customer = await shop.addCustomer();
      const request = await fields(customer);
      const before = proxy.cuts();
      proxy.cutNext(cut);

      const said = await ask(customer, request);

      expect(proxy.cuts()).toBe(before + 1);
      expect(said).toEqual(answer(request, await idsOf(table, customer)));
      expect(await countOf(table, customer)).toBe(
        String(request["orders"] ?? "").split(",").length,
      );
    },
  );

  test("asked again with its request id answers the same, and another request is refused", async () => {
    const customer = await shop.addCustomer();
    const request = { ...(await fields(customer)), request_id: "mine" };
    proxy.cutNext("answer");
    const said = await ask(customer, request);
    expect(said).toEqual(answer(request, await idsOf(table, customer)));

    expect(await ask(customer, request)).toEqual(said);
    const other = { ...(await fields(customer)), request_id: "mine" };
    expect(await ask(customer, other)).toEqual({
      error: "This request_id was used for another order",
    });
  });
});

// Each waits ten seconds for a database: side by side, with a way of its own.
test.concurrent.each(doings.filter(({ name }) => /several|claim/.test(name)))(
  "$name, where the database stays away, gets no answer, and asked again its own",
  async ({ table, fields, answer }) => {
    const own = await openThrough();
    const { url } = own.panel;
    const customer = await shop.addCustomer();
    const request = { ...(await fields(customer)), request_id: "mine" };
    own.proxy.cutNext("answer", "forGood");

    await expect(ask(customer, request, { url })).rejects.toThrow();
    own.proxy.openDoor();

    const again = await ask(customer, request, { url });
    expect(again).toEqual(answer(request, await idsOf(table, customer)));
    await own.close();
  },
);

test("a command that lost the answer to its COMMIT says what it has done, and does it once", async () => {
  const customer = await shop.addCustomer({ balance: "0" });
  const url = urlThrough();
  const args = [
    "customer",
    "deposit",
    "--email",
    customer.email,
    "--amount",
    "5",
    "--reference",
    "lost-1",
  ];
  for (const cut of ["answer", "request"] as const) {
    proxy.cutNext(cut);
    const reference = `lost-${cut}`;
    const run = await runHere(
      { ...env, PANEL_DATABASE_URL: url },
      ...args.slice(0, -1),
      reference,
      "--json",
    );
    expect(run.stderr).toBe("");
    expect(run.exitCode).toBe(0);
  }
  const balance = { key: customer.key, action: "balance" };
  expect(await shop.api(balance)).toMatchObject({ balance: "10.00" });
});

function urlThrough(): string {
  const { connectionString, user = "", database = "", port = 0 } = proxy.settings;
  return connectionString ?? `postgres://${user}@127.0.0.1:${port}/${database}`;
}

/** Holds an order, so that what is asked for it waits. */
async function hold(order: OrderId | undefined): Promise<() => Promise<void>> {
  const owner = await connect(shop.database.ownerSettings);
  await owner.query("begin");
  await owner.query("select from orders where id = $1 for update", [order]);
  return async () => {
    await owner.query("rollback");
    await owner.end();
  };
}

describe.each([
  ["cancel", "cancels", 50],
  ["refill", "refills", 100],
] as const)("%s of a list", (action, table, atOnce) => {
  async function list(customer: TestCustomer, count: number): Promise<OrderId[]> {
    const orders = await Promise.all(Array.from({ length: count }, () => place(customer)));
    orders.sort((a, b) => a - b);
    if (action === "refill") {
      await shop.ctx.db.query(
        `update orders set status = 'completed', finished_at = now()
          where account_id = $1`,
        [customer.id],
      );
    }
    return orders;
  }

  test("whose database goes away in the middle is answered id by id", async () => {
    const customer = await shop.addCustomer({ terms: { rateLimit: 0 } });
    const orders = await list(customer, atOnce * 2 + 5);
    const release = await hold(orders[atOnce]);
    const asked = ask(customer, { action, orders: orders.join(","), request_id: "mine" });
    await expect
      .poll(() => countOf(table, customer), { timeout: 10_000, interval: 10 })
      .toBe(atOnce);

    proxy.closeDoor();

    const rows = (await asked) as unknown as Readonly<Record<string, unknown>>[];
    await release();
    proxy.openDoor();
    expect(rows.map((row) => row["order"])).toEqual(orders);
    const away = { error: "The panel is busy or being restarted, please try again in a moment" };
    const done = rows.slice(0, atOnce).map((row) => row[action]);
    expect(done.every((value) => typeof value === "number")).toBe(true);
    expect(rows.slice(atOnce).map((row) => row[action])).toEqual(
      Array.from({ length: atOnce + 5 }, () => away),
    );
    expect(await countOf(table, customer)).toBe(atOnce);

    // Asked again with its id, what was done keeps its answer and the rest is done.
    const again = (await ask(customer, {
      action,
      orders: orders.join(","),
      request_id: "mine",
    })) as unknown as Record<string, unknown>[];
    expect(again.slice(0, atOnce)).toEqual(rows.slice(0, atOnce));
    expect(again.every((row) => typeof row[action] === "number")).toBe(true);
    expect(await countOf(table, customer)).toBe(orders.length);
  });

  test("begins nothing more once its caller has hung up", async () => {
    const customer = await shop.addCustomer({ terms: { rateLimit: 0 } });
    const orders = await list(customer, atOnce * 2 + 5);
    const release = await hold(orders[atOnce]);
    const caller = new AbortController();
    const fields = { action, orders: orders.join(",") };
    const asked = ask(customer, fields, { signal: caller.signal }).catch((error: unknown) => error);
    await expect
      .poll(() => countOf(table, customer), { timeout: 10_000, interval: 10 })
      .toBe(atOnce);

    caller.abort();
    expect(await asked).toBeInstanceOf(Error);
    // The panel has heard of it by the time that it answers this.
    await ask(customer, { action: "balance" });
    await release();

    await expect
      .poll(() => countOf(table, customer), { timeout: 10_000, interval: 10 })
      .toBe(atOnce * 2);
    for (let turn = 0; turn < 20; turn++) await ask(customer, { action: "orders", limit: 1 });
    expect(await countOf(table, customer)).toBe(atOnce * 2);
  });
});
