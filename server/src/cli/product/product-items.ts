import { itemStates } from "#products/stock/stock.sql.ts";
import { viewItems } from "#views/products/product-items.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { productId } from "./product-options.ts";
import { count, oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";

const state = optional("--state <word>", itemStates.join(", "), oneOf(itemStates));
const after = optional("--after <item>", "those after this item", count);
const limit = limitOption(100);

export const productItems: CliCommand = {
  name: "product items",
  summary: "Lists the items of a product's stock, without their text.",
  options: [productId, state, after, limit],
  positions: [productId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const items = await viewItems(ctx, actor, {
      productId: given(productId),
      state: given(state),
      after: given(after) ?? 0,
      limit: given(limit),
    });
    if (items === undefined) return refuse({ code: "product_unknown" });
    const rows = items.map((item) => [
      item.item,
      item.state,
      item.origin,
      item.upload ?? undefined,
      item.order ?? undefined,
      shownTime(item.created_at),
      shownTime(item.sold_at),
    ]);
    const headers = ["item>", "state", "from", "upload>", "order>", "created", "sold"];
    return answer(items, table(headers, rows, "No items."));
  },
};
