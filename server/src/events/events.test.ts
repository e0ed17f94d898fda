import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { testPanel } from "#test/panel.ts";
import type { AccountId } from "#values/ids.ts";
import { recordEvents } from "./record.sql.ts";
import { deleteOldEvents, findStream, follow, listEvents, unfollow } from "./streams.sql.ts";

const panel = testPanel();

const record = (accountId: AccountId, ...said: number[]) =>
  inTransaction(panel.ctx, (tx) =>
    recordEvents(
      tx,
      said.map((n) => ({ accountId, kind: "balance.low" as const, data: { n } })),
    ),
  );
const followed = async (days?: number) => {
  const { id } = await panel.addCustomer({ balance: "0" });
  await inTransaction(panel.ctx, (tx) => follow(tx, id, days));
  return id;
};
const told = async (id: AccountId) =>
  (await listEvents(panel.ctx.db, id, 0, 100)).map(({ seq, data }) => [seq, data["n"]]);

test("nothing is recorded for whom nobody follows", async () => {
  const { id } = await panel.addCustomer({ balance: "0" });
  await record(id, 1);

  await inTransaction(panel.ctx, (tx) => follow(tx, id));
  await record(id, 2);

  expect(await told(id)).toEqual([[1, 2]]);
});

test("events of one account are numbered without gaps, however many write at once", async () => {
  const [id, other] = [await followed(), await followed()];

  await Promise.all(
    Array.from({ length: 20 }, (_, n) => record(n % 4 === 3 ? other : id, n, n + 100)),
  );

  const mine = await told(id);
  expect(mine.map(([seq]) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  // Those of one transaction stand together, in their order.
  for (let at = 0; at < 30; at += 2) expect(mine[at + 1]?.[1]).toBe(Number(mine[at]?.[1]) + 100);
  expect(await told(other)).toHaveLength(10);
});

test("what a transaction rolled back has told is nothing, and leaves no gap", async () => {
  const id = await followed();
  await record(id, 1);
  const failed = inTransaction(panel.ctx, async (tx) => {
    await recordEvents(tx, [{ accountId: id, kind: "balance.low", data: { n: 2 } }]);
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  await record(id, 3);

  expect(await told(id)).toEqual([
    [1, 1],
    [2, 3],
  ]);
});

test("who follows again after a pause begins a new epoch, and numbers go on", async () => {
  const { ctx } = panel;
  const id = await followed();
  await record(id, 1);
  const before = await findStream(ctx.db, id, 1);

  await inTransaction(ctx, (tx) => unfollow(tx, id, 0));
  await record(id, 2);
  expect(await findStream(ctx.db, id, 1)).toMatchObject({ isFollowed: false, lastSeq: 1 });
  await inTransaction(ctx, (tx) => follow(tx, id));
  await record(id, 3);

  const after = await findStream(ctx.db, id, 1);
  expect(after).toMatchObject({ isFollowed: true, baseSeq: 1, lastSeq: 2 });
  expect(after?.epoch).not.toBe(before?.epoch);
  expect(await told(id)).toEqual([
    [1, 1],
    [2, 3],
  ]);
});

test("who goes on following stays in the epoch, and never for a shorter time", async () => {
  const id = await followed(30);
  const before = await findStream(panel.ctx.db, id, 1);

  await inTransaction(panel.ctx, (tx) => follow(tx, id, 1));

  const after = await findStream(panel.ctx.db, id, 20);
  expect(after).toMatchObject({ epoch: before?.epoch, isFollowed: true, isAging: false });
});

test("no number is given twice, also after all events were deleted", async () => {
  const id = await followed();
  await record(id, 1, 2, 3);
  await panel.ctx.db.query("update events set created_at = created_at - interval '31 days'");

  expect(await deleteOldEvents(panel.ctx.db, 30, 2)).toBe(2);
  expect(await deleteOldEvents(panel.ctx.db, 30, 1000)).toBeGreaterThanOrEqual(1);
  expect(await findStream(panel.ctx.db, id, 1)).toMatchObject({ baseSeq: 3, lastSeq: 3 });
  await record(id, 4);

  expect(await told(id)).toEqual([[4, 4]]);
});
