import type { ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { viewProductDesk } from "#views/products/product-desk.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime } from "#cli/kit/output.ts";
import { waitMeanings } from "./product-order-options.ts";
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
    const { ctx, actor } = await panel.open();
    const desk = await viewProductDesk(ctx, actor, { reason: given(reason), limit: given(limit) });
    if (!desk.ok) return refuse(desk.refusal);
    const { counts, open_claims: claims, entries } = desk.value;
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
