import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { testCommonPage } from "./common-page.ts";
import { answerToCancel } from "./documented-shop.ts";
import { readDocument } from "./read-document.ts";

// The parameters of `add` were lost in this document. The first of its cancels is the error.
const shop = testCommonPage(testPanel(), readDocument("page-with-cancel"), [
  "services",
  "order",
  "state",
  "states",
  "refill",
  "refills",
  "refillState",
  "refillStates",
  "cancels",
  "balance",
]);

test("a single order may be cancelled under `order` too: an object, with the error on top", async () => {
  expect(await answerToCancel(shop, { order: 2 })).toStrictEqual({ order: 2, cancel: 1 });
  expect(await answerToCancel(shop, { order: 9 })).toStrictEqual({ error: "Incorrect order ID" });
});
