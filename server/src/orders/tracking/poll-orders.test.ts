import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findPollRest } from "#providers/poll-rests.sql.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { findBalance, listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import type { AskedFields, ScriptedAnswer } from "#test/scripted-provider.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { pollOrders } from "./poll-orders.ts";
import { insertCancels, listCancels } from "#orders/requests.sql.ts";
import { setOrder } from "#orders/set-order.ts";

const panel = testPanel();
const upstream = scriptedProvider();
let providerId: ProviderId;
let service: ServiceId;
let customer: TestCustomer;

/** What the provider says of each of its orders. */
const states = new Map<string, unknown>();

beforeAll(async () => {
  const input = {
    name: "Upstream",
    connector: "api-v2",
    baseUrl: upstream.url,
    key: "k".repeat(32),
  };
  const terms = { isPrivate: true, requestsPerSecond: 1000, exchangeRate: amount("2") };
  providerId = must(await addProvider(panel.ctx, tester, { ...input, ...terms }));
  service = await panel.addService({
    rate: amount("10"),
    min: 1,
    max: 1_000_000,
    providerId,
    providerService: "1",
    providerRate: amount("2"),
  });
  customer = await panel.addCustomer({ balance: "100000" });
});

beforeEach(() => {
  states.clear();
  upstream.answers(sayStates);
});

const missing = { error: "Incorrect order ID" };

function sayStates({ orders, order }: AskedFields): ScriptedAnswer {
  if (order !== undefined) return { json: states.get(order) ?? missing };
  const ids = (orders ?? "").split(",");
  return { json: Object.fromEntries(ids.map((id) => [id, states.get(id) ?? missing])) };
}

async function provider(): Promise<Provider> {
  const found = await findProvider(panel.ctx.db, providerId);
  if (found === undefined) throw new Error("no provider");
  return found;
}

/** An order of 1000 pieces (charge 10, expected cost 4) that the provider took. */
async function sentOrder(): Promise<OrderId> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 1000 });
  const { order } = placed as { order: OrderId };
  await panel.ctx.db.query(
    `with taken as (update orders set provider_order = 'p' || id where id = $1)
     update tasks set kind = 'poll' where order_id = $1`,
    [order],
  );
  return order;
}

/** Lets the provider say something of one order, asks it, and gives back the order. */
async function say(order: OrderId, said: unknown): Promise<Order> {
  states.set(`p${order}`, said);
  await poll();
  return orderOf(order);
}

/** One turn with everything that is not settled, due or not. */
async function poll(): Promise<number> {
  await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'poll'");
  return pollOrders(panel.ctx, await provider());
}

async function orderOf(id: OrderId): Promise<Order> {
  const found = await findOrder(panel.ctx.db, id);
  if (found === undefined) throw new Error("no order");
  return found;
}

const openReasons = async (id: OrderId) =>
  (await listDeskEntriesOfOrder(panel.ctx.db, customer.id, id))
    .filter((entry) => entry.closed_at === null)
    .map((entry) => entry.reason);

async function taskOf(id: OrderId): Promise<{ misses: number; seconds: number } | undefined> {
  const { rows } = await panel.ctx.db.query<{ misses: number; seconds: number }>(
    `select misses, extract(epoch from due_at - panel_now())::float8 as seconds
       from tasks where order_id = $1`,
    [id],
  );
  return rows[0];
}

async function costsOf(id: OrderId): Promise<[kind: string, amount: string][]> {
  const { accountId } = await provider();
  if (accountId === undefined) return [];
  const rows = await listPostingsOfOrder(panel.ctx.db, accountId, id);
  return rows.map((row) => [row.kind, row.amount]);
}

function said(status: string, more: Record<string, unknown> = {}): unknown {
  return { charge: "2", start_count: "7", status, remains: "1000", currency: "USD", ...more };
}

describe("following an order", () => {
  test("takes over status, start count, remains and charge until its end", async () => {
    const order = await sentOrder();

    expect(await say(order, said("In progress", { remains: "400" }))).toMatchObject({
      status: "in_progress",
      startCount: 7,
      remains: 400,
      bookedCost: amount("4"),
      note: undefined,
    });
    expect(await say(order, said("Completed", { remains: "0" }))).toMatchObject({
      status: "completed",
      remains: 0,
      refunded: 0n,
    });

    expect(await taskOf(order)).toBeUndefined();
    expect(await costsOf(order)).toEqual([["cost", "4.00000000"]]);
    const { rows } = await panel.ctx.db.query(
      "select started_at <= finished_at as ended from orders where id = $1",
      [order],
    );
    expect(rows).toEqual([{ ended: true }]);
  });

  test("refunds a Partial once, and books back what the provider gave back", async () => {
    const order = await sentOrder();
    await say(order, said("In progress"));

    const partial = await say(order, said("Partial", { remains: "250", charge: "1.5" }));

    expect(partial).toMatchObject({
      status: "partial",
      remains: 250,
      refunded: amount("2.5"),
      bookedCost: amount("3"),
    });
    expect(await costsOf(order)).toEqual([
      ["cost", "4.00000000"],
      ["cost_refund", "1.00000000"],
    ]);
    expect(await poll()).toBe(0);
  });

  test("refunds a Canceled whole, and ends an open request to cancel", async () => {
    const order = await sentOrder();
    await say(order, said("Processing"));
    await insertCancelOf(order);

    const canceled = await say(order, said("Canceled", { charge: "0" }));

    expect(canceled).toMatchObject({ refunded: amount("10"), bookedCost: 0n });
    expect(await listCancels(panel.ctx.db, 1)).toMatchObject([
      { order_id: order, status: "completed" },
    ]);
  });

  test("rejects an open request to cancel where the order completed", async () => {
    const order = await sentOrder();
    await insertCancelOf(order);

    await say(order, said("Completed", { remains: "0" }));

    expect(await listCancels(panel.ctx.db, 1)).toMatchObject([
      { order_id: order, status: "rejected", reason: "order_completed" },
    ]);
  });

  test("asks the order's own provider, whatever became of the service", async () => {
    const order = await sentOrder();
    await panel.ctx.db.query(
      `update services set provider_id = (select id from providers where name = 'manual'),
              provider_service = null where id = $1`,
      [service],
    );

    expect(await say(order, said("In progress"))).toMatchObject({ status: "in_progress" });
    await panel.ctx.db.query(
      "update services set provider_id = $2, provider_service = '1' where id = $1",
      [service, providerId],
    );
  });

  test("asks for many in one request, and moves each by its own state", async () => {
    const orders = await Promise.all(Array.from({ length: 250 }, sentOrder));
    orders.forEach((order, index) => states.set(`p${order}`, saidOf(index)));
    upstream.asked.length = 0;

    await poll();

    const many = upstream.asked.filter(({ action }) => action === "status");
    expect(many.length).toBeLessThanOrEqual(4);
    for (const [index, id] of orders.entries()) {
      const order = await orderOf(id);
      expect(order.status).toBe(["in_progress", "completed", "partial", "canceled"][index % 4]);
      expect(order.refunded).toBe([0n, 0n, amount("5"), amount("10")][index % 4]);
      expect(order.bookedCost).toBe([amount("4"), amount("4"), amount("2"), 0n][index % 4]);
    }
  });

  test("leaves an order alone that an operator settled meanwhile", async () => {
    const order = await sentOrder();
    states.set(`p${order}`, said("Completed", { remains: "0" }));
    upstream.answers(async (fields) => {
      must(await setOrder(panel.ctx, tester, order, { status: "canceled" }));
      return sayStates(fields);
    });

    await poll();

    expect(await orderOf(order)).toMatchObject({ status: "canceled", refunded: amount("10") });
  });
});

describe("what staff have to see", () => {
  test("an order that came back Completed with a rest, until the provider thinks again", async () => {
    const order = await sentOrder();

    await say(order, said("Completed", { remains: "3" }));
    expect(await orderOf(order)).toMatchObject({ status: "pending", remains: 3 });
    expect(await openReasons(order)).toEqual(["completed_short"]);

    await say(order, said("Completed", { remains: "0" }));
    expect(await orderOf(order)).toMatchObject({ status: "completed" });
    expect(await openReasons(order)).toEqual([]);
  });

  test("a status that went backwards, and nothing more once it goes forward", async () => {
    const order = await sentOrder();
    await say(order, said("In progress"));

    await say(order, said("Pending"));
    expect(await orderOf(order)).toMatchObject({ status: "in_progress" });
    expect(await openReasons(order)).toEqual(["went_back"]);

    await say(order, said("In progress"));
    expect(await openReasons(order)).toEqual([]);
    const [entry] = await listDeskEntriesOfOrder(panel.ctx.db, customer.id, order);
    expect(entry).toMatchObject({ closed_by: expect.stringMatching(/^provider:\d+$/) });
  });

  test("an order that the provider forgot: the third time, and it is asked about rarely", async () => {
    const order = await sentOrder();
    for (const misses of [1, 2]) {
      await say(order, missing);
      expect(await taskOf(order)).toMatchObject({ misses });
      expect(await openReasons(order)).toEqual([]);
    }

    await say(order, missing);
    expect(await openReasons(order)).toEqual(["forgotten"]);
    expect((await taskOf(order))?.seconds).toBeGreaterThan(30);

    await say(order, said("In progress"));
    expect(await openReasons(order)).toEqual([]);
    expect(await taskOf(order)).toMatchObject({ misses: 0 });
  });

  test("a word that nobody knows", async () => {
    const order = await sentOrder();
    for (let n = 0; n < 3; n++) await say(order, said("Awaiting moon"));

    expect(await orderOf(order)).toMatchObject({
      status: "pending",
      note: 'Provider: unknown status "Awaiting moon"',
    });
    expect(await openReasons(order)).toEqual(["status_unknown"]);
    expect((await say(order, said("In progress"))).note).toBeUndefined();
  });

  test("leaves the desk with the order's end by an operator's hand", async () => {
    const order = await sentOrder();
    await say(order, said("Partial", { remains: "0" }));
    expect(await openReasons(order)).toEqual(["partial_unclear"]);

    must(await setOrder(panel.ctx, commandLineActor("anna"), order, { status: "completed" }));

    const [entry] = await listDeskEntriesOfOrder(panel.ctx.db, customer.id, order);
    expect(entry).toMatchObject({ closed_by: "cli:anna", decision: "the order is Completed" });
  });
});

describe("costs", () => {
  test("follow the provider's charge up and down, each step one posting", async () => {
    const order = await sentOrder();
    for (const charge of ["0", "2", "2", "2.5", "1"]) {
      await say(order, said("In progress", { charge }));
    }

    expect(await orderOf(order)).toMatchObject({ bookedCost: amount("2"), costBookings: 3 });
    expect(await costsOf(order)).toEqual([
      ["cost", "4.00000000"],
      ["cost", "1.00000000"],
      ["cost_refund", "3.00000000"],
    ]);
  });

  test.each(["-1", "1000", "not a number"])("of %s are not booked", async (charge) => {
    const order = await sentOrder();

    await say(order, said("In progress", { charge }));

    expect(await orderOf(order)).toMatchObject({ status: "in_progress", bookedCost: 0n });
    expect(await costsOf(order)).toEqual([]);
  });

  test("add up to minus what stands on the provider's account", async () => {
    const { accountId } = await provider();
    if (accountId === undefined) throw new Error("no account");
    const { rows } = await panel.ctx.db.query<{ total: string }>(
      "select sum(booked_cost)::text as total from orders",
    );

    const { balance } = (await findBalance(panel.ctx.db, accountId)) ?? {};

    expect(balance).toBe(amount(`-${rows[0]?.total}`));
  });
});

test("a provider that does not answer is left in peace, and followed again by itself", async () => {
  const order = await sentOrder();
  upstream.answers(() => ({ text: "<html>Bad gateway</html>", status: 502 }));

  for (let failures = 1; failures <= 5; failures++) {
    await poll();
    expect(await findPollRest(panel.ctx.db, providerId)).toMatchObject({ failures });
  }
  upstream.asked.length = 0;
  expect(await poll()).toBe(0);
  expect(upstream.asked).toEqual([]);
  expect(await orderOf(order)).toMatchObject({ status: "pending", note: undefined });

  await panel.ctx.db.query("update provider_states set poll_rest_until = panel_now()");
  upstream.answers(sayStates);

  expect(await say(order, said("In progress"))).toMatchObject({ status: "in_progress" });
  expect(await findPollRest(panel.ctx.db, providerId)).toMatchObject({ failures: 0 });
});

function saidOf(index: number): unknown {
  const kinds = [
    said("In progress", { remains: "500" }),
    said("Completed", { remains: "0" }),
    said("Partial", { remains: "500", charge: "1" }),
    said("Canceled", { charge: "0.00000" }),
  ];
  return kinds[index % 4];
}

async function insertCancelOf(order: OrderId): Promise<void> {
  const tx = await panel.ctx.db.connect();
  const request = { orderId: order, asked: undefined };
  await insertCancels(tx, customer.id, [request], tester).finally(() => tx.release());
}
