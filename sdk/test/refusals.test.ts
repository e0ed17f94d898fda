import { describe, expect, test } from "vitest";
import { errorTexts } from "@panelwright/server/src/http/reseller/refusals/refusal-samples.ts";
import type { RefusalKind } from "panelwright-sdk";
import { scriptedPanel } from "./scripted-panel.ts";

const order = { service: 1, link: "https://example.com/a", quantity: 100 };

/** What `order` is refused with where a panel answers this. */
async function refusalOf(sentence: string, headers: Readonly<Record<string, string>> = {}) {
  const panel = await scriptedPanel(() => ({ json: { error: sentence }, headers }));
  const refused: unknown = await panel
    .client({ retries: 0 })
    .order(order)
    .catch((caught: unknown) => caught);
  return refused;
}

describe("Panelwright", () => {
  test.each(errorTexts())("$code has a kind, by its code and by its sentence", async (sample) => {
    const { code, text } = sample;
    const coded = await refusalOf("A sentence of the future", { "X-Error-Code": code });
    const worded = await refusalOf(text);

    expect(coded).toMatchObject({ name: "RefusedError", code });
    expect(coded).not.toMatchObject({ kind: "other" });
    expect(worded).not.toMatchObject({ kind: "other" });
    if (!sharesItsSentence.has(code)) {
      expect(worded).toMatchObject({ kind: Reflect.get(Object(coded), "kind") });
    }
  });

  test("says which field has to change", async () => {
    const headers = { "X-Error-Code": "field_required", "X-Error-Field": "answer_number" };

    expect(await refusalOf("There are missing required parameters", headers)).toMatchObject({
      kind: "input",
      field: "answer_number",
    });
  });

  test("may have codes that this program does not know yet", async () => {
    const headers = { "X-Error-Code": "link_too_new" };

    expect(await refusalOf("Something else", headers)).toMatchObject({
      kind: "other",
      code: "link_too_new",
    });
    expect(await refusalOf("Bad link", headers)).toMatchObject({ kind: "input" });
  });
});

// Its sentence stands for another code as well: nothing but the code tells them apart.
const sharesItsSentence: ReadonlySet<string> = new Set(["body_unreadable"]);

const sentences: Readonly<Record<RefusalKind, readonly string[]>> = {
  auth: [
    "Invalid API key",
    "Invalid API Key",
    "Invalid API key.",
    "Incorrect API key",
    "API key is incorrect",
    "API key invalid",
    "API is Disable for this user or User Not Found! Contact the Support",
    "Your account is inactive",
    "Account suspended",
    "Your account has been suspended.",
    "Unauthenticated.",
  ],
  funds: [
    "Not enough funds on balance",
    "neworder.error.not_enough_funds",
    "Your balance is insufficient.",
    "You have insufficient balance",
    "Insufficient balance",
    "neworder.error.insufficient_balance",
  ],
  service: [
    "Incorrect service ID",
    "error.incorrect_service_id",
    "Disabled service ID",
    "Service not found",
    "Service temporarily disabled",
    "Service not found or inactive",
    "Service ID does not exists",
    "neworder.error.service_inactive",
    "neworder.error.service_not_found",
    "error.invalid_service",
  ],
  duplicate: [
    "You have active order with this link. Please wait until order being completed.",
    "neworder.error.link_duplicate",
    "You cannot start a new order with the same link that is active processing order.",
  ],
  input: [
    "Quantity less than minimal 50",
    "Quantity more than maximum 10000",
    "Quantity less than maximum 10000",
    "neworder.error.min_quantity",
    "neworder.error.max_quantity",
    "neworder.error.link",
    "Bad link",
    "Bad Link",
    "Incorrect link",
    "neworder.error.invalid_link",
    "neworder.error.link_not_found",
    "neworder.error.invalid_quantity",
    "You must fill in the required fields.",
    "Enter a value above the minimum number.",
    "Maximum number exceed.",
    "Minimum number can not be much than maximum number.",
    "There are missing required parameters. Please check your API Manual",
    "Quantity must to be greater than or equal to minimum amount 50",
    "Quantity must to be less than or equal to maximum amount 100",
    "Comments field is required",
    "Quantity is required",
    "Runs is required",
    "Interval time is required",
    "This services does not support Dripfeed feature!",
    "Quantity must be at least 10 and maximum 20",
    "Missing username",
    "At least 1 new post",
    "Incorrect delay",
    "Quantity Min cannot be higher than Quantity Max",
  ],
  limit: [
    "Too many requests",
    "Rate limit exceeded. Slow down.",
    "Too many requests. Limit 50/minute.",
  ],
  missing: [
    "Incorrect order ID",
    "Incorrect Order ID",
    "error.incorrect_order_id",
    "Order not found.",
    "Empty Order Id.",
    "Refill not found",
    "Incorrect refill ID",
    "Refill Request Not found",
  ],
  state: [
    "Refill is disabled for this service",
    "The order was completed or refill was requested less than 24 hours ago",
    "The refill task is not completed for this order",
    "Refill days are over",
    "The order is not completed",
    "Refill pending",
    "Refill inprogress",
    "Refill not allowed , try again later",
    "There are no more refills available for today.",
    "Order not eligible for refill.",
    "Not eligible for cancellation",
    "Order already completed",
    "Cannot cancel",
    "Cancellation via API is not supported. Contact support.",
  ],
  unsupported: [
    "Incorrect request",
    "Missing data",
    "Incorrect method name",
    "This action is invalid",
    "Request Invalid",
    "Invalid action",
    "Unsupported action.",
    "Invalid Request",
  ],
  price: ["The charge would be 1.25, more than max_charge"],
  other: ["There was an error while creating your order", "Xatolik yuz berdi"],
};

describe("sentences of deployed panels", () => {
  const all = Object.entries(sentences).flatMap(([kind, texts]) =>
    texts.map((text) => ({ kind, text })),
  );

  test.each(all)("$text is $kind", async ({ kind, text }) => {
    expect(await refusalOf(text)).toMatchObject({ name: "RefusedError", kind, message: text });
  });
});
