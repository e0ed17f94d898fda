import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { testCommonPage } from "./common-page.ts";
import { readDocument } from "./read-document.ts";

// The parameters of `add` were lost in this document; its answers are those of the common family.
const document = readDocument("page-without-cancel");
testCommonPage(testPanel(), document, [
  "services",
  "order",
  "state",
  "states",
  "refill",
  "refills",
  "refillState",
  "refillStates",
  "balance",
]);

test("the document's table of the service list is the one that works", () => {
  // Its services carry `cancel`, but no cancel action is documented: nothing here may need one.
  expect(document.text).not.toContain("action cancel");
  expect(document.text).toContain("action services");
});
