import { countOpenClaims } from "#product-orders/claims.sql.ts";
import { countWaitingProductOrders, listProductOrders } from "#product-orders/staff-lists.sql.ts";
import type { ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime } from "#cli/kit/output.ts";
import { productNames, waitMeanings } from "./product-order-options.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

const waits = Object.keys(waitMeanings).filter(isWait);
const reason = optional("--reason <word>", waits.join(", "), oneOf(waits));
const limit = limitOption(100);

export const productDesk: CliCommand = {
  name: "product desk",
  summary: "Shows which orders of products wait for staff, oldest first, and how many claims do.",
  options: [reason, limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const counts = await countWaitingProductOrders(ctx.db);
    const claims = await countOpenClaims(ctx.db);
    const filter = { isWaiting: true, waitsFor: given(reason), isTest: false, limit: given(limit) };
    const names = await productNames(ctx.db);
    const entries = (await listProductOrders(ctx.db, filter)).map((order) => ({
      order: order.id,
      customer: order.account_id,
      product: order.product_id,
      name: names.get(order.product_id) ?? null,
      delivered: order.delivered,
      quantity: order.quantity,
      reason: order.waits_for,
      since: order.waits_since,
      facts: order.waits_note,
    }));
    const json = {
      counts: Object.fromEntries(counts.map((each) => [each.waits_for, each.orders])),
      open_claims: claims,
      entries,
    };
    if (counts.length === 0 && claims === 0) return answer(json, "Nothing waits.");
    const heads = counts.map(
      (each) => `${each.orders} ${spaced(each.waits_for)}: ${waitMeanings[each.waits_for]}`,
    );
    const claimed = claims === 0 ? [] : [`${claims} open claims: panel product claim list`];
    const lines = entries.map(
      (each) =>
        `Order ${each.order}, ${spaced(each.reason ?? "")}: ${each.delivered} of ` +
        `${each.quantity} of product ${each.product} (${inOneLine(each.name ?? "-")}), since ` +
        `${shownTime(each.since)}${each.facts ? `\n  ${inOneLine(each.facts)}` : ""}`,
    );
    const text = [[...heads, ...claimed].join("\n"), ...lines].join("\n\n");
    return answer(json, text);
  },
};

function isWait(word: string): word is ProductOrderWait {
  return Object.hasOwn(waitMeanings, word);
}

function spaced(word: string): string {
  return word.replaceAll("_", " ");
}
