/**
 * Follows what happens to an account's orders without asking for each of them. Ends with the event
 * named on the command line, or never.
 *
 *     PANEL_URL=… PANEL_KEY=… CURSOR=… node follow-changes.ts [event]
 */
import process from "node:process";
import { openPanel } from "panelwright-sdk";

const [lastEvent] = process.argv.slice(2);
const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

for await (const change of panel.followChanges({ since: process.env["CURSOR"], pollMs: 1000 })) {
  console.log(`${change.event} ${JSON.stringify(change.data)}`);
  // Deal with the change first, then store its cursor: so that none is skipped after a crash.
  console.log(`CURSOR=${change.cursor}`);
  if (change.event === lastEvent) break;
}
