import { beforeAll, beforeEach, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { runPanel, words } from "#test/run-panel.ts";
import { figuresRest, measureServices as job } from "#workers/measure-services.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { listFigures } from "./service-figures.sql.ts";
import { measureServices, roundedSeconds } from "./service-figures.ts";
import { setOrder } from "#orders/set-order.ts";
import { findStuckOrders } from "./stuck.ts";
import type { StuckFilter } from "./stuck.sql.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "100000", terms: { rateLimit: 0 } });
});

beforeEach(async () => {
  service = await panel.addService({ rate: amount("1"), min: 1, provider: "sandbox" });
});

async function place(of = service): Promise<OrderId> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service: of, link: "a", quantity: 100 });
  return (placed as { order: OrderId }).order;
}

/** An order that took so many seconds, and began after a tenth of them. */
async function ended(seconds: number, isPartial = false): Promise<OrderId> {
  const order = await place();
  const move = isPartial
    ? ({ status: "partial", remains: 50 } as const)
    : { status: "completed" as const };
  must(await setOrder(panel.ctx, tester, order, move));
  await panel.ctx.db.query(
    `update orders set created_at = finished_at - $2::double precision * interval '1 second',
                       started_at = finished_at - $2::double precision * interval '0.9 seconds'
      where id = $1::bigint`,
    [order, seconds],
  );
  return order;
}

/** Makes an order and all its changes older. */
async function age(order: OrderId, hours: number): Promise<void> {
  await panel.ctx.db.query(
    "update orders set created_at = panel_now() - $2::integer * interval '1 hour' where id = $1::bigint",
    [order, hours],
  );
}

async function inList(): Promise<Record<string, unknown>> {
  const list = (await panel.api({ key: customer.key, action: "services" })) as {
    service: number;
  }[];
  return list.find((each) => each.service === service) as never;
}

const filter: StuckFilter = {
  providerId: undefined,
  serviceId: undefined,
  isMuted: false,
  limit: 1000,
};
const stuckIds = async () => (await findStuckOrders(panel.ctx.db, filter)).map(({ id }) => id);

test("nine orders are not enough data, ten are; the service list tells the average time", async () => {
  for (let n = 1; n <= 9; n++) await ended(n * 100);
  await measureServices(panel.ctx);
  expect((await listFigures(panel.ctx.db)).get(service)).toMatchObject({
    ended: 9,
    finish_median: null,
    partial_share: null,
  });
  expect(await inList()).toMatchObject({ average_time: null });
  const shown = await runPanel(panel.database.url, ...words("service list --figures"));
  expect(shown.stdout).toContain("not enough data");

  await ended(1000);
  const partial = await ended(5, true);
  await panel.ctx.db.query("insert into refills (account_id, order_id) values ($1, $2)", [
    customer.id,
    partial,
  ]);
  const measured = await runPanel(panel.database.url, ...words("service measure --json"));
  expect(measured.json()).toMatchObject({ days: 90 });

  const figures = (await listFigures(panel.ctx.db)).get(service);
  expect(figures).toMatchObject({ ended: 11, completed: 10, finish_median: 550 });
  expect(figures?.partial_share).toBeCloseTo(1 / 11);
  expect(figures?.refill_share).toBeCloseTo(1 / 11);
  // Of all eleven, the middle one took 500 seconds.
  expect(figures?.start_median).toBeCloseTo(50, 3);
  // 550 seconds, rounded to minutes. A price list without a new price: no order is outdated.
  expect(await inList()).toMatchObject({ average_time: 540 });
  const list = await runPanel(panel.database.url, ...words("service list --figures --json"));
  const rows = list.json() as { service: number; figures: unknown }[];
  expect(rows.find((row) => row.service === service)).toMatchObject({
    figures: { average_seconds: 550 },
    average_time: 540,
  });
});

test("orders of more than 90 days ago, refills and runs are left out", async () => {
  for (let n = 0; n < 12; n++) await ended(60);
  await panel.ctx.db.query(
    `update orders set source = 'refill' where service_id = $1 and id % 3 = 0`,
    [service],
  );
  await panel.ctx.db.query(
    `update orders set created_at = created_at - interval '91 days'
      where service_id = $1 and id % 3 = 1`,
    [service],
  );

  await measureServices(panel.ctx);

  expect((await listFigures(panel.ctx.db)).get(service)).toMatchObject({ ended: 4 });
});

test("several workers measure once", async () => {
  await measureServices(panel.ctx);
  const before = [...(await listFigures(panel.ctx.db)).values()].map((row) => row.measured_at);

  await job.run(panel.ctx, new AbortController().signal);

  const after = [...(await listFigures(panel.ctx.db)).values()].map((row) => row.measured_at);
  expect(after).toEqual(before);
});

test("what customers are told is rounded, so that the list seldom changes", () => {
  expect([undefined, 0.2, 59, 61, 89, 3599, 4000, 100_000].map(roundedSeconds)).toEqual([
    undefined,
    1,
    59,
    60,
    60,
    3600,
    4200,
    100_800,
  ]);
});

test("an order is stuck after twice its service's own time, and leaves the list when it moves", async () => {
  for (let n = 0; n < 20; n++) await ended(7200);
  await measureServices(panel.ctx);
  const [slow, usual] = [await place(), await place()];
  await age(slow, 5);
  await age(usual, 3);
  expect(await stuckIds()).toEqual([slow]);
  const [found] = await findStuckOrders(panel.ctx.db, filter);
  expect(found).toMatchObject({ is_measured: true, limit_seconds: 14_400, service_id: service });

  must(await setOrder(panel.ctx, tester, slow, { status: "in_progress" }));
  expect(await stuckIds()).toEqual([]);
  // Quiet for half of its limit, it comes back.
  const owner = "alter table order_changes disable trigger order_changes_are_append_only";
  const connection = await connect(panel.database.ownerSettings);
  await connection.query(owner);
  await connection.query("update order_changes set at = at - interval '3 hours'");
  await connection.query(owner.replace("disable", "enable"));
  await connection.end();
  expect(await stuckIds()).toEqual([slow]);

  must(await setOrder(panel.ctx, tester, slow, { status: "completed" }));
  expect(await stuckIds()).toEqual([]);
});

test("without a time of its own the setting counts, and by hand as well; what is known is muted", async () => {
  const byHand = await panel.addService({ rate: amount("1"), min: 1 });
  const [order, other] = [await place(), await place(byHand)];
  await panel.ctx.db.query("delete from tasks where order_id = $1", [other]);
  await panel.ctx.db.query(
    `insert into attempts (account_id, order_id, number, provider_id, request_id, ended_at, outcome)
     select account_id, id, 1, provider_id, 'h' || id, panel_now(), 'by_hand'
       from orders where id = $1`,
    [other],
  );
  for (const each of [order, other]) await age(each, 71);
  expect(await stuckIds()).toEqual([]);
  for (const each of [order, other]) await age(each, 73);
  expect(await stuckIds()).toEqual([order, other]);

  const run = (line: string) => runPanel(panel.database.url, ...words(line));
  expect((await run(`order stuck --mute ${order}`)).exitCode).not.toBe(0);
  expect((await run(`order stuck --mute ${order} --reason asked`)).exitCode).toBe(0);
  expect(await stuckIds()).toEqual([other]);
  const list = await run("order stuck --json");
  expect(list.stderr).toBe("");
  expect(list.json()).toMatchObject({
    orders: [{ order: other, limit_seconds: 259_200, limit_measured: false }],
    counts: [{ provider: "By hand", service: byHand, orders: 1 }],
  });
  expect((await run("order stuck --muted")).stdout).toContain("asked");
  await run(`order stuck --unmute ${order}`);
  expect(await stuckIds()).toEqual([order, other]);
  await run(`order stuck --mute ${order} --reason asked`);
  must(await setOrder(panel.ctx, tester, order, { status: "in_progress", remains: 5 }));
  const { rows } = await panel.ctx.db.query("select from stuck_mutes where order_id = $1", [order]);
  expect(rows).toEqual([]);
  await run("settings set stuck_hours 100");
  expect(await stuckIds()).toEqual([]);
});

test("measuring takes no more than a 500th of the time, however many orders there are", () => {
  expect(figuresRest(50)).toBe(1800);
  expect(figuresRest(9000)).toBe(4500);
  expect(figuresRest(60_000)).toBe(30_000);
});
