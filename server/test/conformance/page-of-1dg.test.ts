import { beforeAll, expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { addProduct, keys } from "#test/store.ts";
import {
  answerToAdd,
  answerToBalance,
  answerToRefill,
  answerToRefillStatus,
  answerToServices,
  answerToStatus,
  orderUnderWay,
  partialOrder,
  setNextId,
} from "./documented-shop.ts";
import { example, readDocument } from "./read-document.ts";

// The page of 1dg.me: no currency in a state, no cancel, a text of its own for an unknown refill.
const document = readDocument("page-of-1dg");
const panel = testPanel();
const shop = { panel, dialect: "v2-1dg" };

beforeAll(async () => {
  await panel.addService({
    name: "Youtube views",
    category: "Youtube",
    rate: amount("2.5"),
    min: 200,
    max: 10_000,
    refill: true,
  });
  await panel.addService({
    name: "Facebook comments",
    type: "Custom Comments",
    category: "Facebook",
    rate: amount("4"),
    min: 10,
    max: 1500,
    refill: false,
  });
});

test("the service list has the documented rows, without a cancel flag", async () => {
  const rows = await answerToServices(shop);

  expect(rows).toMatchObject(example(document, 0) as object);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain('"cancel"');
});

test("each documented type of order takes its documented parameters", async () => {
  const link = "https://a.example/watch";
  const add = async (type: string, fields: Record<string, string | number>) => {
    const service = await panel.addService({ name: type, category: type, type, min: 1 });
    return answerToAdd(shop, { service, link, ...fields });
  };
  const taken = { order: 23_501 };
  const lists = "first word\r\nsecond word";

  expect(await answerToAdd(shop, { service: 1, link, quantity: 200 })).toStrictEqual(taken);
  expect(await add("Package", {})).toStrictEqual(taken);
  expect(await add("Custom Comments", { comments: "Nice\nGreat" })).toStrictEqual(taken);
  expect(await add("Special (1DG)", { quantity: 50, list: lists })).toStrictEqual(taken);
  expect(await add("Special 1 (1DG)", { quantity: 50, suggest: lists })).toStrictEqual(taken);
});

test("the special types are refused without their lists", async () => {
  const link = "https://a.example/watch";
  const list = await panel.addService({ name: "A", category: "A", type: "Special (1DG)" });
  const lists = await panel.addService({ name: "B", category: "A", type: "Special 1 (1DG)" });
  const missing = { error: "There are missing required parameters. Please check your API Manual" };

  expect(await answerToAdd(shop, { service: list, link, quantity: 50 })).toStrictEqual(missing);
  expect(await answerToAdd(shop, { service: lists, link, quantity: 50 })).toStrictEqual(missing);
});

test("an order that was over-delivered shows a negative rest and no currency", async () => {
  const completed = { startCount: 168, status: "completed", remains: -2 } as const;
  const orders = [{ id: 1, rate: "2.5", quantity: 1000, moves: [completed] }];

  const state = await answerToStatus(shop, orders, { order: 1 });

  expect(state).toStrictEqual(example(document, 1));
});

test("several orders are an object by id, without a currency", async () => {
  const orders = [
    { id: 123, ...partialOrder },
    { id: 789, ...orderUnderWay },
  ];

  const states = await answerToStatus(shop, orders, { orders: "123,456,789" });

  expect(states).toStrictEqual(example(document, 2));
});

test("a balance is text without zeros at its end", async () => {
  expect(await answerToBalance(shop, "68.6868")).toStrictEqual(example(document, 3));
  expect(await answerToBalance(shop, "2.50")).toMatchObject({ balance: "2.5" });
});

test("refills are answered in the shapes of the common family", async () => {
  // The answers stand empty in this document; those of the common family are what clients read.
  expect(await answerToRefill(shop, { order: 1 })).toStrictEqual({ refill: "1" });
  expect(await answerToRefill(shop, { orders: "1,3" })).toStrictEqual([
    { order: 1, refill: 1 },
    { order: 3, refill: { error: "Incorrect order ID" } },
  ]);
});

test("refills show their states, an unknown one under its own text", async () => {
  expect(await answerToRefillStatus(shop, { refill: 1 })).toStrictEqual(example(document, 4));
  expect(await answerToRefillStatus(shop, { refills: "1,2,3" })).toStrictEqual(
    example(document, 5),
  );
  expect(await answerToRefillStatus(shop, { refill: 3 })).toStrictEqual({
    error: "Incorrect refill ID",
  });
});

// Example 6 is no JSON: commas are missing. Its rows are what the rest of the document means.
const documentedProducts = [
  {
    product: 1,
    name: "Netflix premium 1 month",
    require: "Input your account",
    rate: 2.5,
    min: 1,
    max: 10,
    category: "Netflix",
    status: "In stock",
    inventory: 40,
    type: "Auto",
  },
  {
    product: 2,
    name: "Youtube premium 1 month",
    require: "Input your account",
    rate: 5,
    min: 1,
    max: 1,
    category: "Youtube",
    status: "Out of stock",
    inventory: 0,
    type: "Auto",
  },
  {
    product: 3,
    name: "Facebook account 5000 friends",
    rate: 0.5,
    min: 1,
    max: 2,
    category: "Facebook",
    status: "In stock",
    type: "Service",
  },
];

/** As the document has it, but for its missing commas. */
function withCommas(text: string): unknown {
  return JSON.parse(text.replaceAll(/(["\d}])\n(?=["{])/g, "$1,\n")) as unknown;
}

test("the documented products are listed, in both dialects", async () => {
  const question = "Input your account";
  const netflix = { category: "Netflix", name: "Netflix premium 1 month", question };
  const youtube = { category: "Youtube", name: "Youtube premium 1 month", question };
  const facebook = { category: "Facebook", name: "Facebook account 5000 friends" };
  await addProduct(panel, { ...netflix, stock: keys(40) });
  await addProduct(panel, { ...youtube, rate: amount("5"), max: 1 });
  await addProduct(panel, { ...facebook, type: "service", rate: amount("0.5"), max: 2 });

  expect(() => example(document, 6)).toThrow(SyntaxError);
  expect(withCommas(document.examples[6] ?? "")).toStrictEqual(documentedProducts);
  for (const dialect of ["v2-1dg", "v2"]) {
    const { key } = await panel.addCustomer({ terms: { dialect } });
    const rows = await panel.api({ key, action: "products" });
    expect(rows).toMatchObject(documentedProducts);
    // What the document leaves out of a row is left out, not null.
    expect((rows as object[])[2]).not.toHaveProperty("require");
    expect((rows as object[])[2]).not.toHaveProperty("inventory");
  }
});

test.each(["v2-1dg", "v2"])("a product order is placed and delivered (%s)", async (dialect) => {
  const line = "c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e";
  const product = await addProduct(panel, { rate: amount("7.5"), stock: [`${line}-${dialect}`] });
  const asking = await addProduct(panel, { question: "Input your account", type: "service" });
  const { key } = await panel.addCustomer({ terms: { dialect } });
  const add = { key, action: "add_product_order", product, quantity: 1 };

  const answer = await panel.api(add);
  const asked = { ...add, product: asking, require: "somebody@example.com" };
  const waiting = await panel.api(asked);

  expect(answer).toStrictEqual({ order: expect.any(Number) });
  expect(waiting).toStrictEqual({ order: expect.any(Number) });
  const { order } = answer as { order: number };
  expect(await panel.api({ key, action: "product_order_status", order })).toStrictEqual({
    ...(example(document, 7) as object),
    result: `${line}-${dialect}`,
  });
  expect(await panel.api({ key, action: "result_product", order })).toStrictEqual({
    result: [`${line}-${dialect}`],
  });
  expect(await panel.api({ ...asked, require: "" })).toStrictEqual({
    error: "There are missing required parameters. Please check your API Manual",
  });
});

test.each([
  { dialect: "v2-1dg", ids: [123, 456, 789] },
  { dialect: "v2", ids: [1123, 1456, 1789] },
])("several product orders are an object by id ($dialect)", async ({ dialect, ids }) => {
  const { key, id } = await panel.addCustomer({ terms: { dialect } });
  const [first = 0, , last = 0] = ids;
  const documented = Object.values(example(document, 8) as Record<string, { result?: string }>);
  const line = `${documented[0]?.result ?? ""}${dialect === "v2" ? " again" : ""}`;
  const product = await addProduct(panel, { rate: amount("7.5"), stock: [line] });
  const byHand = await addProduct(panel, { type: "service" });
  await setNextId(panel, "product_order_ids", first);
  await panel.api({ key, action: "add_product_order", product, quantity: 1 });
  await setNextId(panel, "product_order_ids", last);
  await panel.api({ key, action: "add_product_order", product: byHand, quantity: 1 });
  await inTransaction(panel.ctx, async (tx) => {
    const move = { status: "canceled", note: "Out of stock", by: tester } as const;
    const locked = await lockProductOrder(tx, id, last as ProductOrderId);
    if (locked === undefined) throw new Error("no product order");
    must(await moveProductOrder(tx, locked, move));
  });

  const orders = ids.join(",");
  const states = await panel.api({ key, action: "product_order_status", orders });

  const [delivered, unknown, canceled] = documented;
  const expected = [{ ...delivered, result: line }, unknown, canceled];
  expect(states).toStrictEqual(Object.fromEntries(ids.map((each, n) => [each, expected[n]])));
  if (dialect === "v2-1dg") expect(states).toStrictEqual(example(document, 8));
});
