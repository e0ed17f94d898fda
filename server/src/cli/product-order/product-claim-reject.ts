import { rejectClaim } from "#product-orders/claims/reject-claim.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { claimId } from "./product-order-options.ts";
import { filledText } from "#cli/kit/readers.ts";

const reason = required("--reason <text>", "why, for the buyer", filledText, ["--note <text>"]);

export const productClaimReject: CliCommand = {
  name: "product claim reject",
  summary: "Ends a claim with nothing.",
  options: [claimId, reason],
  positions: [claimId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const claim = given(claimId);
    const rejected = await rejectClaim(ctx, actor, claim, given(reason));
    if (!rejected.ok) return refuse(rejected.refusal);
    const order = rejected.value.productOrderId;
    return answer(
      { claim, order, status: "Rejected" },
      `Claim ${claim} of order ${order} is Rejected.`,
    );
  },
};
