import { expect, test } from "vitest";
import { goodsProvider, listedProduct } from "#test/goods-provider.ts";
import { goodsScene } from "#test/goods-scene.ts";
import { testPanel } from "#test/panel.ts";
import { endProductOrder } from "#product-orders/end-product-order.ts";
import { commandLineActor } from "#values/actor.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { settleProductOrder } from "./settle-product-order.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

/** An order that the provider has; `says` is its state there now. */
async function sent(quantity: number, says: Record<string, unknown>): Promise<ProductOrderId> {
  goods.deliver = (order) => {
    order.state = says;
  };
  const order = await scene.buy(quantity);
  await scene.send();
  return order;
}

const say = async (state: Record<string, unknown>, items: readonly string[] = []) => {
  const last = goods.orders.at(-1);
  if (last === undefined) throw new Error("no order there");
  Object.assign(last, { state, items });
  await scene.poll();
};

async function itemsOf(order: ProductOrderId): Promise<unknown> {
  return panel.api({ key: scene.buyer().key, action: "result_product", order });
}

test("Canceled there is Canceled here, with its note and the whole charge", async () => {
  await scene.open();
  const order = await sent(2, { charge: "0.00", status: "Canceled", note: "Out of stock" });

  await scene.poll();

  expect(await scene.shown(order)).toEqual({
    charge: 0,
    status: "Canceled",
    note: "Out of stock",
  });
  expect((await scene.order(order)).bookedCost).toBe(0n);
});

test("Partial there is Partial here: what came is kept and paid, the rest is refunded", async () => {
  await scene.open();
  const said = { charge: "6", status: "Partial", remains: "2", result: "A-1\r\nA-2\nA-3\n" };
  const order = await sent(5, said);

  await scene.poll();

  expect(await scene.shown(order)).toEqual({
    charge: 9,
    status: "Partial",
    remains: 2,
    result: "A-1\nA-2\nA-3",
  });
  expect((await scene.order(order)).bookedCost).toBe(600_000_000n);
});

test("a charge that the provider takes back is booked back", async () => {
  await scene.open();
  const order = await sent(1, { charge: 2, status: "In progress" });
  await scene.poll();
  const before = await scene.order(order);

  await say({ charge: 0, status: "Canceled" });

  expect([before.bookedCost, (await scene.order(order)).bookedCost]).toEqual([200_000_000n, 0n]);
  expect(await scene.shown(order)).toMatchObject({ status: "Canceled", charge: 0 });
});

test("Completed with fewer lines than ordered delivers them and waits for staff", async () => {
  await scene.open();
  goods.listsItems = false;
  const order = await sent(3, { charge: 6, status: "Completed", result: "B-1\nB-2" });

  await scene.poll();

  expect((await scene.order(order)).waits).toMatchObject({ for: "short" });
  expect(await scene.shown(order)).toMatchObject({
    charge: 9,
    status: "In progress",
    result: "B-1\nB-2",
  });
  await say({ charge: 6, status: "Completed", result: "B-1\nB-2\nB-3" });
  expect(await scene.shown(order)).toMatchObject({
    status: "Completed",
    result: "B-1\nB-2\nB-3",
  });
  expect((await scene.order(order)).waits).toBeUndefined();
});

test("a line that another buyer has is not delivered, and waits for staff", async () => {
  await scene.open();
  const first = await sent(1, { charge: 2, status: "Completed", result: "SAME" });
  await scene.poll();
  const second = await sent(2, { charge: 4, status: "Completed", result: "OWN\nSAME" });

  await scene.poll();

  expect(await scene.shown(first)).toMatchObject({ status: "Completed", result: "SAME" });
  expect(await scene.shown(second)).toMatchObject({ status: "In progress", result: "OWN" });
  const { waits } = await scene.order(second);
  expect(waits).toMatchObject({ for: "repeated" });
  expect(waits?.note).toContain(`2 (order ${first})`);
  expect(waits?.note).not.toContain("SAME");
});

test("two orders that are given the same line at the same time: one buyer gets it", async () => {
  await scene.open();
  goods.products = [listedProduct, { ...listedProduct, product: 8 }];
  const first = await sent(1, { charge: 2, status: "Completed", result: "TWIN" });
  const second = await sent(1, { charge: 2, status: "Completed", result: "TWIN" });
  await panel.ctx.db.query("update product_tasks set due_at = panel_now() where kind = 'poll'");

  await Promise.all([scene.poll(), scene.poll(), scene.poll()]);

  const shown = (await Promise.all([first, second].map(scene.shown))) as { result?: string }[];
  expect(shown.filter(({ result }) => result === "TWIN")).toHaveLength(1);
});

test("the same line twice in one order counts once", async () => {
  await scene.open();
  const order = await sent(2, { charge: 4, status: "Completed", result: "DOUBLE\nDOUBLE" });

  await scene.poll();

  expect(await scene.shown(order)).toMatchObject({ status: "In progress", result: "DOUBLE" });
  expect((await scene.order(order)).waits).toMatchObject({ for: "repeated" });
});

test("items of several lines come whole where the provider lists them", async () => {
  await scene.open();
  goods.deliver = (order) => {
    order.items = ["Login: a\nPass: b\nMail: c", "Login: d"];
    order.state = { charge: 4, status: "Completed", result: order.items.join("\n") };
  };
  const order = await scene.buy(2);
  await scene.send();

  await scene.poll();

  expect(await itemsOf(order)).toEqual({ result: ["Login: a\nPass: b\nMail: c", "Login: d"] });
});

test("one item of several lines is one item", async () => {
  await scene.open();
  const order = await sent(1, {
    charge: 2,
    status: "Completed",
    result: "Login: x\nPass: 😀 مرحبا\n",
  });

  await scene.poll();

  expect(await itemsOf(order)).toEqual({ result: ["Login: x\nPass: 😀 مرحبا"] });
  expect(goods.asked.some(({ action }) => action === "result_product")).toBe(false);
});

test("what is listed while it goes on is delivered at once, and never twice", async () => {
  await scene.open();
  const order = await sent(3, { charge: 6, status: "Pending" });
  await scene.poll();
  expect(await scene.shown(order)).toMatchObject({ status: "Pending" });

  await say({ charge: 6, status: "In progress", result: "P-1" }, ["P-1"]);
  expect(await scene.shown(order)).toMatchObject({ status: "In progress", result: "P-1" });
  await say({ charge: 6, status: "In progress", result: "P-1\nP-2" }, ["P-1", "P-2"]);
  await say({ charge: 6, status: "Completed", result: "P-1\nP-2\nP-3" }, ["P-1", "P-2", "P-3"]);

  expect(await scene.shown(order)).toMatchObject({
    status: "Completed",
    result: "P-1\nP-2\nP-3",
  });
});

test("a status that goes backwards moves nothing, is seen by staff, and is forgotten after it", async () => {
  await scene.open();
  const order = await sent(2, { charge: 4, status: "In progress", result: ["W-1"] });
  await scene.poll();

  await say({ charge: 0, status: "Canceled" });
  expect((await scene.order(order)).waits).toMatchObject({ for: "went_back" });
  expect(await scene.shown(order)).toMatchObject({ charge: 6, status: "In progress" });
  await say({ charge: 4, status: "Pending" });
  expect((await scene.order(order)).waits).toMatchObject({ for: "went_back" });
  await say({ charge: 4, status: "Completed", result: ["W-1", "W-2"] });
  expect((await scene.order(order)).waits).toBeUndefined();
  expect(await scene.shown(order)).toMatchObject({ status: "Completed", result: "W-1\nW-2" });
});

test("a word that we do not know moves nothing, and staff see it", async () => {
  await scene.open();
  const order = await sent(1, { charge: 2, status: "Blessed", result: "X-1" });

  await scene.poll();

  expect((await scene.order(order)).waits).toMatchObject({ for: "status_unknown" });
  expect(await scene.shown(order)).toEqual({ charge: 3, status: "Pending" });
});

test("an order that the provider forgot is seen by staff after the third time", async () => {
  await scene.open();
  const order = await sent(1, { charge: 2, status: "Pending" });
  goods.orders = [];

  await scene.poll();
  await scene.poll();
  expect((await scene.order(order)).waits).toBeUndefined();
  await scene.poll();

  expect((await scene.order(order)).waits).toMatchObject({ for: "status_unknown" });
});

test("what staff deliver there is one item, whatever it reads and to how many", async () => {
  goods.products = [{ ...listedProduct, type: "Service", inventory: undefined }];
  await scene.open();
  const first = await sent(3, { charge: 6, status: "Completed", result: "Done\nThank you" });
  await scene.poll();
  const second = await sent(1, { charge: 2, status: "Completed", result: "Done\nThank you" });

  await scene.poll();

  expect(await scene.shown(first)).toMatchObject({
    status: "Completed",
    result: "Done\nThank you",
  });
  expect(await scene.shown(second)).toMatchObject({ status: "Completed" });
});

test("a charge of more than ten times the cost is not believed", async () => {
  await scene.open();
  const order = await sent(1, { charge: "2000", status: "Completed", result: "C-1" });

  await scene.poll();

  expect((await scene.order(order)).bookedCost).toBe(0n);
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
});

test("an order that staff ended is not sent; one that was taken meanwhile is on the desk", async () => {
  await scene.open();
  const early = await scene.buy();
  await endProductOrder(panel.ctx, commandLineActor("anna"), early, {
    reason: undefined,
    items: undefined,
  });
  await scene.hurry();
  await scene.send();
  expect(scene.added()).toHaveLength(0);

  const late = await scene.buy();
  goods.deliver = (order) => {
    order.state = { charge: 2, status: "Completed", result: "LATE" };
  };
  goods.faults = ["silent_after"];
  const sending = scene.send();
  await expect.poll(() => scene.added().length).toBe(1);
  await endProductOrder(panel.ctx, commandLineActor("anna"), late, {
    reason: undefined,
    items: undefined,
  });
  await sending;

  expect((await scene.order(late)).waits).toMatchObject({ for: "unknown" });
  expect(await scene.shown(late)).toMatchObject({ status: "Canceled", charge: 0 });
});

test("an order that staff ended while its provider has it is asked about to its end", async () => {
  await scene.open();
  const order = await sent(1, { charge: 0, status: "Pending" });

  await endProductOrder(panel.ctx, commandLineActor("anna"), order, {
    reason: undefined,
    items: undefined,
  });
  await say({ charge: 2, status: "Completed", result: "GONE" });

  expect(await scene.shown(order)).toMatchObject({ status: "Canceled", charge: 0 });
  const { waits, bookedCost } = await scene.order(order);
  expect(waits?.for).toBe("accepted_late");
  expect(bookedCost).toBe(200_000_000n);
});

test("an unknown outcome stays one when staff end the order, and can be settled", async () => {
  await scene.open();
  goods.faults = ["silent_after"];
  const order = await scene.buy();
  await scene.send();

  await endProductOrder(panel.ctx, commandLineActor("anna"), order, {
    reason: undefined,
    items: undefined,
  });
  expect((await scene.order(order)).waits).toMatchObject({ for: "unknown" });
  const providerOrder = String(goods.orders[0]?.id);
  await settleProductOrder(panel.ctx, commandLineActor("anna"), order, {
    as: "accepted",
    providerOrder,
  });
  await scene.poll();

  expect((await scene.order(order)).waits).toMatchObject({ for: "accepted_late" });
  expect((await scene.order(order)).bookedCost).toBe(200_000_000n);
});
