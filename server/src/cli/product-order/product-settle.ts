import { money } from "#views/spelling.ts";
import { settleProductOrder } from "#product-orders/upstream/settle-product-order.ts";
import type {
  ProductVerdict,
  SettledProductOrder,
} from "#product-orders/upstream/settle-product-order.ts";
import { zero } from "#values/money.ts";
import { isProductOrderFinal, wireProductOrderStatus } from "#values/product-order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { flag, UsageError } from "#cli/kit/option.ts";
import { productOrderId } from "./product-order-options.ts";
import {
  accepted,
  acceptedText,
  isReused,
  settleNote,
  wasRefused,
} from "#cli/kit/settle-options.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const wasSeen = flag(
  "--seen",
  "an order that has ended, and lies on the desk all the same, has been looked at",
);

export const productSettle: CliCommand = {
  name: "product settle",
  summary: "Says what became of an order of a product whose outcome at its provider is unknown.",
  details:
    "Look at the provider first: panel product order says when and with what the order was sent.\n" +
    "Refused leaves it on the desk as failed, or gives the money back, as the setting\n" +
    "refused_orders says.",
  options: [productOrderId, accepted, isReused, wasRefused, wasSeen, settleNote],
  positions: [productOrderId],
  run: async (panel, given) => {
    const verdict = readVerdict(given);
    const open = await panel.open();
    const settled = await settleProductOrder(open.ctx, open.actor, given(productOrderId), verdict);
    if (!settled.ok) return refuse(settled.refusal);
    const { order, after, refund } = settled.value;
    const effect =
      refund > zero
        ? `${money(refund)} ${await currencyOf(open)} went back to the customer.`
        : "No money was moved.";
    return answer(
      {
        order: order.id,
        status: wireProductOrderStatus[order.status],
        provider_order: order.providerOrder ?? null,
        after,
        refund: money(refund),
      },
      `${sentence(settled.value)} ${effect}`,
    );
  },
};

function readVerdict(given: Given): ProductVerdict {
  const providerOrder = given(accepted);
  const verdicts = [providerOrder !== undefined, given(wasRefused), given(wasSeen)];
  if (verdicts.filter(Boolean).length !== 1) {
    throw new UsageError(
      "give one of --accepted with the provider's number, --refused, and --seen",
    );
  }
  if (providerOrder !== undefined) {
    return { as: "accepted", providerOrder, isReused: given(isReused), note: given(settleNote) };
  }
  if (given(isReused)) throw new UsageError("--reused goes with --accepted");
  return { as: given(wasSeen) ? "seen" : "refused", note: given(settleNote) };
}

function sentence({ order, after }: SettledProductOrder): string {
  const { id, status } = order;
  const stands = wireProductOrderStatus[status];
  switch (after) {
    case "accepted":
      return acceptedText(order, { isFinal: isProductOrderFinal(status), shown: stands });
    case "seen":
      return `Order ${id} is ${stands} and waits no more.`;
    case "failed":
      return `Order ${id} waits on the desk as failed, outside ${stands}.`;
    case "refunded":
      return `Order ${id} is ${stands}.`;
    case "ended":
      return `Order ${id} had ended as ${stands} before.`;
  }
}
