import { findProduct } from "#products/products.sql.ts";
import { itemStates, listItems } from "#products/stock/stock.sql.ts";
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
    const { ctx } = await panel.open();
    const product = given(productId);
    if ((await findProduct(ctx.db, product)) === undefined) {
      return refuse({ code: "product_unknown" });
    }
    const asked = { state: given(state), after: given(after) ?? 0, limit: given(limit) };
    const items = await listItems(ctx.db, product, asked);
    const rows = items.map((item) => [
      item.id,
      item.state,
      item.origin,
      item.upload_id ?? undefined,
      item.product_order_id ?? undefined,
      shownTime(item.created_at),
      shownTime(item.sold_at),
    ]);
    const headers = ["item>", "state", "from", "upload>", "order>", "created", "sold"];
    const json = items.map(({ id, upload_id, product_order_id, account_id, ...item }) => ({
      item: id,
      ...item,
      upload: upload_id,
      customer: account_id,
      order: product_order_id,
    }));
    return answer(json, table(headers, rows, "No items."));
  },
};
