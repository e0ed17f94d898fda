import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openPool } from "#database/connection.ts";
import { readConfig } from "#config.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import { testDataFolder } from "#test/database.ts";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, tryBuy, keys } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { openCuttingProxy } from "./cutting-proxy.ts";
import type { CuttingProxy } from "./cutting-proxy.ts";

// Sets up the shop and proves the ledger; the orders go through a panel of their own.
const shop = testPanel();
let proxy: CuttingProxy;
let pool: ReturnType<typeof openPool>;
let panel: Panel;

beforeAll(async () => {
  proxy = await openCuttingProxy(shop.database.settings, "commit");
  pool = openPool(proxy.settings, 4);
  const env = {
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "silent",
    PANEL_DATA: testDataFolder(shop.database.url),
  };
  // The key file is the shop's.
  await shop.ctx.secrets();
  panel = await openPanel(readConfig(env), { ...shop.database, pool }, ["api"]);
});
afterEach(() => proxy.openDoor());
afterAll(async () => {
  await panel.close();
  await pool.end();
  await proxy.close();
});

const api = async (fields: Readonly<Record<string, string | number>>): Promise<unknown> => {
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const body = new URLSearchParams(pairs);
  const response = await fetch(`${panel.url ?? ""}/api/v2`, { method: "POST", body });
  return response.json();
};

async function ordersOf({ id }: TestCustomer): Promise<number[]> {
  const { rows } = await shop.ctx.db.query<{ id: number }>(
    "select id from product_orders where account_id = $1 order by id",
    [id],
  );
  return rows.map((row) => row.id);
}

test.each(["answer", "request", "both"] as const)(
  "where the %s is lost in the moment of the commit, one order is placed and answered",
  async (cut) => {
    // The last item: the second try finds the stock empty where the first was committed.
    const product = await addProduct(shop, { stock: keys(1, cut) });
    const customer = await shop.addCustomer();
    const before = proxy.cuts();
    proxy.cutNext(cut);

    const answer = await tryBuy({ api }, customer.key, product);

    expect(proxy.cuts()).toBe(before + 1);
    expect(await ordersOf(customer)).toEqual([answer]);
  },
);

test("where the database is gone for good the client gets no answer, and the same request later gets the order", async () => {
  const product: ProductId = await addProduct(shop, { stock: keys(1, "GONE") });
  const customer = await shop.addCustomer();
  proxy.cutNext("answer");
  const asked = tryBuy({ api }, customer.key, product, { request_id: "r1" });
  await expect.poll(() => ordersOf(customer), { timeout: 3000, interval: 10 }).toHaveLength(1);
  proxy.closeDoor();

  await expect(asked).rejects.toThrow();
  proxy.openDoor();

  const again = await tryBuy({ api }, customer.key, product, { request_id: "r1" });
  expect([again]).toEqual(await ordersOf(customer));
});
