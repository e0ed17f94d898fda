import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findService } from "#catalog/catalog.sql.ts";
import { changeService } from "#catalog/change-service.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import type { RefillTerms } from "#catalog/refill-terms.ts";
import { runPanel, words } from "#test/run-panel.ts";
import { connect } from "#database/connection.ts";
import { customerActor } from "#values/actor.ts";
import type { OrderId, RefillId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { orderRefill } from "./order-refill.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { requestRefill } from "./request-refill.ts";
import { listRefills } from "#orders/requests.sql.ts";
import type { RefillRow } from "#orders/requests.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleRefill } from "./settle-refill.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
});

beforeEach(async () => {
  service = await panel.addService({ rate: amount("1"), min: 10, refillTerms: refillTermsDefault });
});

afterEach(() => turnClock("0"));

/** Turns the database's clock; connections that are there take it up as well. */
async function turnClock(offset: string): Promise<void> {
  const { ownerSettings, pool, hotPool } = panel.database;
  const owner = await connect(ownerSettings);
  const { rows } = await owner.query<{ name: string }>("select current_database() as name");
  await owner.query(`alter database ${rows[0]?.name} set panel.clock_offset = '${offset}'`);
  await owner.end();
  for (const each of [pool, hotPool]) {
    const all = await Promise.all(Array.from({ length: each.totalCount }, () => each.connect()));
    for (const connection of all) {
      await connection.query(`set panel.clock_offset = '${offset}'`);
      connection.release();
    }
  }
}

async function setTerms(change: Partial<RefillTerms> & { refill?: boolean }): Promise<void> {
  const { refill = true, ...terms } = change;
  const decide = (before: { refillTerms: RefillTerms }) => ({
    refill,
    refillTerms: { ...before.refillTerms, ...terms },
  });
  must(await changeService(panel.ctx, tester, service, decide));
}

async function place(quantity = 1000): Promise<OrderId> {
  const { key } = customer;
  const link = "https://example.com/a";
  const placed = await panel.api({ key, action: "add", service, link, quantity });
  return (placed as { order: OrderId }).order;
}

async function delivered(): Promise<OrderId> {
  const order = await place();
  must(await setOrder(panel.ctx, tester, order, { status: "completed", startCount: 100 }));
  return order;
}

const ask = (order: OrderId | string, more: Record<string, string> = {}) =>
  panel.api({ key: customer.key, action: "refill", order, ...more });

async function refillOf(order: OrderId): Promise<RefillRow> {
  const found = (await listRefills(panel.ctx.db, 1000)).find((each) => each.order_id === order);
  if (found === undefined) throw new Error("no refill");
  return found;
}

async function flagOf(id: ServiceId): Promise<{ refill: boolean; refill_days: number | null }> {
  const list = await panel.api({ key: customer.key, action: "services" });
  const row = (list as { service: number }[]).find((each) => each.service === id);
  return row as never;
}

describe("a request to refill is answered with the sentence that deployed panels use", () => {
  test("where the service has no refills, and the service list says so", async () => {
    const order = await delivered();
    for (const change of [{ refill: false }, { days: 0 }]) {
      await setTerms(change);
      expect(await flagOf(service)).toMatchObject({ refill: false, refill_days: null });
      expect(await ask(order)).toEqual({ error: "Refill is disabled for this service" });
    }
    await setTerms({ days: 30 });
    expect(await flagOf(service)).toMatchObject({ refill: true, refill_days: 30 });
  });

  test("where the order is not delivered, is unknown, or is somebody else's", async () => {
    const order = await place();
    const other = await panel.addCustomer();

    expect(await ask(order)).toEqual({ error: "The order is not completed" });
    const unknown = { error: "Incorrect order ID" };
    expect(await ask("999999")).toEqual(unknown);
    expect(await ask("none")).toEqual(unknown);
    expect(await panel.api({ key: other.key, action: "refill", order })).toEqual(unknown);
  });

  test("too early, open, and over, as the clock goes on", async () => {
    await setTerms({ days: 30 });
    const order = await delivered();
    const early = "The order was completed or refill was requested less than 24 hours ago";

    expect(await ask(order)).toEqual({ error: early });
    await turnClock("23 hours 59 minutes");
    expect(await ask(order)).toEqual({ error: early });
    await turnClock("24 hours 1 minute");
    const taken = (await ask(order)) as { refill: string };
    expect(taken).toEqual({ refill: expect.stringMatching(/^\d+$/) as string });
    const open = "The refill task is not completed for this order";
    expect(await ask(order)).toEqual({ error: open });

    const id = Number(taken.refill) as RefillId;
    must(await settleRefill(panel.ctx, tester, id, "completed"));
    expect(await ask(order)).toEqual({ error: early });
    await setTerms({ betweenHours: 48 });
    expect(await ask(order)).toEqual({ error: early.replace("24", "48") });
    await turnClock("72 hours 2 minutes");
    expect(await ask(order)).toHaveProperty("refill");

    await turnClock("31 days");
    const late = await refillOf(order);
    must(await settleRefill(panel.ctx, tester, late.id, "rejected", "no"));
    expect(await ask(order)).toEqual({ error: "Refill days are over" });
  });

  test("where the drop is said and too small", async () => {
    await setTerms({ afterHours: 0, dropMin: 50, dropPercent: 10 });
    const order = await delivered();
    const small = { error: "The drop is too small for a refill" };

    expect(await ask(order, { current_count: "1100" })).toEqual(small);
    expect(await ask(order, { current_count: "1001" })).toEqual(small);
    expect(await ask(order, { current_count: "x" })).toMatchObject({
      error: expect.stringContaining("current_count") as string,
    });
    expect(await ask(order, { current_count: "1000" })).toHaveProperty("refill");
    expect(await refillOf(order)).toMatchObject({ current_count: 1000 });
  });

  test("of a refill that is not theirs, in both dialects, and of one that was rejected", async () => {
    await setTerms({ afterHours: 0 });
    const order = await delivered();
    const { refill } = (await ask(order)) as { refill: string };
    const other = await panel.addCustomer({ terms: { dialect: "v2-1dg" } });
    const state = (key: string) => panel.api({ key, action: "refill_status", refill });

    expect(await state(other.key)).toEqual({ error: "Incorrect refill ID" });
    expect(await panel.api({ key: customer.key, action: "refill_status", refill: 99 })).toEqual({
      error: "Refill not found",
    });
    expect(await state(customer.key)).toEqual({ status: "Pending" });
    must(await settleRefill(panel.ctx, tester, Number(refill) as RefillId, "error"));
    expect(await state(customer.key)).toEqual({ status: "Error" });
    must(await settleRefill(panel.ctx, tester, Number(refill) as RefillId, "rejected", "no"));
    expect(await state(customer.key)).toEqual({
      status: "Rejected",
      reason: "It was declined by support",
    });
  });
});

describe("a refill by an order of our own", () => {
  let source: ServiceId;

  beforeEach(async () => {
    source = await panel.addService({ rate: amount("2"), min: 50, max: 5000, refill: false });
    await setTerms({ afterHours: 0, by: "order", serviceId: source });
  });

  const ownOrder = async (order: OrderId) => {
    const id = (await refillOf(order)).refill_order;
    const own = id === null ? undefined : await findOrder(panel.ctx.db, id);
    if (own === undefined) throw new Error("no order of our own");
    return own;
  };

  test("is of what is missing, free for the customer, and ends as its order does", async () => {
    const order = await delivered();
    const before = await panel.api({ key: customer.key, action: "balance" });

    const { refill } = (await ask(order, { current_count: "800" })) as { refill: string };

    const own = await ownOrder(order);
    expect(own).toMatchObject({
      serviceId: source,
      quantity: 300,
      charge: 0n,
      source: "refill",
      link: "https://example.com/a",
      note: `Refill of order ${order}`,
    });
    expect(await panel.api({ key: customer.key, action: "balance" })).toEqual(before);
    const state = () => panel.api({ key: customer.key, action: "refill_status", refill });
    expect(await state()).toEqual({ status: "In progress" });
    // A refill is none of the customer's orders that could be refilled in turn.
    expect(await ask(own.id)).toEqual({ error: "Incorrect order ID" });

    must(await setOrder(panel.ctx, tester, own.id, { status: "completed" }));
    expect(await state()).toEqual({ status: "Completed" });
  });

  test("is no order of the customer's: neither listed nor told of", async () => {
    const order = await delivered();
    const { key } = customer;
    const { cursor } = (await panel.api({ key, action: "changes" })) as { cursor: string };
    await ask(order, { current_count: "800" });
    const own = await ownOrder(order);

    must(await setOrder(panel.ctx, tester, own.id, { status: "completed" }));

    const [newest] = (await panel.api({ key, action: "orders" })) as { order: OrderId }[];
    expect(newest).toMatchObject({ order });
    const told = await panel.api({ key, action: "changes", since: cursor });
    const { changes } = told as { changes: { event: string; data: Record<string, unknown> }[] };
    expect(changes.map(({ event, data }) => [event, data["order"], data["status"]])).toEqual([
      ["refill.updated", order, "In progress"],
      ["refill.updated", order, "Completed"],
    ]);
  });

  test("that was not delivered in full is an error, for staff to judge", async () => {
    const [partial, canceled] = [await delivered(), await delivered()];
    for (const order of [partial, canceled]) await ask(order, { current_count: "100" });

    const first = (await ownOrder(partial)).id;
    must(await setOrder(panel.ctx, tester, first, { status: "partial", remains: 10 }));
    const second = (await ownOrder(canceled)).id;
    must(await setOrder(panel.ctx, tester, second, { status: "canceled" }));

    for (const order of [partial, canceled]) {
      expect(await refillOf(order)).toMatchObject({ status: "error" });
    }
  });

  test("without a known drop is of the share, within the bounds of its service", async () => {
    await setTerms({ percent: 3 });
    const order = await delivered();

    await ask(order);

    // 30 are 3 per cent; the service delivers 50 at least.
    expect((await ownOrder(order)).quantity).toBe(50);
  });

  test("waits for staff where nobody knows of how much, or where it cannot be ordered", async () => {
    const unknown = await delivered();
    await ask(unknown);
    expect(await refillOf(unknown)).toMatchObject({ status: "pending", refill_order: null });

    const off = await delivered();
    must(await changeService(panel.ctx, tester, source, () => ({ isEnabled: false })));
    await ask(off, { current_count: "0" });
    const waiting = await refillOf(off);
    expect(waiting).toMatchObject({ status: "pending", refill_order: null, provider_id: null });
    const not = await orderRefill(panel.ctx, tester, waiting.id, {
      quantity: 100,
      serviceId: undefined,
    });
    expect(not).toMatchObject({ ok: false, refusal: { code: "refill_not_orderable" } });

    must(await changeService(panel.ctx, tester, source, () => ({ isEnabled: true })));
    const { id } = await refillOf(unknown);
    const run = await runPanel(panel.database.url, ...words(`refill order ${id} 120 --json`));
    expect(run.stderr).toBe("");
    expect(run.json()).toMatchObject({ refill: id });
    expect(await ownOrder(unknown)).toMatchObject({ quantity: 120, charge: 0n });
    const again = await orderRefill(panel.ctx, tester, id, { quantity: 1, serviceId: undefined });
    expect(again).toMatchObject({ ok: false });
  });

  test("is made once, however many ask at the same time", async () => {
    const order = await delivered();

    const asked = await Promise.all(
      Array.from({ length: 10 }, () =>
        requestRefill(panel.ctx, customerActor(customer.id), order, { currentCount: 0 }),
      ),
    );

    expect(asked.filter((each) => each.ok)).toHaveLength(1);
    const { rows } = await panel.ctx.db.query<{ orders: number }>(
      "select count(*) as orders from orders where source = 'refill' and note like $1",
      [`% ${order}`],
    );
    expect(rows).toEqual([{ orders: 1 }]);
  });
});

test("the terms are set on the command line, and shown", async () => {
  const url = panel.database.url;
  const set = `service set ${service} --refill-days 30 --refill-after-hours 12 --refill-drop 50,5%`;

  const run = await runPanel(url, ...words(`${set} --refill-by hand --json`));

  expect(run.stderr).toBe("");
  expect(run.json()).toMatchObject({
    refill_terms: { days: 30, after_hours: 12, drop_min: 50, drop_percent: 5, by: "hand" },
  });
  const cleared = await runPanel(
    url,
    ...words(`service set ${service} --json`),
    "--refill-days",
    "",
    "--refill-drop",
    "",
  );
  expect(cleared.json()).toMatchObject({ refill_terms: { days: null, drop_min: null } });
  const create = `service create --category A --type Default --rate 1 --min 1 --max 9 --refill`;
  const made = await runPanel(
    url,
    ...words(`${create} --name B --refill-days 7 --refill-by order --refill-service ${service}`),
    "--json",
  );
  expect(made.stderr).toBe("");
  const { service: id } = made.json() as { service: ServiceId };
  expect((await findService(panel.ctx.db, id))?.refillTerms).toEqual({
    ...refillTermsDefault,
    days: 7,
    by: "order",
    serviceId: service,
  });
  const nobody = words(`${create} --name C --refill-by order --refill-service 999999`);
  expect((await runPanel(url, ...nobody)).exitCode).toBe(1);
  const impossible = await runPanel(url, ...words(`service set ${service} --refill-by order`));
  expect(impossible.exitCode).toBe(1);
  const itself = `service set ${service} --refill-by order --refill-service ${service}`;
  expect((await runPanel(url, ...words(itself))).exitCode).toBe(1);
});
