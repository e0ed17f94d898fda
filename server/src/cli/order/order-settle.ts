import { settleOrder } from "#orders/dispatch/settle-order.ts";
import type { SettledOrder, Verdict } from "#orders/dispatch/settle-order.ts";
import { zero } from "#values/money.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { flag, optional, UsageError } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { filledText, text } from "#cli/kit/readers.ts";
import { currencyOf, money, orderJson } from "#cli/kit/shared.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";

const accepted = optional(
  "--accepted <provider order>",
  "the provider has it, under this number of its own",
  filledText,
);
const isReused = flag(
  "--reused",
  "with --accepted: the provider gave this number before, to an order that has ended",
);
const wasRefused = flag("--refused", "the provider does not have it and will not carry it out");
const note = optional("--note <text>", "how that is known", text);

export const orderSettle: CliCommand = {
  name: "order settle",
  summary: "Says what became of an order whose outcome is unknown.",
  details:
    "Look at the provider first: panel order show says when and with what the order was sent.\n" +
    "Refused sends it to the next provider, so that it is bought twice if that was wrong.",
  options: [orderId, accepted, isReused, wasRefused, note],
  positions: [orderId],
  run: async (panel, given) => {
    const verdict = readVerdict(given);
    const open = await panel.open();
    const settled = await settleOrder(open.ctx, open.actor, given(orderId), verdict);
    if (!settled.ok) return refuse(settled.refusal);
    const { order, refund } = settled.value;
    const effect =
      refund > zero
        ? `${money(refund)} ${await currencyOf(open)} went back to the customer.`
        : "No money was moved.";
    return answer(
      { ...orderJson(order), refund: money(refund) },
      `${sentence(settled.value)} ${effect}`,
    );
  },
};

function readVerdict(given: Given): Verdict {
  const providerOrder = given(accepted);
  if ((providerOrder !== undefined) === given(wasRefused)) {
    throw new UsageError("give either --accepted with the provider's number, or --refused");
  }
  if (providerOrder !== undefined) {
    return { as: "accepted", providerOrder, isReused: given(isReused), note: given(note) };
  }
  if (given(isReused)) throw new UsageError("--reused goes with --accepted");
  return { as: "refused", note: given(note) };
}

function sentence({ order, afterRefusal }: SettledOrder): string {
  const { id, providerOrder, status } = order;
  if (afterRefusal === undefined) {
    const known = `Order ${id} is the provider's order ${providerOrder}`;
    return isFinal(status)
      ? `${known}. Here it is ${wireStatus[status]} already: stop it there by hand.`
      : `${known} and is followed there from now on.`;
  }
  switch (afterRefusal.kind) {
    case "passed_on":
      return `Order ${id} goes on to ${afterRefusal.to.alias}.`;
    case "failed":
      return `Order ${id} has no provider left: it waits on the desk as failed, outside Pending.`;
    case "refunded":
      return `Order ${id} has no provider left: it is Canceled.`;
    case "kept":
      return `Order ${id} stays the provider's order ${providerOrder}, which took a later try.`;
    case "ended":
      return `Order ${id} had ended as ${wireStatus[status]} before.`;
  }
}
