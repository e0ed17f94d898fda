import { orderRefill } from "#orders/requests/order-refill.ts";
import type { RefillId, ServiceId } from "#values/ids.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { countWithin, id } from "#cli/kit/readers.ts";

const refill = required("--id <number>", "the refill", id<RefillId>, ["--refill <number>"]);
const quantity = required(
  "--quantity <number>",
  "how much is delivered again",
  countWithin(1, Number.MAX_SAFE_INTEGER),
);
const service = optional(
  "--service <id>",
  "where it is ordered; as the service's terms say if left out",
  id<ServiceId>,
);

export const refillOrder: CliCommand = {
  name: "refill order",
  summary: "Delivers a refill that waits for staff by an order of our own, free for the customer.",
  options: [refill, quantity, service],
  positions: [refill, quantity],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const wanted = { quantity: given(quantity), serviceId: given(service) };
    const ordered = await orderRefill(ctx, actor, given(refill), wanted);
    if (!ordered.ok) return refuse(ordered.refusal);
    return answer(
      { refill: given(refill), order: ordered.value },
      `Order ${ordered.value} delivers refill ${given(refill)}.`,
    );
  },
};
