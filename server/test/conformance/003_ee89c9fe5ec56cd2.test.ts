import { beforeAll, expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import {
  addDocumentedServices,
  answerToAdd,
  answerToBalance,
  answerToRefill,
  answerToRefillStatus,
  answerToServices,
  answerToStatus,
  orderUnderWay,
  partialOrder,
  withTwoDecimals,
} from "./documented-shop.ts";
import { example, readSeed } from "./read-seed.ts";

// An Arabic page. It has no batches of refills and no cancel, though its services carry the flag.
const seed = readSeed("003_ee89c9fe5ec56cd2");
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

test("more than a hundred ids are answered, since this document names no limit", async () => {
  const ids = Array.from({ length: 150 }, (_, index) => index + 1);

  const orders = [{ id: 1, ...partialOrder }];
  const states = await answerToStatus(shop, orders, { orders: ids.join(",") });

  expect(Object.keys(states as object)).toEqual(ids.map(String));
  expect(states).toMatchObject({
    "1": { status: "Partial" },
    "150": { error: "Incorrect order ID" },
  });
});

test("a refill is answered with its number as text", async () => {
  expect(await answerToRefill(shop, { order: 1 })).toStrictEqual(example(seed, 4));
});

test("a refill shows its state", async () => {
  const state = await answerToRefillStatus(shop, { refill: 1 });

  expect(state).toStrictEqual(example(seed, 5));
});

test("a balance is text with every decimal that it has", async () => {
  const balance = await answerToBalance(shop, "100.84292");

  expect(balance).toStrictEqual(example(seed, 6));
});

test("the action is the Latin word, whatever the translated page shows in its place", async () => {
  const { key } = await panel.addCustomer();

  const translated = await panel.api({ key, action: "الخدمات" });

  // The page was translated by a machine, values included: "action الخدمات" stands for services.
  expect(seed.text).toContain("action الخدمات");
  expect(translated).toStrictEqual({ error: "Incorrect request" });
});
