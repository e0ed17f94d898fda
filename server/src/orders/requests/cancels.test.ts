import { beforeAll, expect, test } from "vitest";
import { customerActor } from "#values/actor.ts";
import type { CancelId, OrderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { requestCancel } from "./request-cancel.ts";
import { listCancels } from "#orders/requests.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleCancel } from "./settle-cancel.ts";
import { listChanges } from "#orders/order-changes.sql.ts";

const panel = testPanel();
let customer: TestCustomer;
let byHand: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
  byHand = await panel.addService({ rate: amount("1"), min: 1 });
});

async function place(service = byHand): Promise<OrderId> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 1000 });
  return (placed as { order: OrderId }).order;
}

const cancel = (order: OrderId) =>
  panel.api({ key: customer.key, action: "cancel", orders: order });
const statusOf = (fields: Record<string, string | number>, key = customer.key) =>
  panel.api({ key, action: "cancel_status", ...fields });

async function cancelIdOf(order: OrderId): Promise<CancelId> {
  const found = (await listCancels(panel.ctx.db, 100)).find((each) => each.order_id === order);
  if (found === undefined) throw new Error("no cancel");
  return found.id;
}

test("a cancel that was taken can be asked for until its end, by its order or its own id", async () => {
  const order = await place();
  expect(await cancel(order)).toEqual([{ order, cancel: 1 }]);
  expect(await statusOf({ order })).toEqual({ status: "Pending" });
  const id = await cancelIdOf(order);
  expect(await statusOf({ cancel: id })).toEqual({ status: "Pending" });

  must(await settleCancel(panel.ctx, tester, id, "completed"));

  expect(await statusOf({ order })).toEqual({ status: "Completed" });
  expect(await panel.api({ key: customer.key, action: "status", order })).toMatchObject({
    status: "Canceled",
    charge: "0.00",
  });
  const [change] = await listChanges(panel.ctx.db, customer.id, order, 1);
  expect(change?.actor).toBe("cli:test");
});

test("an order that nobody has yet is cancelled at once, and that is told", async () => {
  const service = await panel.addService({ provider: "sandbox", min: 1 });
  const order = await place(service);

  expect(await cancel(order)).toEqual([{ order, cancel: 1 }]);

  expect(await statusOf({ order })).toEqual({ status: "Completed" });
});

test("a rejected cancel says why, in words that name no provider", async () => {
  const [declined, ended] = [await place(), await place()];
  for (const order of [declined, ended]) await cancel(order);

  must(await settleCancel(panel.ctx, tester, await cancelIdOf(declined), "rejected", "no"));
  must(await setOrder(panel.ctx, tester, ended, { status: "completed" }));

  expect(await statusOf({ order: declined })).toEqual({
    status: "Rejected",
    reason: "It was declined by support",
  });
  expect(await statusOf({ order: ended })).toEqual({
    status: "Rejected",
    reason: "Order already completed",
  });
  // The newest request counts.
  await cancel(declined);
  expect(await statusOf({ order: declined })).toEqual({ status: "Pending" });
});

test("what is not theirs, or was never asked for, is unknown", async () => {
  const order = await place();
  const other = await panel.addCustomer();
  const unknown = { error: "Incorrect order ID" };

  expect(await statusOf({ order })).toEqual({ error: "Cancel not found" });
  must(await requestCancel(panel.ctx, customerActor(customer.id), order));
  expect(await statusOf({ order }, other.key)).toEqual(unknown);
  const id = await cancelIdOf(order);
  expect(await statusOf({ cancel: id }, other.key)).toEqual({ error: "Cancel not found" });
  expect(await statusOf({})).toEqual(unknown);
  expect(await statusOf({ orders: `${order},999999,none` })).toEqual([
    { order, status: "Pending" },
    { order: 999_999, status: unknown },
    { order: "none", status: unknown },
  ]);
});
