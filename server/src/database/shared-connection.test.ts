import { afterAll, beforeAll, expect, test } from "vitest";
import type { Pool } from "pg";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { connect, openHotPool } from "./connection.ts";
import { shareConnection } from "./shared-connection.ts";
import type { Queryable } from "./statement.ts";

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openHotPool(database.settings, 3);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const ask = (db: Queryable, text: string) => db.query({ text, values: [] });
const pidOf = async (db: Queryable) => (await ask(db, "select pg_backend_pid() as pid")).rows[0];
const inUse = () => pool.totalCount - pool.idleCount;

test("statements that come together share a connection, which goes back afterwards", async () => {
  const shared = shareConnection(pool);

  const pids = await Promise.all(Array.from({ length: 5 }, () => shared.use(pidOf)));

  expect(new Set(pids.map((row) => row?.["pid"])).size).toBe(1);
  expect(inUse()).toBe(0);
});

test("a statement that the server refuses fails alone", async () => {
  const shared = shareConnection(pool);

  const settled = await Promise.allSettled([
    shared.use((db) => ask(db, "select 1")),
    shared.use((db) => ask(db, "select 1 / 0")),
    shared.use(pidOf),
  ]);

  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(inUse()).toBe(0);
});

test("a connection that breaks fails what is under way on it, and the next one gets another", async () => {
  const shared = shareConnection(pool);
  const owner = await connect(database.ownerSettings);
  const first = await shared.use(pidOf);
  const asleep = shared.use((db) => ask(db, "select pg_sleep(60)"));
  const behind = shared.use(pidOf);
  // At once, while the statement behind has not yet failed.
  const again = asleep.catch(() => shared.use(pidOf));
  const settled = Promise.allSettled([asleep, behind]);
  const isSleeping = async () => {
    const text = "select 1 from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'";
    return (await owner.query(text, [first?.["pid"]])).rowCount;
  };

  await expect.poll(isSleeping).toBe(1);
  await owner.query("select pg_terminate_backend($1)", [first?.["pid"]]);
  await owner.end();

  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const next = await again;
  expect(next).toEqual({ pid: expect.any(Number) });
  expect(next).not.toEqual(first);
  expect(inUse()).toBe(0);
});

test("where no connection can be had nothing is run, and later it is tried anew", async () => {
  // Where nobody listens.
  const closed = openHotPool({ host: "127.0.0.1", port: 1, user: "nobody", database: "none" }, 1);
  const shared = shareConnection(closed);
  let runs = 0;
  const run = async () => {
    runs++;
  };

  const settled = await Promise.allSettled([shared.use(run), shared.use(run)]);
  await expect(shared.use(run)).rejects.toThrow(/ECONNREFUSED/);

  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(runs).toBe(0);
  await closed.end();
});
