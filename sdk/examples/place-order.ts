/**
 * Places one order so that it is never placed twice, whatever happens on the way.
 *
 *     PANEL_URL=https://panel.example/api/v2 PANEL_KEY=… node place-order.ts 1 link 100
 */
import { randomUUID } from "node:crypto";
import process from "node:process";
import { NotSentError, openPanel, OutcomeUnknownError, RefusedError } from "panelwright-sdk";

const [service = "", link = "", quantity = ""] = process.argv.slice(2);
const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

// Made and stored before the call: a program that is killed in the middle finds it again.
const requestId = process.env["REQUEST_ID"] ?? randomUUID();

try {
  const order = { service, link, quantity: Number(quantity), requestId };
  const placed = await panel.order(order);
  const state = await panel.status(placed.order);
  console.log(`order ${placed.order}: ${state.status}, ${state.charge} ${state.currency}`);
} catch (error) {
  if (error instanceof RefusedError) {
    // Nothing was charged. `kind` says what would help.
    console.log(`refused (${error.kind}): ${error.message}`);
  } else if (error instanceof NotSentError) {
    console.log("the panel is away, nothing was charged; try again later");
  } else if (error instanceof OutcomeUnknownError) {
    // Never order anew here: ask again with the same id.
    console.log(`nobody knows; run again with REQUEST_ID=${error.requestId}`);
  } else {
    throw error;
  }
}
