import { beforeAll, expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import {
  addDocumentedServices,
  answerToAdd,
  answerToBalance,
  answerToCancel,
  answerToRefill,
  answerToRefillStatus,
  answerToServices,
  answerToStatus,
  orderUnderWay,
  partialOrder,
  withTwoDecimals,
} from "./documented-shop.ts";
import { example, readSeed } from "./read-seed.ts";

// The parameters of `add` were lost in this document. The first of its cancels is the error.
const seed = readSeed("001_83e1ff41d8c1ec64");
const panel = testPanel();
const shop = { panel, dialect: "v2" };

beforeAll(() => addDocumentedServices(panel));

test("the service list has the documented rows in the documented order", async () => {
  const rows = await answerToServices(shop);

  // Additional fields beside the nine documented ones are allowed: no client minds them.
  expect(rows).toMatchObject(withTwoDecimals(example(seed, 0)));
  expect(rows).toHaveLength(2);
});

test("an order is answered with its number and nothing else", async () => {
  const plain = { service: 1, link: "https://a.example/p", quantity: 100 };

  expect(await answerToAdd(shop, plain)).toStrictEqual(example(seed, 1));
});

test("a partial order shows what is kept of its charge, all five values as text", async () => {
  const orders = [{ id: 1, ...partialOrder }];

  const state = await answerToStatus(shop, orders, { order: 1 });

  expect(state).toStrictEqual(example(seed, 2));
});

test("several orders are an object by id, with an error in place of an unknown one", async () => {
  const orders = [
    { id: 1, ...partialOrder },
    { id: 100, ...orderUnderWay },
  ];

  const states = await answerToStatus(shop, orders, { orders: "1,10,100" });

  expect(states).toStrictEqual(example(seed, 3));
});

test("a refill is answered with its number as text", async () => {
  expect(await answerToRefill(shop, { order: 1 })).toStrictEqual(example(seed, 4));
});

test("several refills are an array in their order, numbers as numbers", async () => {
  const rows = await answerToRefill(shop, { orders: "1,2,3" });

  expect(rows).toStrictEqual(example(seed, 5));
});

test("a refill shows its state", async () => {
  const state = await answerToRefillStatus(shop, { refill: 1 });

  expect(state).toStrictEqual(example(seed, 6));
});

test("the states of several refills are an array, with an error in place of a state", async () => {
  const rows = await answerToRefillStatus(shop, { refills: "1,2,3" });

  expect(rows).toStrictEqual(example(seed, 7));
});

test("cancel answers an array in the order of the request, 1 where it was taken", async () => {
  const rows = await answerToCancel(shop, { orders: "9,2" });

  expect(rows).toStrictEqual(example(seed, 8));
});

test("a balance is text with every decimal that it has", async () => {
  const balance = await answerToBalance(shop, "100.84292");

  expect(balance).toStrictEqual(example(seed, 9));
});

test("a single order may be cancelled under `order` too: an object, with the error on top", async () => {
  expect(await answerToCancel(shop, { order: 2 })).toStrictEqual({ order: 2, cancel: 1 });
  expect(await answerToCancel(shop, { order: 9 })).toStrictEqual({ error: "Incorrect order ID" });
});
