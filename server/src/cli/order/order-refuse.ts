import { money } from "#views/spelling.ts";
import { refuseOrder } from "#orders/hold-rules/decide-held.ts";
import { orderRecord } from "#views/orders/order-record.ts";
import { sightOf } from "#views/sight.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { currencyOf } from "#cli/kit/shared.ts";

export const orderRefuse: CliCommand = {
  name: "order refuse",
  summary: "Cancels a held order and gives the money back.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const open = await panel.open();
    const moved = await refuseOrder(open.ctx, open.actor, given(orderId));
    if (!moved.ok) return refuse(moved.refusal);
    const { after, refund } = moved.value;
    return answer(
      { ...orderRecord(after, sightOf(open.actor)), refund: money(refund) },
      `Order ${after.id} is canceled. ${money(refund)} ${await currencyOf(open)} went back to the ` +
        "customer.",
    );
  },
};
