import { expect, test } from "vitest";
import { refundClaim } from "@panelwright/server/src/product-orders/claims/refund-claim.ts";
import { tester } from "@panelwright/server/test/actors.ts";
import { must, testPanel } from "@panelwright/server/test/panel.ts";
import { openPanel } from "panelwright-sdk";
import type { Panel } from "panelwright-sdk";
import { addProduct } from "./add-product.ts";
import { fieldsIn } from "./scripted-panel.ts";

const server = testPanel();

async function buyer(fetchIt = fetch): Promise<Panel> {
  const { key } = await server.addCustomer();
  return openPanel({ url: `${server.url}/api/v2`, key, backoffMs: 1, fetch: fetchIt });
}

test("products, an order, its state, its lines and the balance", async () => {
  const product = await addProduct(server, { lines: ["a ⚷:1", "b:2", "c:3"] });
  const panel = await buyer();

  const [listed] = (await panel.products()).filter((row) => row.product === product);
  const { order } = await panel.orderProduct({ product, quantity: 2, require: "me@example.com" });
  const state = await panel.productStatus(order);

  expect(listed).toEqual({
    product,
    name: "Netflix",
    category: "Netflix",
    type: "Auto",
    rate: "2.5",
    min: 1,
    max: 10,
    require: "Input your account",
    isInStock: true,
    inventory: 3,
    description: "One month",
    warrantyDays: 30,
    discounts: [],
  });
  expect(state).toEqual({
    status: "Completed",
    statusText: "Completed",
    charge: "5",
    remains: null,
    result: ["a ⚷:1", "b:2"],
    note: null,
  });
  expect(await panel.productResult(order)).toEqual(["a ⚷:1", "b:2"]);
  expect(await panel.balance()).toMatchObject({ balance: "95.00" });
  expect(await panel.productStatuses([order, 999_999])).toMatchObject([
    { id: order, ok: true, value: { status: "Completed" } },
    { id: 999_999, ok: false, error: { kind: "missing" } },
  ]);
});

test("an order whose answer is lost on the way is bought and delivered once", async () => {
  const product = await addProduct(server, { lines: ["d:4", "e:5"] });
  let lost = 0;
  const panel = await buyer(async (input, init) => {
    const response = await fetch(input, init);
    const isOrder = fieldsIn(init)["action"] === "add_product_order";
    if (isOrder && lost++ < 2) throw new TypeError("fetch failed", { cause: new Error("reset") });
    return response;
  });

  const { order } = await panel.orderProduct({ product, quantity: 1, require: "me" });

  expect(lost).toBe(3);
  expect(await panel.productResult(order)).toEqual(["d:4"]);
  expect(await panel.balance()).toMatchObject({ balance: "97.50" });
});

test("what is refused has its kind and field, and costs nothing", async () => {
  const product = await addProduct(server, { lines: ["f:6"] });
  const panel = await buyer();

  await expect(panel.orderProduct({ product, quantity: 1 })).rejects.toMatchObject({
    kind: "input",
    field: "require",
  });
  await expect(panel.orderProduct({ product: 999, quantity: 1 })).rejects.toMatchObject({
    kind: "service",
    code: "product_unknown",
  });
  const order = { product, quantity: 1, require: "me" };
  await expect(panel.orderProduct({ ...order, maxCharge: "2" })).rejects.toMatchObject({
    kind: "price",
  });
  await expect(panel.orderProduct({ ...order, quantity: 2 })).rejects.toMatchObject({
    code: "out_of_stock",
  });
  expect(await panel.balance()).toMatchObject({ balance: "100.00" });
});

test("a product that is delivered by hand waits, and says so", async () => {
  const product = await addProduct(server);
  const panel = await buyer();

  const { order } = await panel.orderProduct({ product, quantity: 1 });

  expect(await panel.productStatus(order)).toMatchObject({ status: "Pending", result: [] });
});

test("a claim is opened for lines of the result, and what became of it is told", async () => {
  const product = await addProduct(server, { lines: ["g:7", "h:8"] });
  const panel = await buyer();
  const { cursor } = await panel.changes();
  const { order } = await panel.orderProduct({ product, quantity: 2, require: "me" });

  const { claim } = await panel.claimProduct({ order, items: [2], reason: "It does not open" });
  const open = await panel.productClaim(claim);
  await expect(panel.claimProduct({ order, reason: "again" })).rejects.toMatchObject({
    kind: "state",
    code: "claim_open",
  });
  must(
    await refundClaim(server.ctx, tester, claim as Parameters<typeof refundClaim>[2], {
      places: undefined,
      note: undefined,
    }),
  );
  const ended = await panel.productClaims([claim, 999_999]);

  expect(open).toEqual({ status: "Open", statusText: "Open", note: null });
  expect(ended).toMatchObject([
    { id: claim, ok: true, value: { status: "Refunded" } },
    { id: 999_999, ok: false, error: { kind: "missing", code: "claim_unknown" } },
  ]);
  expect(await panel.productStatus(order)).toMatchObject({ charge: "2.5", result: ["g:7"] });
  const { changes } = await panel.changes({ since: cursor ?? "" });
  expect(changes.map(({ event }) => event)).toEqual(
    expect.arrayContaining(["product_order.updated", "product_claim.updated"]),
  );
  expect(changes.find(({ event }) => event === "product_claim.updated")?.data).toMatchObject({
    claim,
    product_order: order,
  });
});
