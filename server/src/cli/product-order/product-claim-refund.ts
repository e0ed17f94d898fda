import { money } from "#views/spelling.ts";
import { refundClaim } from "#product-orders/claims/refund-claim.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { claimId, claimPlaces, noteForBuyer } from "./product-order-options.ts";
import { currencyOf } from "#cli/kit/shared.ts";

export const productClaimRefund: CliCommand = {
  name: "product claim refund",
  summary: "Gives back the price of the items that do not work.",
  options: [claimId, claimPlaces, noteForBuyer],
  positions: [claimId],
  run: async (panel, given) => {
    const open = await panel.open();
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
