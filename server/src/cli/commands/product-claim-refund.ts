import { refundClaim } from "#product-orders/refund-claim.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { claimId, claimPlaces, noteForBuyer } from "#cli/product-order-options.ts";
import { currencyOf, money } from "#cli/shared.ts";

export const productClaimRefund: CliCommand = {
  name: "product claim refund",
  summary: "Gives back the price of the items that do not work.",
  options: [claimId, claimPlaces, noteForBuyer],
  positions: [claimId],
  run: async (desk, given) => {
    const open = await desk.open();
    const id = given(claimId);
    const how = { places: given(claimPlaces), note: given(noteForBuyer) };
    const refunded = await refundClaim(open.ctx, open.actor, id, how);
    if (!refunded.ok) return refuse(refunded.refusal);
    const { claim, refund } = refunded.value;
    const order = claim.productOrderId;
    return answer(
      { claim: id, order, status: "Refunded", refund: money(refund) },
      `Claim ${id} is Refunded: ${money(refund)} ${await currencyOf(open)} of order ${order}.`,
    );
  },
};
