import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { changeSetting } from "#catalog/change-setting.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { importProducts } from "#products/import/import-products.ts";
import { itemPurpose } from "#products/items.sql.ts";
import { listProductsOfProvider } from "#products/products.sql.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer, TestPanel } from "#test/panel.ts";
import { addProduct, keys } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { startPanelProcess } from "./panel-process.ts";
import type { PanelProcess } from "./panel-process.ts";

// Both panels run as processes of their own; these two only set the scene in their databases.
const seller = testPanel();
const reseller = testPanel();

const buyers = 50;
const ordersEach = 2;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A panel at one address, also after it was killed. */
async function processOf(panel: TestPanel) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running: PanelProcess | undefined;
  const start = async () => {
    running = await startPanelProcess(panel.database.url, {
      roles: "api,worker",
      env: { PANEL_PORT: String(port), PANEL_LOG_LEVEL: "error" },
    });
  };
  await start();
  return {
    url,
    /** As a power cut does; what it had under way is found by the next one at once. */
    killAndStart: async () => {
      await running?.kill();
      await panel.ctx.db.query("update product_tasks set due_at = panel_now()");
      await start();
    },
    stop: async () => {
      await running?.stop();
    },
  };
}

/** Asks again until it is answered: the request id makes it one order. */
async function buyOnce(
  url: string,
  buyer: TestCustomer,
  order: { product: ProductId; quantity: number; requestId: string },
): Promise<number> {
  const body = new URLSearchParams({
    key: buyer.key,
    action: "add_product_order",
    product: String(order.product),
    quantity: String(order.quantity),
    request_id: order.requestId,
  });
  for (;;) {
    try {
      const response = await fetch(`${url}/api/v2`, { method: "POST", body });
      const answer = (await response.json()) as { order?: number; error?: string };
      if (answer.order !== undefined) return answer.order;
      if (response.status < 500) throw new Error(`refused: ${answer.error}`);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("refused")) throw error;
    }
    await pause(100);
  }
}

type Delivered = { account_id: number; sealed: string; digest: Buffer };

/** What was delivered, in clear, each with the account that has it. */
async function delivered(panel: TestPanel): Promise<{ line: string; account: number }[]> {
  const secrets = await panel.ctx.secrets();
  const { rows } = await panel.ctx.db.query<Delivered>(
    "select account_id, sealed, digest from product_items where state = 'sold'",
  );
  return rows.map(({ sealed, digest, account_id: account }) => ({
    line: secrets.open(itemPurpose(digest), sealed) ?? "",
    account,
  }));
}

async function one<Row extends object>(panel: TestPanel, text: string): Promise<Row> {
  const { rows } = await panel.ctx.db.query<Row>(text);
  const [row] = rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

const count = async (panel: TestPanel, where: string): Promise<number> =>
  (await one<{ n: number }>(panel, `select count(*) as n from product_orders where ${where}`)).n;

test(
  "goods that go through two panels, each killed meanwhile, reach one buyer each, and both are paid",
  { timeout: 240_000 },
  async () => {
    // Given a seller with stock, and a reseller that buys there.
    const products = [
      await addProduct(seller, { name: "Key", stock: keys(250, "ONE"), rate: amount("1.25") }),
      await addProduct(seller, { name: "Code", stock: keys(250, "TWO"), rate: amount("0.7") }),
    ];
    const account = await seller.addCustomer({ balance: "10000", terms: { rateLimit: 0 } });
    const [below, above] = await Promise.all([processOf(seller), processOf(reseller)]);
    const { ctx } = reseller;
    must(await changeSetting(ctx, tester, "poll_seconds_min", "1"));
    const providerId = must(
      await addProvider(ctx, tester, {
        name: "Seller",
        connector: "api-v2",
        baseUrl: `${below.url}/api/v2`,
        key: account.key,
        isPrivate: true,
        requestsPerSecond: 1000,
        parallelCalls: 8,
        timeoutMs: 5000,
        settings: { honours_request_id: "true" },
      }),
    );
    const provider = await findProvider(ctx.db, providerId);
    if (provider === undefined) throw new Error("no provider");
    const markUp = markUpOf(amount("20"));
    const order = { markUp, mode: "apply", acceptsBrakes: false } as const;
    expect(must(await importProducts(ctx, tester, provider, order)).applied).toBe(products.length);
    const resold = await listProductsOfProvider(ctx.db, providerId);
    const customers = await Promise.all(
      Array.from({ length: buyers }, () =>
        reseller.addCustomer({ balance: "100", terms: { rateLimit: 0 } }),
      ),
    );

    // When fifty buy at once, and both panels lose their power.
    const wanted = customers.flatMap((buyer, n) =>
      Array.from({ length: ordersEach }, (_, index) => ({
        buyer,
        product: resold[(n + index) % resold.length]?.id ?? (0 as ProductId),
        quantity: 1 + ((n + index) % 3),
        requestId: `order-${index}`,
      })),
    );
    const buying = Promise.all(wanted.map((each) => buyOnce(above.url, each.buyer, each)));
    const patiently = { timeout: 60_000, interval: 20 };
    await expect.poll(() => count(seller, "true"), patiently).toBeGreaterThan(10);
    await below.killAndStart();
    await expect.poll(() => count(seller, "true"), patiently).toBeGreaterThan(30);
    await above.killAndStart();
    const orders = await buying;
    expect(new Set(orders).size).toBe(wanted.length);
    await expect
      .poll(
        async () => {
          // The pauses grow, and a test has no time for them.
          await ctx.db.query(
            `update product_tasks set due_at = panel_now()
              where lease is null and due_at > panel_now() + interval '1 second'`,
          );
          await ctx.db.query(
            "update provider_states set probe_at = panel_now() where hold_kind is not null",
          );
          return count(reseller, "status <> 'completed'");
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBe(0);
    await Promise.all([below.stop(), above.stop()]);

    // Then every line has one buyer, and what one paid the other earned.
    const [sold, bought] = await Promise.all([delivered(seller), delivered(reseller)]);
    const pieces = wanted.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(bought).toHaveLength(pieces);
    expect(new Set(bought.map(({ line }) => line)).size).toBe(pieces);
    expect(bought.map(({ line }) => line).toSorted()).toEqual(
      sold.map(({ line }) => line).toSorted(),
    );
    for (const customer of customers) {
      const theirs = wanted.filter(({ buyer }) => buyer.id === customer.id);
      const due = theirs.reduce((sum, { quantity }) => sum + quantity, 0);
      expect(bought.filter((each) => each.account === customer.id)).toHaveLength(due);
    }
    const { cost } = await one<{ cost: string }>(
      reseller,
      "select sum(booked_cost)::text as cost from product_orders",
    );
    const { revenue } = await one<{ revenue: string }>(
      seller,
      "select sum(charge - refunded)::text as revenue from product_orders",
    );
    expect(cost).toBe(revenue);
    for (const panel of [seller, reseller]) {
      expect((await verifyLedger(panel.ctx)).drifts).toEqual([]);
    }
    const { unsettled } = await one<{ unsettled: number }>(
      reseller,
      `select count(*) as unsettled from product_attempts
        where outcome is null or outcome = 'unknown' and settled_as is null`,
    );
    expect(unsettled).toBe(0);
  },
);
