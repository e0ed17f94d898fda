import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openHotPool } from "#database/connection.ts";
import { readConfig } from "#config.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { openCuttingProxy } from "./cutting-proxy.ts";
import type { CuttingProxy } from "./cutting-proxy.ts";

// Sets up the shop and proves the ledger; the orders go through a panel of their own.
const shop = testPanel();
let proxy: CuttingProxy;
let hotPool: ReturnType<typeof openHotPool>;
let panel: Panel;
let service: ServiceId;

beforeAll(async () => {
  service = await shop.addService({ rate: amount("10"), min: 1 });
  proxy = await openCuttingProxy(shop.database.settings, "orders.placeOrders");
  hotPool = openHotPool(proxy.settings, 4);
  const config = readConfig({ PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent" });
  panel = await openPanel(config, { ...shop.database, hotPool }, ["api"]);
});
afterEach(() => proxy.openDoor());
afterAll(async () => {
  await panel.close();
  await hotPool.end();
  await proxy.close();
});

async function add({ key }: TestCustomer, requestId: string, quantity = 100): Promise<unknown> {
  const fields = { key, action: "add", service: String(service), link: "a" };
  const response = await fetch(`${panel.url}/api/v2`, {
    method: "POST",
    body: new URLSearchParams({ ...fields, quantity: String(quantity), request_id: requestId }),
  });
  return response.json();
}

async function ordersOf({ id }: TestCustomer): Promise<number[]> {
  const { rows } = await shop.ctx.db.query(
    "select id from orders where account_id = $1 order by id",
    [id],
  );
  return rows.map((row: { id: number }) => row.id);
}

test.each(["answer", "request", "both"] as const)(
  "where the %s is lost in the moment of the commit, the order is placed once and answered",
  async (cut) => {
    const customer = await shop.addCustomer();
    await add(customer, "warm");
    const before = proxy.cuts();
    proxy.cutNext(cut);

    const answer = await add(customer, "r1");

    expect(proxy.cuts()).toBe(before + 1);
    const orders = await ordersOf(customer);
    expect(orders).toHaveLength(2);
    expect(answer).toEqual({ order: orders[1] });
    expect(await add(customer, "r1")).toEqual(answer);
  },
);

test("a lost answer of a whole batch gives every order its own number, and refusals as well", async () => {
  const customer = await shop.addCustomer({ balance: "20" });
  proxy.cutNext("answer");

  const first = add(customer, "first");
  const answers = await Promise.all([
    first,
    ...Array.from({ length: 30 }, (_, index) => add(customer, `r${index}`)),
  ]);

  const orders = await ordersOf(customer);
  expect(orders).toHaveLength(20);
  const placed = answers.filter((answer) => Object.hasOwn(answer as object, "order"));
  expect(
    placed.map((answer) => (answer as { order: number }).order).toSorted((a, b) => a - b),
  ).toEqual(orders);
  expect(answers.filter((answer) => !placed.includes(answer))).toEqual(
    Array.from({ length: 11 }, () => ({ error: "Not enough funds on balance" })),
  );
});

test("where every second connection is cut, a hundred orders are placed once each", async () => {
  const customer = await shop.addCustomer({ balance: "100" });
  for (let turn = 0; turn < 10; turn++) {
    proxy.cutNext((["answer", "both", "request"] as const)[turn % 3] ?? "answer");
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => add(customer, `${turn}/${index}`)),
    );
    expect(answers).toEqual(Array.from({ length: 10 }, () => ({ order: expect.any(Number) })));
  }
  expect(await ordersOf(customer)).toHaveLength(100);
});

test("where the database is gone for good the client gets no answer, and the same request later gets the order", async () => {
  const customer = await shop.addCustomer();
  await add(customer, "warm");
  proxy.cutNext("answer");
  const asked = add(customer, "r1");
  await expect.poll(() => ordersOf(customer), { timeout: 3000, interval: 10 }).toHaveLength(2);
  proxy.closeDoor();

  await expect(asked).rejects.toThrow();
  proxy.openDoor();

  const [, order] = await ordersOf(customer);
  expect(await add(customer, "r1")).toEqual({ order });
  expect(await ordersOf(customer)).toHaveLength(2);
});
