import { beforeAll, expect, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { listApiKeys } from "#customers/api-keys.sql.ts";
import { listCustomers } from "#customers/customers.sql.ts";
import { findSandboxAccount } from "#customers/sandbox-account.sql.ts";
import { setCustomRate } from "#catalog/set-custom-rate.ts";
import { connect } from "#database/connection.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { commandLineActor } from "#values/actor.ts";
import { viewOrders } from "#views/orders/order-list.ts";
import { listProfit } from "#orders/reports/profit.sql.ts";
import { readScoreboard } from "#orders/reports/scoreboard.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";

const panel = testPanel({ roles: ["api", "worker"] });
const scene = dispatchScene(panel);
const playMoney = "1000000.00";

beforeAll(async () => {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(`update providers set settings = '{"step_ms": 50}' where name = 'sandbox'`);
  await owner.end();
});

async function testKeyOf(customer: AccountId): Promise<string> {
  const terms = { ...apiKeyTermsDefault, rateLimit: 0 };
  return must(await createKey(panel.ctx, tester, customer, terms, { isTest: true })).key;
}

async function testAccountOf(customer: AccountId): Promise<AccountId> {
  const found = await findSandboxAccount(panel.ctx.db, customer);
  if (found === undefined) throw new Error("no test account");
  return found;
}

async function add(key: string, link: string, more: Record<string, string> = {}): Promise<OrderId> {
  const { service } = scene;
  const said = await panel.api({ key, action: "add", service, link, quantity: 1000, ...more });
  return (said as { order: OrderId }).order;
}

const asksOfOrders = () =>
  [...scene.first.asked, ...scene.second.asked].filter(({ action }) => action !== "balance");

test("a test key buys at the customer's prices with play money, and no provider hears of it", async () => {
  // given: a service of a real provider, a second source that is cheaper, and prices of their own
  const { id, key } = scene.customer;
  await scene.addSecond("0.1");
  await panel.ctx.db.query("update services set routing = 'price' where id = $1", [scene.service]);
  const percent = { kind: "percent", percent: amount("50") } as const;
  must(await setCustomRate(panel.ctx, tester, id, scene.service, percent));
  const testKey = await testKeyOf(id);

  // when
  const stories = ["completed", "partial", "canceled", "refused"];
  const orders = await Promise.all(stories.map((word) => add(testKey, `x/sandbox-${word}`)));

  // then: each goes its way, with the charge of the customer's own rate
  const ends = ["Completed", "Partial", "Canceled", "Canceled"];
  const charges = ["1.00", "0.50", "0.00", "0.00"];
  for (const [index, order] of orders.entries()) {
    await expect
      .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
      .toMatchObject({ status: ends[index], charge: charges[index] });
  }
  expect(asksOfOrders()).toEqual([]);
  expect(await panel.api({ key: testKey, action: "balance" })).toMatchObject({
    balance: "999998.50",
  });
  expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: playMoney });
  const list = await panel.api({ key: testKey, action: "services" });
  expect(list).toEqual(await panel.api({ key, action: "services" }));
  // and: neither key sees the other's orders
  const [order = 0] = orders;
  expect(await panel.api({ key, action: "status", order })).toEqual({
    error: "Incorrect order ID",
  });
});

test("a subscription of a test key orders its posts with play money", async () => {
  const testKey = await testKeyOf(scene.customer.id);
  const type = "Subscriptions";
  const service = await panel.addService({ type, rate: amount("1"), min: 1, provider: "manual" });
  const subscribe = { key: testKey, action: "add", service, username: "anna", min: 100, max: 100 };
  const { order } = (await panel.api(subscribe)) as { order: OrderId };
  const announced = async () => panel.api({ key: testKey, action: "new_post", order, link: "a/b" });

  await expect.poll(announced, { timeout: 20_000 }).toMatchObject({ order });

  await expect
    .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
    .toMatchObject({ status: "Active", orders: [expect.any(Number)] });
  expect(await panel.api({ key: testKey, action: "balance" })).toMatchObject({
    balance: "999999.90",
  });
});

test("a refill of a test order is asked of the sandbox and done there", async () => {
  const testKey = await testKeyOf(scene.customer.id);
  const order = await add(testKey, "x/refill");
  await expect
    .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
    .toMatchObject({ status: "Completed" });
  // The rule of the service may ask for a wait after completion.
  await panel.ctx.db.query(
    "update orders set finished_at = finished_at - interval '3 days' where id = $1",
    [order],
  );
  const asked = (await panel.api({ key: testKey, action: "refill", order })) as { refill: number };
  const { refill } = asked;
  await expect
    .poll(() => panel.api({ key: testKey, action: "refill_status", refill }), { timeout: 20_000 })
    .toMatchObject({ status: "Completed" });
  expect(asksOfOrders()).toEqual([]);
});

test("a sent test order is cancelled by the sandbox, for what is not delivered", async () => {
  const testKey = await testKeyOf(scene.customer.id);
  const order = await add(testKey, "x/sandbox-stuck");
  await expect
    .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
    .toMatchObject({ remains: "500" });

  const asked = await panel.api({ key: testKey, action: "cancel", orders: order });

  expect(asked).toEqual([{ order, cancel: 1 }]);
  await expect
    .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
    .toMatchObject({ status: "Partial", remains: "500", charge: "1.00" });
  expect(await panel.api({ key: testKey, action: "cancel_status", order })).toMatchObject({
    status: "Completed",
  });
  expect(asksOfOrders()).toEqual([]);
});

test("reports, customers and totals are the same with and without test orders", async () => {
  // given
  const { id, key } = scene.customer;
  await add(key, "x/real");
  const reports = async () => ({
    profit: [
      await listProfit(panel.ctx.db, "day", undefined),
      await listProfit(panel.ctx.db, "service", undefined),
      await listProfit(panel.ctx.db, "provider", undefined),
    ],
    score: await readScoreboard(panel.ctx.db, {
      days: 30,
      providerId: undefined,
      serviceId: undefined,
    }),
    customers: await listCustomers(panel.ctx.db, 1000, 0),
    orders: must(await viewOrders(panel.ctx, commandLineActor("test"), { limit: 1000 })).rows
      .length,
    totals: realTotals((await verifyLedger(panel.ctx)).totals["USD"] ?? {}),
  });
  await expect.poll(() => scene.first.added().length, { timeout: 10_000 }).toBe(1);
  await expect
    .poll(async () => (await reports()).score.map((each) => each.counts?.accepted), {
      timeout: 10_000,
    })
    .toEqual([1, 1]);
  const before = await reports();

  // when
  const testKey = await testKeyOf(id);
  const order = await add(testKey, "x/played");
  await expect
    .poll(() => panel.api({ key: testKey, action: "status", order }), { timeout: 20_000 })
    .toMatchObject({ status: "Completed" });

  // then
  expect(await reports()).toEqual(before);
  const { totals } = await verifyLedger(panel.ctx);
  expect(totals["USD"]).toMatchObject({ test_bonuses: expect.any(String) as string });
  const played = must(
    await viewOrders(panel.ctx, commandLineActor("test"), { limit: 10, isTest: true }),
  );
  expect(played.rows.map((each) => each.order)).toContain(order);
});

test("a test key follows its customer: suspended with it, priced anew with it, one account", async () => {
  const { id } = scene.customer;
  const testKey = await testKeyOf(id);
  await add(testKey, "x/1");
  must(await changeCustomer(panel.ctx, tester, id, { discountPercent: amount("50") }));
  const order = await add(testKey, "x/2");
  const shown = await panel.api({ key: testKey, action: "status", order });
  expect(shown).toMatchObject({ charge: "1.00" });

  const account = await testAccountOf(id);
  await testKeyOf(id);
  expect(await testAccountOf(id)).toBe(account);
  // The second test key filled the play money up again.
  expect(await panel.api({ key: testKey, action: "balance" })).toMatchObject({
    balance: playMoney,
  });
  const kinds = (await listApiKeys(panel.ctx.db, 10, id)).map((key) => key.is_test);
  expect(kinds).toEqual([false, true, true]);

  must(await changeCustomer(panel.ctx, tester, id, { isActive: false }));
  expect(await panel.api({ key: testKey, action: "add", service: scene.service })).toEqual({
    error: "Account suspended",
  });
});

test("an order of a test account cannot be moved out of the sandbox, by nobody", async () => {
  const testKey = await testKeyOf(scene.customer.id);
  const order = await add(testKey, "x/sandbox-stuck");
  const moved = panel.ctx.db.query("update orders set provider_id = $2 where id = $1", [
    order,
    scene.first.id(),
  ]);
  await expect(moved).rejects.toThrow("it stays in the sandbox");
});

function realTotals(totals: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(totals).filter(([name]) => !name.startsWith("test")));
}
