import { resendOrder } from "#orders/dispatch/resend-order.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";

export const orderResend: CliCommand = {
  name: "order resend",
  summary: "Sends an order again that every provider refused, or that waits for its link.",
  details:
    "From the first provider on. An order that a provider has or may have is never sent again: where\n" +
    "that is unknown, panel order settle says what became of it. No money is moved.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const id = given(orderId);
    const sent = await resendOrder(ctx, actor, id);
    if (!sent.ok) return refuse(sent.refusal);
    return answer(
      {
        order: id,
        provider: sent.value.alias,
        provider_service: sent.value.providerService ?? null,
      },
      `Order ${id} goes to ${sent.value.alias} again. No money was moved.`,
    );
  },
};
