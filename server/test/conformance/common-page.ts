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
type Shown = {
  readonly promise: string;
  /** This shop's answer to the request of the example. */
  readonly ask: (shop: Shop) => Promise<unknown>;
};

/** What the pages of the common family show. */
const shown = {
  services: {
    promise: "the service list has the documented rows in the documented order",
    ask: answerToServices,
  },
  order: {
    promise: "an order is answered with its number and nothing else",
    ask: (shop) => answerToAdd(shop, { service: 1, link: "https://a.example/p", quantity: 100 }),
  },
  state: {
    promise: "a partial order shows what is kept of its charge, all five values as text",
    ask: (shop) => answerToStatus(shop, [{ id: 1, ...partialOrder }], { order: 1 }),
  },
  states: {
    promise: "several orders are an object by id, with an error in place of an unknown one",
    ask: (shop) => {
      const orders = [
        { id: 1, ...partialOrder },
        { id: 100, ...orderUnderWay },
      ];
      return answerToStatus(shop, orders, { orders: "1,10,100" });
    },
  },
  refill: {
    promise: "a refill is answered with its number as text",
    ask: (shop) => answerToRefill(shop, { order: 1 }),
  },
  refills: {
    promise: "several refills are an array in their order, numbers as numbers",
    ask: (shop) => answerToRefill(shop, { orders: "1,2,3" }),
  },
  refillState: {
    promise: "a refill shows its state",
    ask: (shop) => answerToRefillStatus(shop, { refill: 1 }),
  },
  refillStates: {
    promise: "the states of several refills are an array, with an error in place of a state",
    ask: (shop) => answerToRefillStatus(shop, { refills: "1,2,3" }),
  },
  cancels: {
    promise: "cancel answers an array in the order of the request, 1 where it was taken",
    ask: (shop) => answerToCancel(shop, { orders: "9,2" }),
  },
  balance: {
    promise: "a balance is text with every decimal that it has",
    ask: (shop) => answerToBalance(shop, "100.84292"),
  },
} as const satisfies Record<string, Shown>;

/**
 * Tests everything a page of the common family shows: all its examples, named in their order there.
 * The shop has the two services of these pages before any test of the file.
 */
export function testCommonPage(
  panel: TestPanel,
  document: ApiDocument,
  shows: readonly (keyof typeof shown)[],
): Shop {
  const shop = { panel, dialect: "v2" };
  beforeAll(() => addDocumentedServices(panel));

  test("every example of the document is tested", () => {
    expect(document.examples).toHaveLength(shows.length);
  });
  test.each(shows.map((name, index) => ({ name, index, ...shown[name] })))(
    "$promise",
    async ({ name, index, ask }) => {
      const documented = example(document, index);

      const answer = await ask(shop);

      if (name === "services") {
        // Fields beside the nine documented ones are allowed: no client minds them.
        expect(answer).toMatchObject(withTwoDecimals(documented));
        expect(answer).toHaveLength(2);
      } else expect(answer).toStrictEqual(documented);
    },
  );
  return shop;
}
