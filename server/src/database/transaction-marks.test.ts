import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { commitMarked, deleteOldMarks, findMark } from "./transaction-marks.sql.ts";
import { inTransaction } from "./transaction.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A transaction that has written something and its mark, and is still open. */
async function openMarked(mark: string) {
  const tx = await database.pool.connect();
  await tx.query("begin");
  await tx.query("insert into transaction_marks (id, is_done) values ($1, true)", [mark]);
  return tx;
}

test.each([
  ["commit", true],
  ["rollback", false],
] as const)("a transaction at work is waited for: %s", async (end, isDone) => {
  const mark = randomUUID();
  const tx = await openMarked(mark);
  const { processID } = tx as unknown as { processID: number };
  const looking = findMark(database.pool, mark);
  const isWaiting = async () => {
    const { rows } = await database.pool.query(
      "select 1 from pg_stat_activity where $1::integer = any (pg_blocking_pids(pid))",
      [processID],
    );
    return rows.length;
  };
  await expect.poll(isWaiting, { timeout: 5000, interval: 5 }).toBe(1);

  await tx.query(end);
  tx.release();

  expect(await looking).toBe(isDone);
  expect(await findMark(database.pool, mark)).toBe(isDone);
});

test("whoever is too long at work is not guessed about", async () => {
  const mark = randomUUID();
  const tx = await openMarked(mark);
  await expect(findMark(database.pool, mark)).rejects.toMatchObject({ code: "55P03" });
  await tx.query("rollback");
  tx.release();
});

test("what was found undone can no longer be committed, however late its COMMIT arrives", async () => {
  const mark = randomUUID();
  const tx = await database.pool.connect();
  await tx.query("begin");
  await tx.query("create temp table late (n integer) on commit drop; insert into late values (1)");
  expect(await findMark(database.pool, mark)).toBe(false);

  await expect(commitMarked(tx, mark)).rejects.toMatchObject({ code: "23505" });
  await tx.query("rollback");
  tx.release();
  expect(await findMark(database.pool, mark)).toBe(false);
});

test("a transaction that wrote nothing leaves no mark, and old ones are forgotten", async () => {
  const count = async () => {
    const text = "select count(*)::int as n from transaction_marks";
    return (await database.pool.query<{ n: number }>(text)).rows[0]?.n;
  };
  const before = await count();
  await inTransaction({ db: database.pool }, (tx) => tx.query("select 1"));
  expect(await count()).toBe(before);
  await database.pool.query(
    "update transaction_marks set created_at = now() - interval '61 minutes'",
  );
  await deleteOldMarks(database.pool);
  expect(await count()).toBe(0);
});
