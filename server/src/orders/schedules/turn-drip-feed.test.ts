import { beforeEach, expect, test } from "vitest";
import { connect, openPool } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { runPanel, words } from "#test/run-panel.ts";
import { listSources } from "#catalog/sources.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { formatAmount, subtract } from "#values/money.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { changeSchedule } from "./change-schedule.ts";
import { findOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { runSchedules } from "./run-schedules.ts";
import { listRuns } from "./schedules.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

beforeEach(async () => {
  await panel.ctx.db.query("delete from tasks");
  customer = await panel.addCustomer({ balance: "1000", terms: { rateLimit: 0 } });
  service = await panel.addService({ rate: amount("1.23457"), dripfeed: true, min: 1 });
});

async function place(quantity = 100, runs = 4, interval = 60): Promise<OrderId> {
  const fields = { key: customer.key, action: "add", service, link: "a", quantity, runs, interval };
  return ((await panel.api(fields)) as { order: OrderId }).order;
}

/** Gives everything that is due its turn. */
async function turn(ctx: Context = panel.ctx): Promise<number> {
  const provider = await findProviderByName(ctx.db, "manual");
  if (provider === undefined) throw new Error("no provider");
  return runSchedules(ctx, provider);
}

/** Time goes by for the schedules alone. */
async function later(minutes: number): Promise<void> {
  const moved = `- ${minutes} * interval '1 minute'`;
  await panel.ctx.db.query(`update schedules set next_at = next_at ${moved}`);
  await panel.ctx.db.query(`update tasks set due_at = due_at ${moved} where kind = 'run'`);
}

async function read(id: OrderId): Promise<Order> {
  const order = await findOrder(panel.ctx.db, id);
  if (order === undefined) throw new Error("no order");
  return order;
}

async function runsOf(id: OrderId) {
  return listRuns(panel.ctx.db, (await read(id)).accountId, [id], 1000);
}

async function end(id: OrderId, status: OrderStatus, remains?: number): Promise<void> {
  must(
    await setOrder(panel.ctx, tester, id, { status, ...(remains !== undefined && { remains }) }),
  );
}

const statusOf = (id: OrderId) => panel.api({ key: customer.key, action: "status", order: id });
const kept = (order: Order) => formatAmount(subtract(order.charge, order.refunded), 2);

test("a drip-feed is charged whole, makes one run for each interval and ends Completed", async () => {
  const id = await place();
  expect(kept(await read(id))).toBe("0.493828");
  expect(await statusOf(id)).toMatchObject({ status: "Pending", remains: "400", orders: [] });

  await turn();
  const [first] = await runsOf(id);
  expect(first).toMatchObject({ run: 1, quantity: 100, charge: "0.00000000", link: "a" });
  expect(await statusOf(id)).toEqual({
    charge: "0.493828",
    start_count: null,
    status: "In progress",
    remains: "400",
    currency: "USD",
    runs: 4,
    runs_done: 0,
    orders: [first?.id],
  });
  await turn();
  expect(await runsOf(id)).toHaveLength(1);

  for (let run = 1; run <= 4; run++) {
    const runs = await runsOf(id);
    expect(runs.map((each) => each.run)).toEqual(Array.from({ length: run }, (_, n) => n + 1));
    await setOrder(panel.ctx, tester, runs.at(-1)?.id ?? id, { startCount: 7 * run });
    await end(runs.at(-1)?.id ?? id, "completed");
    await turn();
    await later(60);
    await turn();
  }

  expect(await statusOf(id)).toMatchObject({
    charge: "0.493828",
    start_count: "7",
    status: "Completed",
    remains: "0",
    runs_done: 4,
  });
  expect(await turn()).toBe(0);
});

test("what a run did not deliver is refunded at once, exactly, and the end is Partial", async () => {
  const id = await place(100, 2, 0);
  await turn();
  const [first, second] = await runsOf(id);
  await end(first?.id ?? id, "partial", 37);
  await turn();
  const between = await read(id);
  expect([between.status, kept(between)]).toEqual(["in_progress", "0.20123491"]);

  await end(second?.id ?? id, "canceled");
  await turn();
  const after = await read(id);
  expect([after.status, after.remains, kept(after)]).toEqual(["partial", 137, "0.07777791"]);
});

test("a drip-feed of which nothing was delivered is Canceled and refunded whole", async () => {
  const id = await place(10, 3, 0);
  await turn();
  for (const run of await runsOf(id)) await end(run.id, "canceled");
  await turn();
  const order = await read(id);
  expect([order.status, kept(order)]).toEqual(["canceled", "0.00"]);
});

test("a run that staff move after the end is refunded as well", async () => {
  const id = await place(100, 2, 0);
  await turn();
  const runs = await runsOf(id);
  for (const run of runs) await end(run.id, "completed");
  await turn();
  expect((await read(id)).status).toBe("completed");

  await end(runs[1]?.id ?? id, "partial", 10);
  await turn();
  const partial = await read(id);
  expect([partial.status, partial.remains, kept(partial)]).toEqual(["partial", 10, "0.2345683"]);
  for (const run of runs) await end(run.id, "canceled");
  await turn();
  expect([(await read(id)).status, kept(await read(id))]).toEqual(["canceled", "0.00"]);
});

test("the customer's cancel stops the runs and refunds those not made; the open one goes on", async () => {
  const id = await place(100, 5, 60);
  await turn();
  const asked = await panel.api({ key: customer.key, action: "cancel", orders: id });
  expect(asked).toEqual([{ order: id, cancel: 1 }]);
  const stopped = await read(id);
  expect([stopped.status, kept(stopped)]).toEqual(["in_progress", "0.123457"]);
  await later(60);
  await turn();
  expect(await runsOf(id)).toHaveLength(1);

  const [run] = await runsOf(id);
  await end(run?.id ?? id, "completed");
  await turn();
  const order = await read(id);
  expect([order.status, order.remains, kept(order)]).toEqual(["partial", 400, "0.123457"]);
});

test("one canceled before its first run is Canceled and refunded at once", async () => {
  const id = await place();
  await panel.api({ key: customer.key, action: "cancel", orders: id });
  const order = await read(id);
  expect([order.status, kept(order)]).toEqual(["canceled", "0.00"]);
  await turn();
  expect(await runsOf(id)).toEqual([]);
});

test("paused it makes no run, resumed it goes on, canceled by staff it ends", async () => {
  const id = await place();
  const change = (what: "pause" | "resume" | "cancel") =>
    changeSchedule(panel.ctx, commandLineActor("staff"), "drip_feed", id, what);
  must(await change("pause"));
  await later(600);
  await turn();
  expect(await runsOf(id)).toEqual([]);

  must(await change("resume"));
  expect(await runsOf(id)).toHaveLength(1);
  await end((await runsOf(id))[0]?.id ?? id, "completed");
  must(await change("cancel"));
  const order = await read(id);
  expect([order.status, order.remains, kept(order)]).toEqual(["partial", 300, "0.123457"]);
  expect(await change("resume")).toMatchObject({ refusal: { code: "schedule_ended" } });
});

test("after a leap of the clock one run comes, and the next a whole interval later", async () => {
  const id = await place(1, 10, 60);
  await turn();
  await later(60 * 24);
  await turn();
  await turn();
  expect(await runsOf(id)).toHaveLength(2);
  await later(59);
  await turn();
  expect(await runsOf(id)).toHaveLength(2);
  await later(1);
  await turn();
  expect(await runsOf(id)).toHaveLength(3);
});

test("the database's clock may leap both ways: no run is doubled, none is lost", async () => {
  const id = await place(1, 6, 60);
  await turn();
  const made: number[] = [];
  for (const offset of ["1 hour", "-5 hours", "1 hour", "30 hours", "29 hours", "200 hours"]) {
    await turnClock(`set panel.clock_offset = '${offset}'`);
    const db = openPool(panel.database.settings, 4);
    await turn({ ...panel.ctx, db });
    await turn({ ...panel.ctx, db });
    await db.end();
    made.push((await runsOf(id)).length);
  }
  await turnClock("reset panel.clock_offset");

  expect(made).toEqual([2, 2, 2, 3, 3, 4]);
});

/** For all connections that are opened from now on. */
async function turnClock(setting: string): Promise<void> {
  const { rows } = await panel.ctx.db.query("select current_database() as name");
  const [{ name } = { name: "" }] = rows as { name: string }[];
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(`alter database ${name} ${setting}`).finally(() => owner.end());
}

test("a service that its provider runs is sent whole", async () => {
  const done = await runPanel(
    panel.database.url,
    ...words(`service set ${service} --runs-upstream --json`),
  );
  expect(done.json()).toMatchObject({ runs_upstream: true });
  const id = await place();
  expect(await turn()).toBe(0);
  expect(await statusOf(id)).toMatchObject({ runs: 4, orders: [] });
  expect(await listSources(panel.ctx.db, [service])).toHaveLength(1);
});

test("a thousand drip-feeds at once get their first runs in one go, and one each", async () => {
  const rich = await panel.addCustomer({ balance: "100000", terms: { rateLimit: 0 } });
  const add = { key: rich.key, action: "add", service, quantity: 10, runs: 3, interval: 60 };
  await Promise.all(Array.from({ length: 1000 }, (_, n) => panel.api({ ...add, link: `l${n}` })));

  const startedAt = performance.now();
  while ((await turn()) > 0);
  expect(performance.now() - startedAt).toBeLessThan(60_000);
  const { rows } = await panel.ctx.db.query(
    `select count(*) as runs, count(distinct parent_id) as parents, max(run) as highest
       from orders where account_id = $1 and parent_id is not null`,
    [rich.id],
  );
  expect(rows).toEqual([{ runs: 1000, parents: 1000, highest: 1 }]);
}, 120_000);
