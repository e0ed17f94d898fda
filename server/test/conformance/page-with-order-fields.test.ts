import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { testCommonPage } from "./common-page.ts";
import { answerToAdd } from "./documented-shop.ts";
import { example, readDocument } from "./read-document.ts";

// The only one of the five with the parameters of `add`: Default and Custom Comments.
const document = readDocument("page-with-order-fields");
const panel = testPanel();
const shop = testCommonPage(panel, document, [
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

test("runs and interval of a plain order may be sent or left out", async () => {
  const dripfeed = await panel.addService({ name: "Slow", category: "Slow", dripfeed: true });
  const order = { link: "https://a.example/p", quantity: 100 };

  const spread = await answerToAdd(shop, { ...order, service: dripfeed, runs: 2, interval: 30 });
  const plain = await answerToAdd(shop, { ...order, service: 1, runs: "", interval: "" });

  expect(spread).toStrictEqual(example(document, 1));
  expect(plain).toStrictEqual(example(document, 1));
});

test("comments are separated by \\r\\n or \\n and counted by their lines", async () => {
  const lines = Array.from({ length: 10 }, (_, index) => `Nice ${index}`);
  const order = { service: 2, link: "https://a.example/p" };

  for (const comments of [lines.join("\r\n"), lines.join("\n")]) {
    expect(await answerToAdd(shop, { ...order, comments })).toStrictEqual(example(document, 1));
  }
  expect(await answerToAdd(shop, { ...order, comments: lines.slice(1).join("\n") })).toStrictEqual({
    error: "Quantity less than minimal 10",
  });
});
