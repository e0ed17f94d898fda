/**
 * Asks for refills of some orders and for others to be cancelled. Both are requests: what becomes
 * of them shows in `refillStatus` and in the order's status.
 *
 *     PANEL_URL=… PANEL_KEY=… node refill-and-cancel.ts --refill 1,2 --cancel 3
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { openPanel } from "panelwright-sdk";

const { values } = parseArgs({
  options: { refill: { type: "string" }, cancel: { type: "string" } },
});
const idsOf = (list: string | undefined) => list?.split(",") ?? [];
const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

for (const result of await panel.refills(idsOf(values.refill))) {
  if (!result.ok) {
    console.log(`refill of ${result.id}: ${result.error.message}`);
  } else if (result.value.refill !== null) {
    const { status } = await panel.refillStatus(result.value.refill);
    console.log(`refill of ${result.id}: ${result.value.refill} is ${status}`);
  }
}
for (const result of await panel.cancel(idsOf(values.cancel))) {
  console.log(`cancel of ${result.id}: ${result.ok ? "requested" : result.error.message}`);
}
