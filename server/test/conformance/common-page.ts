import { beforeAll, expect, test } from "vitest";
import type { TestPanel } from "#test/panel.ts";
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
import { example } from "./read-document.ts";
import type { ApiDocument } from "./read-document.ts";

type Shop = Parameters<typeof answerToAdd>[0];
type Show = (shop: Shop, documented: unknown) => Promise<void>;

/** What the pages of the common family show: the promise, and how it is kept. */
const shown = {
  services: [
    "the service list has the documented rows in the documented order",
    async (shop, documented) => {
      const rows = await answerToServices(shop);

      // Additional fields beside the nine documented ones are allowed: no client minds them.
      expect(rows).toMatchObject(withTwoDecimals(documented));
      expect(rows).toHaveLength(2);
    },
  ],
  order: [
    "an order is answered with its number and nothing else",
    async (shop, documented) => {
      const plain = { service: 1, link: "https://a.example/p", quantity: 100 };

      expect(await answerToAdd(shop, plain)).toStrictEqual(documented);
    },
  ],
  state: [
    "a partial order shows what is kept of its charge, all five values as text",
    async (shop, documented) => {
      const orders = [{ id: 1, ...partialOrder }];

      expect(await answerToStatus(shop, orders, { order: 1 })).toStrictEqual(documented);
    },
  ],
  states: [
    "several orders are an object by id, with an error in place of an unknown one",
    async (shop, documented) => {
      const orders = [
        { id: 1, ...partialOrder },
        { id: 100, ...orderUnderWay },
      ];

      const states = await answerToStatus(shop, orders, { orders: "1,10,100" });

      expect(states).toStrictEqual(documented);
    },
  ],
  refill: [
    "a refill is answered with its number as text",
    async (shop, documented) => {
      expect(await answerToRefill(shop, { order: 1 })).toStrictEqual(documented);
    },
  ],
  refills: [
    "several refills are an array in their order, numbers as numbers",
    async (shop, documented) => {
      expect(await answerToRefill(shop, { orders: "1,2,3" })).toStrictEqual(documented);
    },
  ],
  refillState: [
    "a refill shows its state",
    async (shop, documented) => {
      expect(await answerToRefillStatus(shop, { refill: 1 })).toStrictEqual(documented);
    },
  ],
  refillStates: [
    "the states of several refills are an array, with an error in place of a state",
    async (shop, documented) => {
      expect(await answerToRefillStatus(shop, { refills: "1,2,3" })).toStrictEqual(documented);
    },
  ],
  cancels: [
    "cancel answers an array in the order of the request, 1 where it was taken",
    async (shop, documented) => {
      expect(await answerToCancel(shop, { orders: "9,2" })).toStrictEqual(documented);
    },
  ],
  balance: [
    "a balance is text with every decimal that it has",
    async (shop, documented) => {
      expect(await answerToBalance(shop, "100.84292")).toStrictEqual(documented);
    },
  ],
} as const satisfies Record<string, readonly [promise: string, keep: Show]>;

/**
 * Tests what a page of the common family shows: its examples, named in the order in which they stand
 * there, all of them. The shop has the two services of these pages before any test of the file.
 */
export function testCommonPage(
  panel: TestPanel,
  document: ApiDocument,
  shows: readonly (keyof typeof shown)[],
): { readonly panel: TestPanel; readonly dialect: string } {
  const shop = { panel, dialect: "v2" };
  beforeAll(() => addDocumentedServices(panel));

  test("every example of the document is tested", () => {
    expect(document.examples).toHaveLength(shows.length);
  });
  for (const [index, name] of shows.entries()) {
    const [promise, keep] = shown[name];
    test(promise, () => keep(shop, example(document, index)));
  }
  return shop;
}
