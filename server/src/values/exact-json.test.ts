import { expect, test } from "vitest";
import { jsonNumber } from "./exact-json.ts";
import { amountFromDecimal } from "./money.ts";

test.each([
  ["0.00000000", "0"],
  ["7.50000000", "7.5"],
  ["-2.00000000", "-2"],
  ["0.00000001", "0.00000001"],
  ["999999999999999.99999999", "999999999999999.99999999"],
  ["1000000000000000.00000000", "1000000000000000"],
])("%s is written as the number %s, with every digit", (stored, written) => {
  const text = JSON.stringify({ charge: jsonNumber(amountFromDecimal(stored)) });

  expect(text).toBe(`{"charge":${written}}`);
});
