import { expect, test } from "vitest";
import type { Finding } from "#providers/connector.ts";
import { amountFromDecimal } from "#values/money.ts";
import { findingText } from "./finding-text.ts";

const unanswered = (advice: "key" | "network" | "address" | "time" | undefined): Finding => ({
  is: "bad",
  what: "no_answer",
  to: "services",
  reason: "it failed",
  advice,
  timeoutMs: 1500,
});

test.each<[string, string, Finding]>([
  ["address", "Use https", { is: "bad", what: "address_not_encrypted" }],
  [
    "balance",
    "the balance is 1.50 (no currency said).",
    { is: "good", what: "balance", balance: amountFromDecimal("1.5"), currency: undefined },
  ],
  ["balance", "below the low-balance mark", { is: "note", what: "balance_low" }],
  [
    "currency",
    "say --currency EUR and --exchange-rate, or --currency USD",
    { is: "bad", what: "other_currency", said: "EUR", expected: "USD" },
  ],
  ["services", "It lists 3 services.", { is: "good", what: "services", count: 3 }],
  ["services", "nothing to import", { is: "bad", what: "services", count: 0 }],
  [
    "status",
    'an unknown order is "no such order".',
    { is: "good", what: "unknown_order", how: "usual", reason: "no such order" },
  ],
  [
    "request ids",
    "say --set honours_request_id=true",
    { is: "note", what: "request_ids", isHonoured: true, isSet: false },
  ],
  [
    "request ids",
    "Say --set honours_request_id=false.",
    { is: "bad", what: "request_ids", isHonoured: false, isSet: true },
  ],
  [
    "services",
    "it failed. It took longer than 1.5 seconds: try a longer --timeout.",
    unanswered("time"),
  ],
  ["services", "it failed. Check the key", unanswered("key")],
])("of %s it is said: %s", (subject, words, finding) => {
  const said = findingText(finding);

  expect(said.subject).toBe(subject);
  expect(said.text).toContain(words);
});

test("without advice only the reason is said", () => {
  expect(findingText(unanswered(undefined)).text).toBe("it failed.");
});
