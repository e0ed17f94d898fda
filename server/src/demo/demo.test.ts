import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Context } from "#database/context.ts";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import { createCustomer } from "#customers/create-customer.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { requestCancel } from "#orders/requests/request-cancel.ts";
import { requestRefill } from "#orders/requests/request-refill.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import { customerActor } from "#values/actor.ts";
import { systemClock } from "#values/clock.ts";
import type { OrderId, ProductId, ServiceId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { openLog } from "#log.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { tester, someProvider } from "#test/actors.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { moveById } from "#test/move-by-id.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { makeDemo } from "./make-demo.ts";
import type { Demo } from "./make-demo.ts";
import { removeDemo } from "./remove-demo.ts";

const tables = [
  "accounts",
  "customers",
  "api_keys",
  "orders",
  "postings",
  "tasks",
  "refills",
  "cancels",
  "order_changes",
  "schedules",
  "subscription_posts",
  "mirrored_posts",
  "services",
  "categories",
  "custom_rates",
  "products",
  "product_categories",
  "product_counts",
  "product_uploads",
  "product_items",
  "product_orders",
  "product_order_changes",
  "product_claims",
  "product_tasks",
  "product_attempts",
  "product_rates",
];

async function countRows(database: TestDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await database.pool.query(`select count(*) as count from ${table}`);
    counts[table] = Number(rows[0]?.count);
  }
  return counts;
}

const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

describe("an empty panel", () => {
  let database: TestDatabase;
  let ctx: Context;
  beforeAll(async () => {
    database = await createTestDatabase();
    ctx = {
      db: database.pool,
      hot: database.hotPool,
      clock: systemClock,
      log: openLog("silent"),
      secrets: () => Promise.reject(new SecretsUnavailable("no key is here")),
    };
  });
  afterAll(() => database.drop());

  test("gets one demo however many processes make it, and gets none after its removal", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => makeDemo(ctx, tester)));

    expect(made.filter((one) => one.ok)).toHaveLength(1);
    for (const one of made.filter((one) => !one.ok)) {
      expect(one).toEqual({ ok: false, refusal: { code: "demo_exists" } });
    }
    // Nothing is on sale that could not be sealed.
    expect(await countRows(database)).toMatchObject({
      customers: 1,
      api_keys: 1,
      postings: 1,
      products: 0,
    });

    expect(must(await removeDemo(ctx, database, tester))).toMatchObject({ orders: 0, postings: 1 });
    expect(await countRows(database)).toEqual(nothing);
    expect(await removeDemo(ctx, database, tester)).toEqual({
      ok: false,
      refusal: { code: "demo_missing" },
    });
    expect(await makeDemo(ctx, tester)).toEqual({ ok: false, refusal: { code: "demo_removed" } });
    must(await makeDemo(ctx, tester, { isWantedAgain: true }));
    must(await removeDemo(ctx, database, tester));
  });

  test("with a customer of its own gets no demo, and forgets that it was asked", async () => {
    must(await createCustomer(ctx, tester, { email: "first@example.com" }));

    for (const isWantedAgain of [true, false]) {
      const made = await makeDemo(ctx, tester, { isWantedAgain });
      expect(made).toMatchObject({ ok: false });
    }
    const { rows } = await database.pool.query("select value from settings where key = 'demo'");
    expect(rows).toEqual([{ value: { state: "removed" } }]);
  });
});

describe("the sandbox shop", () => {
  const panel = testPanel();
  let demo: Demo;
  beforeAll(async () => {
    demo = must(await makeDemo(panel.ctx, tester));
  });
  const order = async (key: string, service: ServiceId, quantity = 100): Promise<OrderId> => {
    const answer = await panel.api({
      key,
      action: "add",
      service,
      quantity,
      link: "https://example.com/post",
    });
    expect(answer).toEqual({ order: expect.any(Number) });
    return (answer as { order: OrderId }).order;
  };
  const move = async (id: OrderId, status: OrderStatus, remains?: number) =>
    must(
      await inTransaction(panel.ctx, (tx) =>
        moveById(tx, demo.customer, id, {
          by: someProvider,
          status,
          ...(remains === undefined ? {} : { remains }),
        }),
      ),
    );

  test("sells the documented examples first and then every type, from a balance of 1000", async () => {
    // The panel was up before its demo was made: it reads the price list again within a second.
    const services = await vi.waitFor(async () => {
      const list = (await panel.api({ key: demo.key, action: "services" })) as unknown[];
      expect(list).toHaveLength(demo.services.length);
      return list;
    }, 10_000);

    const shared = { refill: expect.any(Boolean), cancel: true };
    expect(services.slice(0, 1)).toMatchObject([
      { service: 1, name: "Followers", type: "Default", category: "First Category", ...shared },
    ]);
    expect(services).toContainEqual(
      expect.objectContaining({
        service: 2,
        rate: expect.stringMatching(/^8(\.0+)?$/),
        min: "10",
        max: "1500",
        refill: false,
      }),
    );
    expect(new Set(services.map((service) => (service as { type: string }).type))).toEqual(
      new Set(Object.values(serviceTypes).map((type) => type.wireName)),
    );
    expect(await panel.api({ key: demo.key, action: "balance" })).toMatchObject({
      balance: expect.stringMatching(/^1000(\.0+)?$/),
    });
  });

  test("sells the documented products, the first of them from a stock of forty lines", async () => {
    const products = (await panel.api({ key: demo.key, action: "products" })) as unknown[];

    expect(products).toMatchObject([
      {
        product: demo.products[0],
        name: "Netflix premium 1 month",
        require: "Input your account",
        rate: 2.5,
        min: 1,
        max: 10,
        category: "Netflix",
        status: "In stock",
        inventory: 40,
        type: "Auto",
      },
      {
        product: demo.products[1],
        name: "Youtube premium 1 month",
        require: "Input your account",
        rate: 5,
        min: 1,
        max: 1,
        category: "Youtube",
        status: "Out of stock",
        inventory: 0,
        type: "Auto",
      },
      {
        product: demo.products[2],
        name: "Facebook account 5000 friends",
        rate: 0.5,
        min: 1,
        max: 2,
        category: "Facebook",
        status: "In stock",
        type: "Service",
      },
    ]);
    expect(products[2]).not.toHaveProperty("inventory");
  });

  const buy = async (key: string, product: ProductId, quantity: number): Promise<number> => {
    const fields = { key, action: "add_product_order", product, quantity, require: "me@b.com" };
    const answer = await panel.api(fields);
    expect(answer).toEqual({ order: expect.any(Number) });
    return (answer as { order: number }).order;
  };

  test("goes away whole with orders in every state, and leaves what others bought", async () => {
    const [followers, , likes] = demo.services;
    if (followers === undefined || likes === undefined) throw new Error("no services");
    await order(demo.key, followers);
    for (const status of ["processing", "in_progress", "completed", "canceled"] as const) {
      await move(await order(demo.key, followers), status);
    }
    const partial = await order(demo.key, followers);
    await move(partial, "in_progress");
    await move(partial, "partial", 40);
    must(await requestRefill(panel.ctx, customerActor(demo.customer), partial));
    const asked = await order(demo.key, followers);
    await move(asked, "in_progress");
    must(await requestCancel(panel.ctx, customerActor(demo.customer), asked));
    for (const text of [
      "insert into schedules (account_id, order_id, kind, next_at) values ($1, $2, 'subscription', panel_now())",
      "insert into subscription_posts (account_id, order_id, post_hash, link_hash, link, status, link_key) values ($1, $2, sha256(''), sha256(''), 'a', 'known', gen_random_uuid())",
      "insert into mirrored_posts (account_id, order_id, provider_id, provider_order) values ($1, $2, 1, '7')",
    ]) {
      await panel.ctx.db.query(text, [demo.customer, asked]);
    }
    const own = await panel.addService({ name: "Own", category: "First Category" });
    await order(demo.key, own);
    const customer = await panel.addCustomer();
    const theirs = [await order(customer.key, likes), await order(customer.key, own)];
    const [netflix, , facebook] = demo.products;
    if (netflix === undefined || facebook === undefined) throw new Error("no products");
    const bought = await buy(demo.key, netflix, 3);
    await buy(demo.key, facebook, 1);
    for (const text of [
      "insert into product_claims (account_id, product_order_id, quantity, sealed_reason) values ($1, $2, 1, 'a')",
      "insert into product_tasks (account_id, product_order_id, provider_id, kind) values ($1, $2, 1, 'send')",
      "insert into product_attempts (account_id, product_order_id, number, provider_id, provider_product, request_id) values ($1, $2, 1, 1, 'a', 'a')",
    ]) {
      await panel.ctx.db.query(text, [demo.customer, bought]);
    }
    const theirProduct = await buy(customer.key, netflix, 2);

    const removed = must(await removeDemo(panel.ctx, panel.database, tester));

    expect(removed).toEqual({
      orders: 8,
      postings: 1 + 8 + 2 + 2,
      services: demo.services.length - 1,
      disabled: [likes],
      productOrders: 2,
      products: 2,
      hidden: [netflix],
    });
    expect(await countRows(panel.database)).toEqual({
      accounts: 1,
      customers: 1,
      api_keys: 1,
      orders: 2,
      postings: 4,
      tasks: 2,
      refills: 0,
      cancels: 0,
      order_changes: 0,
      schedules: 0,
      subscription_posts: 0,
      mirrored_posts: 0,
      services: 2,
      categories: 1,
      custom_rates: 0,
      products: 1,
      product_categories: 1,
      product_counts: 1,
      product_uploads: 1,
      product_items: 2,
      product_orders: 1,
      product_order_changes: 1,
      product_claims: 0,
      product_tasks: 0,
      product_attempts: 0,
      product_rates: 0,
    });
    expect(await panel.api({ key: customer.key, action: "products" })).toEqual([]);
    const result = { key: customer.key, action: "result_product", order: theirProduct };
    expect(await panel.api(result)).toEqual({
      result: expect.arrayContaining([expect.any(String)]),
    });
    expect(await findService(panel.ctx.db, likes)).toMatchObject({ isEnabled: false });
    expect(await findService(panel.ctx.db, own)).toMatchObject({ isEnabled: true });
    const status = { key: customer.key, action: "status", orders: theirs.join(",") };
    expect(await panel.api(status)).toMatchObject({
      [String(theirs[0])]: { status: "Pending" },
      [String(theirs[1])]: { status: "Pending" },
    });
    const { rows } = await panel.ctx.db.query(
      "select actor, before from audit_entries where action = 'demo.remove'",
    );
    expect(rows).toMatchObject([{ actor: "cli:test", before: { customer: demo.customer } }]);
  });

  test("leaves the guard of the postings on", async () => {
    const owner = await connect(panel.database.ownerSettings);
    await expect(owner.query("delete from postings")).rejects.toThrow(/never changed or removed/);
    await expect(owner.query("delete from product_items")).rejects.toThrow(/never removed/);
    await expect(owner.query("delete from product_order_changes")).rejects.toThrow();
    await owner.end();
  });

  test("whose key is still in use after the removal harms nobody's requests", async () => {
    const customer = await panel.addCustomer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        panel.api({ key: index % 2 === 0 ? demo.key : customer.key, action: "balance" }),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject(
        index % 2 === 0 ? { error: "Invalid API key" } : { balance: expect.any(String) },
      );
    }
  });
});

describe("a sandbox shop that sells", () => {
  const panel = testPanel({
    roles: ["api", "web", "worker"],
    env: { PANEL_LOG_LEVEL: "silent" },
  });

  test("goes away whole while it and others sell, and no order is left without its service", async () => {
    const demo = must(await makeDemo(panel.ctx, tester));
    const own = await panel.addService({ name: "Own", provider: "sandbox" });
    const customer = await panel.addCustomer({ balance: "10000" });
    const tried = { amount: amount("1"), idempotencyKey: "tried" };
    must(await recordDeposit(panel.ctx, tester, { ...tried, accountId: demo.customer }));
    await vi.waitFor(async () => {
      const list = await panel.api({ key: demo.key, action: "services" });
      expect(list).toHaveLength(demo.services.length + 1);
    }, 10_000);
    const keys = [demo.key, customer.key];
    const services = [demo.services[0] ?? 0, demo.services[2] ?? 0, own];
    let sent = 0;
    let isOver = false;
    const buy = async () => {
      while (!isOver) {
        const [key = "", service = 0] = [keys[sent % 2], services[sent++ % 3]];
        const link = "https://example.com/";
        await panel.api({ key, action: "add", service, link, quantity: 100 });
      }
    };

    const [product = 0] = demo.products;
    const buyProducts = async () => {
      while (!isOver) {
        const fields = { action: "add_product_order", product, quantity: 1, require: "a" };
        const [key = ""] = [keys[sent % 2]];
        await panel.api({ key, ...fields });
      }
    };
    const buying = Promise.all([...Array.from({ length: 20 }, buy), buyProducts(), buyProducts()]);
    await expect.poll(() => sent, { interval: 5, timeout: 30_000 }).toBeGreaterThan(400);
    const removed = must(await removeDemo(panel.ctx, panel.database, tester));
    const soFar = sent;
    await expect.poll(() => sent, { interval: 5, timeout: 30_000 }).toBeGreaterThan(soFar + 200);
    isOver = true;
    await buying;

    expect(removed.orders).toBeGreaterThan(0);
    const { rows } = await panel.ctx.db.query(
      `select (select count(*) from orders o
                where not exists (select from services s where s.id = o.service_id)) as orphans,
              (select count(*) from orders where account_id = $1) as left,
              (select count(*) from product_orders where account_id = $1) as products`,
      [demo.customer],
    );
    expect(rows).toEqual([{ orphans: 0, left: 0, products: 0 }]);
    // What was booked for it by hand leaves its reference to others.
    must(await recordDeposit(panel.ctx, tester, { ...tried, accountId: customer.id }));
  });
});
