import { money } from "#views/spelling.ts";
import { deliverProductOrder } from "#product-orders/deliver-product-order.ts";
import { zero } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, UsageError } from "#cli/kit/option.ts";
import {
  linesFile,
  linesText,
  noteForBuyer,
  productOrderId,
  readLines,
} from "./product-order-options.ts";
import { count } from "#cli/kit/readers.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const items = optional(
  "--items <number>",
  "how many items that is; one for each line if left out",
  count,
);
const done = flag("--done", "everything is delivered now, however many lines there are");
const part = flag("--part", "nothing more will be delivered: the rest is given back");

export const productDeliver: CliCommand = {
  name: "product deliver",
  summary: "Delivers an order of a product by hand, in whole or in part.",
  details:
    "Each line of the text or the file is a line of the result. The order is Completed when all items\n" +
    "are delivered, and In progress before; --part ends it as Partial and gives the rest back.",
  options: [productOrderId, linesText, linesFile, items, done, part, noteForBuyer],
  positions: [productOrderId],
  run: async (panel, given) => {
    if (given(done) && given(part)) throw new UsageError("either --done or --part");
    const lines = await readLines(given(linesText), given(linesFile));
    if (!lines.ok) return lines;
    const open = await panel.open();
    const order = given(productOrderId);
    const delivered = await deliverProductOrder(open.ctx, open.actor, order, {
      lines: lines.value ?? [],
      items: given(items),
      end: given(done) ? "completed" : given(part) ? "partial" : undefined,
      note: given(noteForBuyer),
    });
    if (!delivered.ok) return refuse(delivered.refusal);
    const { after, refund } = delivered.value;
    const status = wireProductOrderStatus[after.status];
    const back =
      refund > zero ? ` ${money(refund)} ${await currencyOf(open)} went back to the customer.` : "";
    return answer(
      {
        order,
        status,
        delivered: after.delivered,
        quantity: after.quantity,
        refund: money(refund),
      },
      `Order ${order} is ${status}: ${after.delivered} of ${after.quantity} delivered.${back}`,
    );
  },
};
