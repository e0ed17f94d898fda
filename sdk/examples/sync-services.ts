/**
 * Compares a panel's price list with the last one, as a reseller does before selling on. The second
 * reading of an unchanged list costs a few bytes.
 *
 *     PANEL_URL=… PANEL_KEY=… node sync-services.ts
 */
import process from "node:process";
import { openPanel } from "panelwright-sdk";
import type { Service } from "panelwright-sdk";

const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

function compare(before: readonly Service[], after: readonly Service[]): string[] {
  const known = new Map(before.map((service) => [service.service, service]));
  const changed = after.flatMap((service) => {
    const old = known.get(service.service);
    known.delete(service.service);
    if (old === undefined) return [`new: ${service.service} ${service.name} at ${service.rate}`];
    // Rates are exact texts: compare them as they are, or with a library for decimals.
    return old.rate === service.rate ? [] : [`${service.service}: ${old.rate} → ${service.rate}`];
  });
  return [...changed, ...[...known.values()].map((gone) => `gone: ${gone.service} ${gone.name}`)];
}

const first = await panel.services();
for (const line of compare([], first)) console.log(line);

const second = await panel.services();
console.log(second === first ? "unchanged" : compare(first, second).join("\n"));
