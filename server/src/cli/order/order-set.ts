import { money } from "#views/spelling.ts";
import { setOrder } from "#orders/set-order.ts";
import { zero } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { orderRecord } from "#views/orders/order-record.ts";
import { sightOf } from "#views/sight.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { count, integer, orderStatus, text } from "#cli/kit/readers.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const status = optional("--status <status>", "Processing, Completed, Partial, …", orderStatus);
const startCount = optional("--start-count <number>", "what was there before", count);
const remains = optional(
  "--remains <number>",
  "what is left to deliver; negative where more was delivered",
  integer,
);
const note = optional("--note <text>", "a word for staff", text);

export const orderSet: CliCommand = {
  name: "order set",
  summary: "Moves an order by hand and says what that does to the money.",
  details:
    "Partial refunds what --remains says was not delivered, Canceled what is left of the charge.\n" +
    "Nothing is refunded twice, and nothing leads out of Canceled.",
  options: [orderId, status, startCount, remains, note],
  positions: [orderId, status],
  run: async (panel, given) => {
    const move = Object.entries({
      status: given(status),
      startCount: given(startCount),
      remains: given(remains),
      note: given(note),
    }).filter(([, value]) => value !== undefined);
    if (move.length === 0) {
      throw new UsageError("nothing to change: give --status, --start-count, --remains or --note");
    }
    const open = await panel.open();
    const moved = await setOrder(open.ctx, open.actor, given(orderId), Object.fromEntries(move));
    if (!moved.ok) return refuse(moved.refusal);
    const { after, before, refund } = moved.value;
    const currency = await currencyOf(open);
    const effect =
      refund > zero
        ? `${money(refund)} ${currency} went back to the customer.`
        : "No money was moved.";
    return answer(
      { ...orderRecord(after, sightOf(open.actor)), refund: money(refund) },
      `Order ${after.id}: ${wireStatus[before.status]} → ${wireStatus[after.status]}, ` +
        `remains ${after.remains}. ${effect} ` +
        `${money(after.refunded)} of ${money(after.charge)} is refunded.`,
    );
  },
};
