import { rejectClaim } from "#product-orders/reject-claim.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { required } from "#cli/option.ts";
import { claimId } from "#cli/product-order-options.ts";
import { filledText } from "#cli/readers.ts";

const reason = required("--reason <text>", "why, for the buyer", filledText, ["--note <text>"]);

export const productClaimReject: CliCommand = {
  name: "product claim reject",
  summary: "Ends a claim with nothing.",
  options: [claimId, reason],
  positions: [claimId],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
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
