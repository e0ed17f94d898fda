import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { followWalkthrough } from "#test/walkthrough.ts";

const panel = testPanel({ roles: ["api"] });

test("the walk-through of mass orders, holds and test keys works as it stands", async () => {
  const { database, url } = panel;
  const walk = await followWalkthrough("walkthrough-mass-order.md", {
    databaseUrl: database.url,
    url,
  });

  expect(walk.exitCode, walk.output).toBe(0);
  for (const says of [
    "2 of 4 orders are possible, for 1.35 USD.",
    "line 4: It can be read in more than one way.",
    "line 5: The service takes 10 or more.",
    "Nothing was placed: 2 of 4 lines are refused.",
    "2 orders were placed for 1.35 USD.",
    "0 orders were placed for 0.00 USD.",
    '{"error":"This link is not accepted"}',
    '{"order":3}',
    "You have active order with this link. Please wait until order being completed.",
    "look at it first",
    "is sent now.",
    "0.009 USD went back",
    '{"balance":"1000000.00","currency":"USD"}',
    '{"error":"Incorrect order ID"}',
    "test_revenue",
    "The ledger adds up",
  ]) {
    expect(walk.output).toContain(says);
  }
}, 120_000);
