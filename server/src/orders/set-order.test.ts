import { expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import { findOrder, lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { runSchedules } from "#orders/schedules/run-schedules.ts";
import { listRuns } from "#orders/schedules/schedules.sql.ts";
import { setOrder } from "./set-order.ts";
import { turnSchedule } from "#orders/schedules/turn-schedule.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";

const panel = testPanel({ roles: ["api"] });

/** A drip-feed of two runs of 100 that are done, itself not ended yet. */
async function doneFeed(): Promise<{ feed: Order; runs: readonly OrderId[] }> {
  const service = await panel.addService({ rate: amount("1"), dripfeed: true, min: 1 });
  const { key } = await panel.addCustomer({ balance: "10" });
  const add = { key, action: "add", service, link: "a", quantity: 100, runs: 2, interval: 0 };
  const { order: id } = (await panel.api(add)) as { order: OrderId };
  await turnAll(id);
  const { accountId } = await orderOf(id);
  const runs = await listRuns(panel.ctx.db, accountId, [id], 10);
  for (const run of runs) must(await setOrder(panel.ctx, tester, run.id, { status: "completed" }));
  return { feed: await orderOf(id), runs: runs.map((run) => run.id) };
}

async function orderOf(id: OrderId): Promise<Order> {
  const order = await findOrder(panel.ctx.db, id);
  if (order === undefined) throw new Error("no order");
  return order;
}

async function turnAll(id: OrderId): Promise<void> {
  const provider = await findProvider(panel.ctx.db, (await orderOf(id)).providerId);
  if (provider === undefined) throw new Error("no provider");
  while ((await runSchedules(panel.ctx, provider)) > 0);
}

/** Until somebody waits for a lock in this database; the owner alone sees who does. */
async function waitsForALock(): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  const waiting = `select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  const isHeld = async () => (await owner.query(waiting)).rows.length > 0;
  await expect.poll(isHeld, { interval: 20, timeout: 20_000 }).toBe(true);
  await owner.end();
}

test("a run that is corrected while its feed is just ending is refunded all the same", async () => {
  const { feed, runs } = await doneFeed();
  const [run = feed.id] = runs;
  const corrected = Promise.withResolvers<unknown>();

  await inTransaction(panel.ctx, async (tx) => {
    const locked = await lockOrder(tx, feed.accountId, feed.id);
    await turnSchedule(tx, locked ?? feed);
    const setting = setOrder(panel.ctx, tester, run, { status: "partial", remains: 40 });
    setting.then(corrected.resolve, corrected.reject);
    await waitsForALock();
  });
  await corrected.promise;
  await turnAll(feed.id);

  expect(await orderOf(feed.id)).toMatchObject({
    status: "partial",
    remains: 40,
    refunded: amount("0.04"),
  });
});

test("remains of an ended run that staff correct are refunded after the feed's end", async () => {
  const { feed, runs } = await doneFeed();
  const [run = feed.id] = runs;
  await turnAll(feed.id);
  must(await setOrder(panel.ctx, tester, run, { status: "partial", remains: 10 }));
  await turnAll(feed.id);

  must(await setOrder(panel.ctx, tester, run, { status: "partial", remains: 50 }));
  await turnAll(feed.id);

  expect(await orderOf(feed.id)).toMatchObject({ remains: 50, refunded: amount("0.05") });
});
