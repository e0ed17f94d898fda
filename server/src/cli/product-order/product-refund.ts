import { money } from "#views/spelling.ts";
import { endProductOrder } from "#product-orders/end-product-order.ts";
import { zero } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { productOrderId } from "./product-order-options.ts";
import { countWithin, filledText } from "#cli/kit/readers.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const items = optional(
  "--items <number>",
  "how many items are not delivered; refused where that is not so",
  countWithin(1, 10_000),
);
const reason = optional("--reason <text>", "why, for the buyer", filledText, ["--note <text>"]);

export const productRefund: CliCommand = {
  name: "product refund",
  summary: "Ends an order of a product and gives back what was not delivered.",
  details:
    "An order without any delivery is Canceled, one with a part of it Partial. Money for delivered\n" +
    "items that do not work is given back by a claim: panel product claim open, panel product claim\n" +
    "refund.",
  options: [productOrderId, items, reason],
  positions: [productOrderId],
  run: async (panel, given) => {
    const open = await panel.open();
    const order = given(productOrderId);
    const how = { reason: given(reason), items: given(items) };
    const ended = await endProductOrder(open.ctx, open.actor, order, how);
    if (!ended.ok) return refuse(ended.refusal);
    const { after, refund } = ended.value;
    const status = wireProductOrderStatus[after.status];
    const effect =
      refund > zero
        ? `${money(refund)} ${await currencyOf(open)} went back to the customer.`
        : "No money was moved.";
    return answer(
      { order, status, delivered: after.delivered, refund: money(refund) },
      `Order ${order} is ${status}. ${effect}`,
    );
  },
};
