import { startProductOrder } from "#product-orders/start-product-order.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { noteForBuyer, productOrderId } from "./product-order-options.ts";

export const productStart: CliCommand = {
  name: "product start",
  summary: "Tells the buyer of an order that waits for staff that somebody is at it.",
  options: [productOrderId, noteForBuyer],
  positions: [productOrderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const order = given(productOrderId);
    const started = await startProductOrder(ctx, actor, order, given(noteForBuyer));
    if (!started.ok) return refuse(started.refusal);
    return answer({ order, status: "In progress" }, `Order ${order} is In progress.`);
  },
};
