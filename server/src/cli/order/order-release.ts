import { releaseOrder } from "#orders/hold-rules/decide-held.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";

export const orderRelease: CliCommand = {
  name: "order release",
  summary: "Lets a held order go its way: it is sent now.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const released = await releaseOrder(ctx, actor, given(orderId));
    if (!released.ok) return refuse(released.refusal);
    const { id, held } = released.value;
    return answer(
      { order: id, held },
      `Order ${id} is sent now. It was held by ${held}. No money was moved.`,
    );
  },
};
