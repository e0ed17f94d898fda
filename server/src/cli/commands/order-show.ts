import { findCustomer } from "#customers/customers.sql.ts";
import { listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { orderId } from "#cli/order-id.ts";
import { inOneLine, table } from "#cli/output.ts";
import { orderJson, postingJson } from "#cli/shared.ts";

export const orderShow: CliCommand = {
  name: "order show",
  summary: "Shows an order with its postings and what is due for it.",
  options: [orderId],
  positions: [orderId],
  run: async (desk, given) => {
    const { ctx } = await desk.open();
    const order = await findOrder(ctx.db, given(orderId));
    if (order === undefined) return refuse({ code: "order_unknown" });
    const { accountId, id } = order;
    const customer = await findCustomer(ctx.db, accountId);
    const postings = (await listPostingsOfOrder(ctx.db, accountId, id)).map(postingJson);
    const due = await findTask(ctx.db, accountId, id);
    const task = due && {
      kind: due.kind,
      due: due.due_at,
      attempts: due.attempts,
      claimed: due.is_claimed,
    };
    const json = { ...orderJson(order), email: customer?.email ?? null };
    return answer(
      { ...json, postings, task: task ?? null },
      [
        fieldLines(json),
        `postings\n${table(["kind", "amount>", "balance>", "note"], postings.map(postingRow), "none")}`,
        task === undefined ? "Nothing is due for it." : `due\n${fieldLines(task)}`,
      ].join("\n\n"),
    );
  },
};

function fieldLines(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.padEnd(22)} ${inOneLine(shownValue(value))}`)
    .join("\n");
}

function shownValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

function postingRow(posting: Readonly<Record<string, unknown>>): string[] {
  return ["kind", "amount", "balance", "note"].map((name) => {
    const value = posting[name];
    return typeof value === "string" ? value : "";
  });
}
