import { listHeld } from "#orders/hold-rules/held.sql.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { limitOption, money, orderJson } from "#cli/kit/shared.ts";

const limit = limitOption(100);

export const orderHeld: CliCommand = {
  name: "order held",
  summary: "Lists orders that wait for a review, the oldest first.",
  details:
    "Their customers see them as Pending. One is let go by panel order release, and refunded by\n" +
    "panel order refuse.",
  options: [limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const orders = await listOrdersByKey(ctx.db, await listHeld(ctx.db, given(limit)));
    const rows = orders.map((order) => [
      order.id,
      order.accountId,
      order.serviceId,
      order.quantity,
      money(order.charge),
      shownTime(order.createdAt),
      order.held,
      order.link,
    ]);
    const headers = ["order>", "customer>", "service>", "quantity>", "charge>", "created (UTC)"];
    return answer(
      orders.map((order) => ({ ...orderJson(order), held: order.held })),
      table([...headers, "held by", "link"], rows, "No orders wait for a review."),
    );
  },
};
