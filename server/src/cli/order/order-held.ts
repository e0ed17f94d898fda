import { viewHeldOrders } from "#views/orders/held-orders.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(100);

export const orderHeld: CliCommand = {
  name: "order held",
  summary: "Lists orders that wait for a review, the oldest first.",
  details:
    "Their customers see them as Pending. One is let go by panel order release, and refunded by\n" +
    "panel order refuse.",
  options: [limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const orders = await viewHeldOrders(ctx, actor, { limit: given(limit) });
    const rows = orders.map((order) => [
      order.order,
      order.customer,
      order.service,
      order.quantity,
      order.charge_before_refunds,
      shownTime(order.created),
      order.held,
      order.link,
    ]);
    const headers = ["order>", "customer>", "service>", "quantity>", "charge>", "created (UTC)"];
    return answer(
      orders,
      table([...headers, "held by", "link"], rows, "No orders wait for a review."),
    );
  },
};
