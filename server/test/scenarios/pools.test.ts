import { expect, test } from "vitest";
import type { Pool } from "pg";
import { DatabaseBusy, openPool } from "#database/connection.ts";
import { panelPools } from "#database/pool-sizes.ts";
import { testPanel } from "#test/panel.ts";

const panel = testPanel();

/** Takes every connection of a pool; the answer gives them back. */
async function takeAll(pool: Pool): Promise<() => void> {
  const size = pool.options.max;
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  return () => {
    for (const client of clients) client.release();
  };
}

test("a worker that has taken all its connections takes none of the API's", async () => {
  const { key } = await panel.addCustomer();
  const giveBack = await takeAll(panel.database.workPool);

  expect(await panel.api({ key, action: "orders" })).toEqual([]);
  expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: "100.00" });

  giveBack();
});

test("requests that have taken all connections stop neither the hot path nor the price list", async () => {
  const { key } = await panel.addCustomer();
  const service = await panel.addService();
  const add = { key, action: "add", link: "https://a.example/", quantity: 100 };
  // So that the key is known, as that of a customer who is at it.
  await expect.poll(() => panel.api({ ...add, service })).toHaveProperty("order");
  const later = await panel.addService({ name: "Likes" });
  const giveBack = await takeAll(panel.database.pool);

  await expect
    .poll(() => panel.api({ ...add, service: later }), { timeout: 5000 })
    .toHaveProperty("order");

  giveBack();
});

test("requests that have taken all connections do not make the panel look ill", async () => {
  const giveBack = await takeAll(panel.database.pool);

  expect((await fetch(`${panel.url}/healthz`)).status).toBe(200);

  giveBack();
});

test("who finds no connection in time, or too many waiting, is told that the panel is busy", async () => {
  const pool = openPool(panel.database.settings, 1, { waitingMax: 2, waitMs: 100 });
  const giveBack = await takeAll(pool);
  const waiting = [pool.query("select 1"), pool.connect()];
  const outcomes = Promise.allSettled(waiting);

  await expect(pool.query("select 1")).rejects.toBeInstanceOf(DatabaseBusy);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { name: "DatabaseBusy" } });
  }

  giveBack();
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test("a request that gets no connection is answered as unavailable, with when to come back", async () => {
  const { key } = await panel.addCustomer();
  const { pool } = panel.database;
  const giveBack = await takeAll(pool);
  const queue = Array.from({ length: 1000 }, () => pool.query("select 1").catch(() => {}));

  const body = new URLSearchParams({ key, action: "orders" });
  const response = await fetch(`${panel.url}/api/v2`, { method: "POST", body });

  expect({ status: response.status, code: response.headers.get("x-error-code") }).toEqual({
    status: 503,
    code: "unavailable",
  });
  expect(response.headers.get("retry-after")).toBe("1");
  giveBack();
  await Promise.all(queue);
});

test.each([1, 2, 3, 4, 8, 15])(
  "the connections of %i processes fit into the embedded server, with room for commands",
  (processes) => {
    const { first, answering } = panelPools(processes);
    const sum = (sizes: typeof first) => Object.values(sizes).reduce((all, size) => all + size, 0);
    const all = processes === 1 ? sum(first) : sum(first) + processes * sum(answering);

    for (const size of [first, answering].flatMap(Object.values<number>)) {
      expect(size).toBeGreaterThan(0);
    }
    expect(all).toBeLessThanOrEqual(100);
  },
);
