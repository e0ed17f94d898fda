/**
 * Reads the states of any number of orders at once: the SDK splits them into requests of 100 ids
 * and joins the answers, in the order of the ids.
 *
 *     PANEL_URL=… PANEL_KEY=… node watch-orders.ts 1 2 3
 */
import process from "node:process";
import { openPanel } from "panelwright-sdk";

const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

for (const result of await panel.statuses(process.argv.slice(2))) {
  if (result.ok) {
    const { status, charge, startCount, remains } = result.value;
    console.log(
      `${result.id}: ${status}, charge ${charge}, from ${startCount ?? "?"}, ${remains} left`,
    );
  } else {
    console.log(`${result.id}: ${result.error.message}`);
  }
}
