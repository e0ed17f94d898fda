import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { testCommonPage } from "./common-page.ts";
import { answerToStatus, partialOrder } from "./documented-shop.ts";
import { readDocument } from "./read-document.ts";

// It has no batches of refills and no cancel, though its services carry the flag.
const document = readDocument("page-in-arabic");
const panel = testPanel();
const shop = testCommonPage(panel, document, [
  "services",
  "order",
  "state",
  "states",
  "refill",
  "refillState",
  "balance",
]);

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

test("the action is the Latin word, whatever the translated page shows in its place", async () => {
  const { key } = await panel.addCustomer();

  const translated = await panel.api({ key, action: "الخدمات" });

  // The page was translated by a machine, values included: "action الخدمات" stands for services.
  expect(document.text).toContain("action الخدمات");
  expect(translated).toStrictEqual({ error: "Incorrect request" });
});
