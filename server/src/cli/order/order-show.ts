import type { OrderDossier } from "#views/orders/order-dossier.ts";
import { viewOrder } from "#views/orders/order-dossier.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime, table } from "#cli/kit/output.ts";

import { inOneLine } from "#values/text.ts";

type Json = Readonly<Record<string, unknown>>;

export const orderShow: CliCommand = {
  name: "order show",
  summary: "Shows an order: its postings, what was tried with providers, and what is due for it.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const order = await viewOrder(ctx, actor, given(orderId));
    return order === undefined ? refuse({ code: "order_unknown" }) : answer(order, inWords(order));
  },
};

function inWords(order: OrderDossier): string {
  const { postings, attempts, desk, calls = [], task, ...fields } = order;
  return [
    fieldLines(fields),
    part("postings", ["kind", "amount>", "balance>", "note"], postings),
    part("attempts", ["number>", "provider", "started", "outcome", "reason"], attempts),
    part("desk", ["reason", "opened", "closed_by", "decision"], desk),
    ...desk
      .filter((entry) => entry.closed === null)
      .map((entry) => `On the desk: ${shownValue(entry.facts ?? "")}`),
    part("calls", ["at", "provider", "action", "outcome", "answer"], calls),
    task === null ? "Nothing is due for it." : `due\n${fieldLines(task)}`,
  ].join("\n\n");
}

/** A heading and a table of these fields, or a line that there is nothing. */
function part(heading: string, headers: readonly string[], rows: readonly Json[]): string {
  const cells = rows.map((row) =>
    headers.map((header) => shownCell(row[header.replace(/>$/, "")])),
  );
  return `${heading}\n${table(headers, cells, "none")}`;
}

function shownCell(value: unknown): string {
  if (value instanceof Date) return shownTime(value) ?? "";
  return value === null || value === undefined ? "" : shownValue(value);
}

function fieldLines(record: Json): string {
  return Object.entries(record)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.padEnd(22)} ${inOneLine(shownValue(value))}`)
    .join("\n");
}

function shownValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
