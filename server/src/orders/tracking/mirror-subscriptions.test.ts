// Long because: one scripted provider tells every story of the subscriptions that it runs.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { runPanel } from "#test/run-panel.ts";
import { listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import { askCancels } from "#orders/requests/ask-cancels.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { pollOrders } from "./poll-orders.ts";
import { listRuns } from "#orders/schedules/schedules.sql.ts";
import { sendOrders } from "#orders/dispatch/send-orders.ts";
import { settlePost } from "#orders/schedules/settle-post.ts";

const panel = testPanel();
const upstream = scriptedProvider();
let providerId: ProviderId;
let service: ServiceId;
let customer: TestCustomer;

/** What the provider says of each of its orders; the subscriptions get 700, 701 … */
const states = new Map<string, unknown>();
let next = 700;
let services = 0;
const missing = { error: "Incorrect order ID" };

beforeAll(async () => {
  providerId = must(
    await addProvider(panel.ctx, tester, {
      name: "Upstream",
      connector: "api-v2",
      baseUrl: upstream.url,
      key: "k".repeat(32),
      isPrivate: true,
      requestsPerSecond: 10_000,
      exchangeRate: amount("2"),
    }),
  );
});
beforeEach(async () => {
  await panel.ctx.db.query("delete from tasks");
  states.clear();
  upstream.asked.length = 0;
  upstream.answers(({ action, order, orders }) => {
    if (action === "balance") return { json: { balance: "1000", currency: "USD" } };
    if (action === "add") return { json: { order: next++ } };
    if (order !== undefined) return { json: states.get(order) ?? missing };
    const ids = (orders ?? "").split(",");
    return { json: Object.fromEntries(ids.map((id) => [id, states.get(id) ?? missing])) };
  });
  customer = await panel.addCustomer({ balance: "100", terms: { rateLimit: 0 } });
  service = await panel.addService({
    rate: amount("10"),
    type: "Subscriptions",
    min: 1,
    max: 10_000,
    providerId,
    providerService: `s${++services}`,
    providerRate: amount("3"),
  });
  must(await changeService(panel.ctx, tester, service, () => ({ runsUpstream: true })));
});

async function provider() {
  const found = await findProvider(panel.ctx.db, providerId);
  if (found === undefined) throw new Error("no provider");
  return found;
}

/** A subscription that the provider has taken, and its number there. */
async function subscribe(fields: Record<string, string | number> = {}) {
  const add = { key: customer.key, action: "add", service, min: 100, max: 200 };
  const placed = await panel.api({ ...add, username: "anna", ...fields });
  const { order: id } = placed as { order: OrderId };
  const there = String(next);
  await sendOrders(panel.ctx, await provider());
  expect((await order(id)).providerOrder).toBe(there);
  return { id, there };
}

async function order(id: OrderId) {
  const found = await findOrder(panel.ctx.db, id);
  if (found === undefined) throw new Error("no order");
  return found;
}
const made = (id: OrderId) => listRuns(panel.ctx.db, customer.id, [id], 1000);
const statusOf = (id: OrderId) => panel.api({ key: customer.key, action: "status", order: id });
const balance = async () =>
  ((await panel.api({ key: customer.key, action: "balance" })) as { balance: string }).balance;
const desk = async (id: OrderId) =>
  (await listDeskEntriesOfOrder(panel.ctx.db, customer.id, id))
    .filter((entry) => entry.closed_at === null)
    .map((entry) => entry.reason);

/** Asks about everything that is followed, so many times. */
async function poll(times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'poll'");
    await pollOrders(panel.ctx, await provider());
  }
}

/** A subscription's state as Perfect Panel answers it. */
const active = (orders: readonly unknown[], status = "Active") => ({
  status,
  expiry: null,
  posts: "5",
  orders,
});
const state = (status: string, remains: number, charge: string) => ({
  charge,
  start_count: "7",
  status,
  remains: String(remains),
  currency: "USD",
});

test("each order that the provider made becomes one here, charged once at our rate", async () => {
  const { id, there } = await subscribe();
  states.set(there, active([]));
  await poll();
  expect(await statusOf(id)).toMatchObject({ status: "Active", orders: [] });
  expect(await balance()).toBe("100.00");

  states.set(there, active(["901", 902]));
  states.set("901", state("Pending", 150, "0.45"));
  states.set("902", state("In progress", 20, "0.36"));
  await poll(3);

  const runs = await made(id);
  expect(runs.map((run) => [run.run, run.quantity, run.charge])).toEqual([
    [1, 150, "1.50000000"],
    [2, 120, "1.20000000"],
  ]);
  expect(await balance()).toBe("97.30");
  expect(await statusOf(id)).toMatchObject({
    status: "Active",
    charge: "0.00",
    expiry: null,
    orders: runs.map((run) => run.id),
  });
  const [first] = runs;
  if (first === undefined) throw new Error("no order was made");
  expect(await order(first.id)).toMatchObject({
    providerId,
    providerOrder: "901",
    parentId: id,
    source: "subscription",
    cost: amount("0.9"),
    bookedCost: amount("0.9"),
    startCount: 7,
  });
  expect(await listPostingsOfOrder(panel.ctx.db, customer.id, first.id)).toHaveLength(1);
  // It was never sent by us.
  expect(upstream.asked.filter(({ action }) => action === "add")).toHaveLength(1);

  states.set("901", state("Partial", 50, "0.30"));
  states.set("902", state("Completed", 0, "0.36"));
  states.set(there, active(["901", "902"], "Completed"));
  await poll(2);
  expect(await balance()).toBe("97.80");
  expect(await statusOf(id)).toMatchObject({
    status: "Completed",
    orders: [first.id, runs[1]?.id],
  });
  const { rows } = await panel.ctx.db.query("select from tasks where kind <> 'run'");
  expect(rows).toEqual([]);
});

test("states come over: Paused and back, Expired, Canceled, in every deployed shape", async () => {
  const words: [said: unknown, shown: string][] = [
    [active([], "Paused"), "Paused"],
    [{ status: "Active", expiry: true, posts: 5 }, "Active"],
    [{ status: "Paused", posts: 5 }, "Paused"],
    [active([], "Pending"), "Active"],
    [active([], "Expired"), "Expired"],
  ];
  const expiring = await subscribe();
  for (const [said, shown] of words) {
    states.set(expiring.there, said);
    await poll();
    expect(await statusOf(expiring.id)).toMatchObject({ status: shown });
  }
  expect((await order(expiring.id)).status).toBe("completed");

  const canceled = await subscribe();
  states.set(canceled.there, active([]));
  await poll();
  states.set(canceled.there, active([], "Canceled"));
  await poll();
  expect(await statusOf(canceled.id)).toMatchObject({ status: "Canceled" });
  expect(await desk(canceled.id)).toEqual([]);
});

test("staff cannot pause what the provider runs, and are told so; a cancel is passed on", async () => {
  const { id, there } = await subscribe();
  states.set(there, active([]));
  const whole = await panel.addService({
    rate: amount("10"),
    dripfeed: true,
    min: 1,
    providerId,
    providerService: `s${++services}`,
  });
  must(await changeService(panel.ctx, tester, whole, () => ({ runsUpstream: true })));
  const fields = { key: customer.key, action: "add", service: whole, link: "a", quantity: 10 };
  const feed = (await panel.api({ ...fields, runs: 2, interval: 5 })) as { order: OrderId };
  const run = (...args: string[]) => runPanel(panel.database.url, ...args, "--json");
  for (const isMirrored of [false, true]) {
    for (const change of ["pause", "resume", "cancel"] as const) {
      const refused = await run("subscription", change, String(id));
      expect({ isMirrored, change, exit: refused.exitCode }).toMatchObject({ exit: 1 });
      expect(refused.json()).toMatchObject({ code: "schedule_upstream" });
    }
    await poll();
  }
  expect((await run("subscription", "pause", String(id))).stderr).toContain("ask the provider");
  expect((await run("dripfeed", "pause", String(feed.order))).json()).toMatchObject({
    code: "schedule_upstream",
  });
  expect((await run("subscription", "pause", String(feed.order))).json()).toMatchObject({
    code: "schedule_unknown",
  });

  const cancel = { key: customer.key, action: "cancel", orders: id };
  expect(await panel.api(cancel)).toEqual([{ order: id, cancel: 1 }]);
  await askCancels(panel.ctx, await provider());
  expect(upstream.asked.filter(({ action }) => action === "cancel")).toMatchObject([
    { orders: there },
  ]);
  states.set(there, active([], "Canceled"));
  await poll();
  expect(await statusOf(id)).toMatchObject({ status: "Canceled" });
  expect((await run("subscription", "pause", String(id))).json()).toMatchObject({
    code: "schedule_ended",
  });
});

test("a word that nobody knows, and an order that is gone, move nothing and reach the desk", async () => {
  const { id, there } = await subscribe();
  states.set(there, active([]));
  await poll();
  states.set(there, active([], "Napping"));
  await poll(3);
  expect(await desk(id)).toEqual(["status_unknown"]);
  states.set(there, active([]));
  await poll();
  expect(await desk(id)).toEqual([]);
  states.delete(there);
  await poll(3);
  expect(await desk(id)).toEqual(["forgotten"]);
  expect(await statusOf(id)).toMatchObject({ status: "Active" });
});

test("what is not paid for waits and is not lost, even after the provider has ended it", async () => {
  customer = await panel.addCustomer({ balance: "1.60", terms: { rateLimit: 0 } });
  const { id, there } = await subscribe();
  states.set(there, active(["911", "912"], "Completed"));
  states.set("911", state("Completed", 0, "0.45"));
  states.set("912", state("Completed", 0, "0.45"));
  await poll(2);
  expect(await made(id)).toHaveLength(1);
  expect(await order(id)).toMatchObject({
    status: "in_progress",
    note: "1 orders that it made wait: no funds",
  });

  const money = { accountId: customer.id, amount: amount("5"), idempotencyKey: "more" };
  must(await recordDeposit(panel.ctx, tester, money));
  await poll(2);
  expect(await made(id)).toHaveLength(2);
  expect(await order(id)).toMatchObject({ status: "completed", note: undefined });
  expect(await balance()).toBe("3.60");
});

test("an order of unknown quantity is not charged, but lies on the desk until it is known", async () => {
  const { id, there } = await subscribe();
  states.set(there, active(["921"]));
  // 0.451 is no whole number of pieces at 3 per 1000.
  states.set("921", state("In progress", 20, "0.451"));
  await poll(2);
  expect(await desk(id)).toEqual([]);
  await poll(1);
  expect(await desk(id)).toEqual(["post_unclear"]);
  expect(await made(id)).toEqual([]);
  states.set(there, active(["921"], "Completed"));
  await poll();
  expect((await order(id)).status).toBe("pending");
  expect(await balance()).toBe("100.00");

  states.set("921", state("In progress", 20, "0.45"));
  await poll();
  expect(await made(id)).toMatchObject([{ quantity: 150 }]);
  expect(await desk(id)).toEqual([]);
  expect(await statusOf(id)).toMatchObject({ status: "Completed" });
});

test("staff say how much an order is for, within what was ordered, or that it is for nothing", async () => {
  const { id, there } = await subscribe();
  states.set(there, active(["951", "952"], "Completed"));
  await poll(3);
  expect(await desk(id)).toEqual(["post_unclear"]);
  const settle = (number: string, quantity?: number) =>
    settlePost(panel.ctx, commandLineActor("staff"), id, number, quantity);
  expect(await settle("951", 201)).toMatchObject({ refusal: { code: "post_quantity_invalid" } });
  expect(await settle("999", 150)).toMatchObject({ refusal: { code: "post_unknown" } });
  must(await settle("951", 150));
  expect(await desk(id)).toEqual(["post_unclear"]);
  const shown = await runPanel(panel.database.url, "subscription", "show", String(id));
  expect(shown.stdout).toContain("Its provider runs it.");
  expect(shown.stdout).toContain("The provider's order 952 is not charged");
  const post = ["subscription", "post", String(id), "--provider-order", "952"];
  expect((await runPanel(panel.database.url, ...post)).exitCode).not.toBe(0);
  expect((await runPanel(panel.database.url, ...post, "--nothing")).exitCode).toBe(0);
  expect(await desk(id)).toEqual([]);
  await poll();
  expect(await made(id)).toMatchObject([{ quantity: 150, charge: "1.50000000" }]);
  expect(await statusOf(id)).toMatchObject({ status: "Completed" });
});

test("a number that another order of ours carries becomes no second order", async () => {
  const first = await subscribe();
  const second = await subscribe();
  states.set(first.there, active(["931", first.there, second.there]));
  states.set(second.there, active(["931"]));
  states.set("931", state("Pending", 100, "0.30"));
  await poll(3);
  const [a, b] = [await made(first.id), await made(second.id)];
  expect(a.length + b.length).toBe(1);
  expect(await balance()).toBe("99.00");
});

test("two workers that hear the same at the same time make each order once", async () => {
  const { id, there } = await subscribe({ min: 100, max: 100 });
  const ids = Array.from({ length: 30 }, (_, n) => String(2000 + n));
  for (const each of ids) states.set(each, state("Pending", 100, "0.30"));
  states.set(there, active(ids));
  await panel.ctx.db.query("update tasks set due_at = panel_now()");
  const asking = await provider();
  const late = panel.ctx.db.query(
    "update tasks set due_at = panel_now(), lease = null where kind = 'poll'",
  );
  await Promise.all([pollOrders(panel.ctx, asking), late, pollOrders(panel.ctx, asking)]);
  await poll();
  expect((await made(id)).map((run) => run.run)).toEqual(ids.map((_, n) => n + 1));
  expect(await balance()).toBe("70.00");
});

test("its customer is told of every step in the words of `status`", async () => {
  const { id, there } = await subscribe();
  const ask = (since: string) =>
    panel.api({ key: customer.key, action: "changes", ...(since !== "" && { since }) });
  const { cursor } = (await ask("")) as { cursor: string };
  states.set(there, active(["941"]));
  states.set("941", state("Pending", 100, "0.30"));
  await poll();
  states.set(there, active(["941"], "Paused"));
  await poll();
  states.set(there, active(["941"], "Expired"));
  await poll();
  const { changes } = (await ask(cursor)) as { changes: { event: string; data: unknown }[] };
  const [run] = await made(id);
  const told = changes.filter((change) => change.event === "subscription.updated");
  expect(told.map((change) => change.data)).toEqual(
    ["Active", "Paused", "Expired"].map((status) => ({
      order: id,
      status,
      expiry: null,
      posts: null,
      orders: [run?.id],
    })),
  );
});
