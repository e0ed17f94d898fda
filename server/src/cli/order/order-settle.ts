import { money } from "#views/spelling.ts";
import { settleOrder } from "#orders/dispatch/settle-order.ts";
import type { SettledOrder, Verdict } from "#orders/dispatch/settle-order.ts";
import { zero } from "#values/money.ts";
import { orderRecord } from "#views/orders/order-record.ts";
import { sightOf } from "#views/sight.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { UsageError } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import {
  accepted,
  acceptedText,
  isReused,
  settleNote,
  wasRefused,
} from "#cli/kit/settle-options.ts";
import { currencyOf } from "#cli/kit/shared.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";

export const orderSettle: CliCommand = {
  name: "order settle",
  summary: "Says what became of an order whose outcome is unknown.",
  details:
    "Look at the provider first: panel order show says when and with what the order was sent.\n" +
    "Refused sends it to the next provider, so that it is bought twice if that was wrong.",
  options: [orderId, accepted, isReused, wasRefused, settleNote],
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
      { ...orderRecord(order, sightOf(open.actor)), refund: money(refund) },
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
    return { as: "accepted", providerOrder, isReused: given(isReused), note: given(settleNote) };
  }
  if (given(isReused)) throw new UsageError("--reused goes with --accepted");
  return { as: "refused", note: given(settleNote) };
}

function sentence({ order, afterRefusal }: SettledOrder): string {
  const { id, providerOrder, status } = order;
  if (afterRefusal === undefined) {
    return acceptedText(order, { isFinal: isFinal(status), shown: wireStatus[status] });
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
