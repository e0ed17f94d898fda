import { openClaim } from "#product-orders/claims/open-claim.ts";
import { findProductOrder } from "#product-orders/product-orders.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { places, productOrderId } from "./product-order-options.ts";
import { countWithin, filledText } from "#cli/kit/readers.ts";

const items = optional("--items <places>", "which lines, such as 1,3; all if left out", places);
const quantity = optional("--quantity <number>", "how many items", countWithin(1, 10_000));
const reason = required("--reason <text>", "what does not work", filledText);

export const productClaimOpen: CliCommand = {
  name: "product claim open",
  summary: "Opens a claim for a buyer, also after the warranty.",
  options: [productOrderId, items, quantity, reason],
  positions: [productOrderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const id = given(productOrderId);
    const order = await findProductOrder(ctx.db, id);
    if (order === undefined) return refuse({ code: "product_order_unknown" });
    const opened = await openClaim(ctx, actor, order.accountId, id, {
      reason: given(reason),
      places: given(items) ?? [],
      countedBy: "place",
      quantity: given(quantity),
      isGoodwill: true,
    });
    if (!opened.ok) return refuse(opened.refusal);
    const claim = opened.value;
    return answer({ claim, order: id }, `Claim ${claim} of order ${id} is open.`);
  },
};
