import { settlePost } from "#orders/schedules/settle-post.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { count, filledText } from "#cli/kit/readers.ts";

const providerOrder = required("--provider-order <id>", "its number at the provider", filledText);
const quantity = optional("--quantity <n>", "how much it is for", count);
const nothing = flag("--nothing", "it came to nothing there, and is not charged");

export const subscriptionPost: CliCommand = {
  name: "subscription post",
  summary: "Says how much an order is for that the provider made for a subscription.",
  details:
    "For orders on the desk as post_unclear: ask the provider. With a quantity, the order is made\n" +
    "and charged with the provider's next answer; with --nothing it never is.",
  options: [orderId, providerOrder, quantity, nothing],
  positions: [orderId],
  run: async (panel, given) => {
    const pieces = given(quantity);
    if ((pieces === undefined) !== given(nothing)) {
      throw new UsageError("Give either --quantity or --nothing.");
    }
    const { ctx, actor } = await panel.open();
    const number = given(providerOrder).trim();
    const settled = await settlePost(ctx, actor, given(orderId), number, pieces);
    if (!settled.ok) return refuse(settled.refusal);
    return answer(
      { order: given(orderId), provider_order: number, quantity: pieces ?? null },
      pieces === undefined
        ? `The provider's order ${number} is not charged.`
        : `The provider's order ${number} is for ${pieces}; it is charged with the next answer.`,
    );
  },
};
