import { beforeAll, expect, test } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import {
  answerToAdd,
  answerToBalance,
  answerToRefill,
  answerToRefillStatus,
  answerToServices,
  answerToStatus,
  orderUnderWay,
  partialOrder,
} from "./documented-shop.ts";
import { example, readSeed } from "./read-seed.ts";

// 1dg.me: no currency in a state, no cancel, a text of its own for an unknown refill.
const seed = readSeed("002_a76ea8b6080cc806");
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

  expect(rows).toMatchObject(example(seed, 0) as object);
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

  expect(state).toStrictEqual(example(seed, 1));
});

test("several orders are an object by id, without a currency", async () => {
  const orders = [
    { id: 123, ...partialOrder },
    { id: 789, ...orderUnderWay },
  ];

  const states = await answerToStatus(shop, orders, { orders: "123,456,789" });

  expect(states).toStrictEqual(example(seed, 2));
});

test("a balance is text without zeros at its end", async () => {
  expect(await answerToBalance(shop, "68.6868")).toStrictEqual(example(seed, 3));
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
  expect(await answerToRefillStatus(shop, { refill: 1 })).toStrictEqual(example(seed, 4));
  expect(await answerToRefillStatus(shop, { refills: "1,2,3" })).toStrictEqual(example(seed, 5));
  expect(await answerToRefillStatus(shop, { refill: 3 })).toStrictEqual({
    error: "Incorrect refill ID",
  });
});

// Digital products are not served yet. Their documented answers are examples 6 to 8; the first of
// them is no JSON (commas are missing), so that it can only be compared by hand when they are.
test("the actions of digital products are refused in JSON as long as there are none", async () => {
  const { key } = await panel.addCustomer({ terms: { dialect: shop.dialect } });

  for (const action of ["products", "add_product_order", "product_order_status"]) {
    expect(seed.text).toContain(`"${action}"`);
    expect(await panel.api({ key, action })).toStrictEqual({ error: "Incorrect request" });
  }
  expect(() => example(seed, 6)).toThrow(SyntaxError);
});
