import { beforeAll, expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findProvider, findProviderByName } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { askCancels } from "#orders/requests/ask-cancels.ts";
import { changeSchedule } from "./change-schedule.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { runSchedules } from "./run-schedules.ts";
import { listRuns } from "./schedules.sql.ts";
import { sendOrders } from "#orders/dispatch/send-orders.ts";
import { setOrder } from "#orders/set-order.ts";
import { findStuckOrders } from "#orders/reports/stuck.ts";

// Two panels in one: the upper one's customer orders from it, and it buys from itself as a reseller.
const panel = testPanel();
let reseller: TestCustomer;
let customer: TestCustomer;
let below: ServiceId;
let above: ServiceId;
let providerId: ProviderId;

beforeAll(async () => {
  reseller = await panel.addCustomer({ balance: "100", terms: { rateLimit: 0 } });
  customer = await panel.addCustomer({ balance: "100", terms: { rateLimit: 0 } });
  const type = "Subscriptions";
  below = await panel.addService({ name: "Below", type, rate: amount("2"), min: 1 });
  providerId = must(
    await addProvider(panel.ctx, tester, {
      name: "Itself",
      connector: "api-v2",
      baseUrl: `${panel.url}/api/v2`,
      key: reseller.key,
      isPrivate: true,
      requestsPerSecond: 10_000,
    }),
  );
  above = await panel.addService({
    name: "Above",
    type,
    rate: amount("5"),
    min: 1,
    providerId,
    providerService: String(below),
    providerRate: amount("2"),
  });
  must(await changeService(panel.ctx, tester, above, () => ({ runsUpstream: true })));
});

async function upstream(): Promise<Provider> {
  const found = await findProvider(panel.ctx.db, providerId);
  if (found === undefined) throw new Error("no provider");
  return found;
}

/** Everything that is due above and below has its turn. */
async function turn(): Promise<void> {
  const manual = await findProviderByName(panel.ctx.db, "manual");
  if (manual === undefined) throw new Error("no provider");
  await panel.ctx.db.query("update tasks set due_at = panel_now()");
  await panel.ctx.db.query("update cancels set due_at = panel_now() where due_at is not null");
  await runSchedules(panel.ctx, manual);
  await askCancels(panel.ctx, await upstream());
  await pollOrders(panel.ctx, await upstream());
}

/** A subscription above, and the one below that it became. */
async function subscribe() {
  const add = { key: customer.key, action: "add", service: above, min: 100, max: 200 };
  const placed = await panel.api({ ...add, username: "anna", posts: 3 });
  const { order: id } = placed as { order: OrderId };
  await sendOrders(panel.ctx, await upstream());
  const there = Number((await findOrder(panel.ctx.db, id))?.providerOrder) as OrderId;
  return { id, there };
}
const announce = (order: OrderId, link: string) =>
  panel.api({ key: reseller.key, action: "new_post", order, link });
const statusOf = (key: string, order: OrderId) => panel.api({ key, action: "status", order });
const runsOf = ({ id }: TestCustomer, order: OrderId) => listRuns(panel.ctx.db, id, [order], 100);
const balance = async ({ key }: TestCustomer) =>
  Number(((await panel.api({ key, action: "balance" })) as { balance: string }).balance);

test("a subscription runs one panel below: its orders, states and end come up, to the last digit", async () => {
  const { id, there } = await subscribe();
  await announce(there, "https://a.example/1");
  await announce(there, "https://a.example/2");
  for (let n = 0; n < 3; n++) await turn();
  const [down, up] = [await runsOf(reseller, there), await runsOf(customer, id)];
  expect(up).toHaveLength(2);
  expect(up.map((run) => run.quantity)).toEqual(down.map((run) => run.quantity));
  const pieces = up.reduce((sum, run) => sum + run.quantity, 0);
  expect(await balance(customer)).toBeCloseTo(100 - (pieces * 5) / 1000, 8);
  expect(await balance(reseller)).toBeCloseTo(100 - (pieces * 2) / 1000, 8);
  expect(await statusOf(customer.key, id)).toMatchObject({
    status: "Active",
    posts: "3",
    orders: up.map((run) => run.id),
  });

  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", there, "pause"));
  await turn();
  expect(await statusOf(customer.key, id)).toMatchObject({ status: "Paused" });
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", there, "resume"));
  await announce(there, "https://a.example/3");
  for (const run of await runsOf(reseller, there)) {
    must(await setOrder(panel.ctx, tester, run.id, { status: "completed", remains: 0 }));
  }
  for (let n = 0; n < 3; n++) await turn();
  expect(await statusOf(customer.key, id)).toMatchObject({ status: "Completed" });
  const ended = await runsOf(customer, id);
  expect(ended.map((run) => run.status)).toEqual(["completed", "completed", "completed"]);
});

test("its customer cancels it above, and it ends below; its orders go on", async () => {
  const { id, there } = await subscribe();
  await announce(there, "https://b.example/1");
  for (let n = 0; n < 2; n++) await turn();
  const cancel = await panel.api({ key: customer.key, action: "cancel", orders: id });
  expect(cancel).toEqual([{ order: id, cancel: 1 }]);
  for (let n = 0; n < 2; n++) await turn();
  expect(await statusOf(reseller.key, there)).toMatchObject({ status: "Canceled" });
  expect(await statusOf(customer.key, id)).toMatchObject({ status: "Canceled" });
  const [run] = await runsOf(customer, id);
  expect(run?.status).toBe("pending");
});

test("what makes orders is never stuck; the orders that it made are", async () => {
  const { id, there } = await subscribe();
  await announce(there, "https://c.example/1");
  for (let n = 0; n < 2; n++) await turn();
  const [run] = await runsOf(customer, id);
  await panel.ctx.db.query("update orders set created_at = created_at - interval '90 days'");
  const filter = { providerId, serviceId: above, isMuted: false, limit: 100 };
  const stuck = (await findStuckOrders(panel.ctx.db, filter)).map((order) => order.id);
  expect(stuck).toContain(run?.id);
  expect(stuck).not.toContain(id);
});

test("a drip-feed that is paused is not stuck, whatever lies on the desk for it", async () => {
  const fed = { rate: amount("1"), min: 1, max: 1000, dripfeed: true };
  const serviceId = await panel.addService({ name: "Fed", ...fed });
  const add = { key: customer.key, action: "add", service: serviceId, link: "a", quantity: 10 };
  const placed = await panel.api({ ...add, runs: 3, interval: 5 });
  const { order: id } = placed as { order: OrderId };
  await panel.ctx.db.query(
    "insert into desk_entries (account_id, order_id, reason) values ($1, $2, 'failed')",
    [customer.id, id],
  );
  await panel.ctx.db.query("update orders set created_at = created_at - interval '90 days'");
  const stuck = () =>
    findStuckOrders(panel.ctx.db, { providerId: undefined, serviceId, isMuted: false, limit: 9 });
  expect(await stuck()).toMatchObject([{ id }]);
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "drip_feed", id, "pause"));
  expect((await stuck()).map((order) => order.id)).not.toContain(id);
});
