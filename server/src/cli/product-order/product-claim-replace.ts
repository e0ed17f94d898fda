import { replaceClaim } from "#product-orders/claims/replace-claim.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import {
  claimId,
  claimPlaces,
  linesFile,
  linesText,
  noteForBuyer,
  readLines,
} from "./product-order-options.ts";

export const productClaimReplace: CliCommand = {
  name: "product claim replace",
  summary: "Gives other items for those that do not work: from the stock, or written by hand.",
  options: [claimId, claimPlaces, linesText, linesFile, noteForBuyer],
  positions: [claimId],
  run: async (panel, given) => {
    const lines = await readLines(given(linesText), given(linesFile));
    if (!lines.ok) return lines;
    const { ctx, actor } = await panel.open();
    const claim = given(claimId);
    const how = { lines: lines.value, places: given(claimPlaces), note: given(noteForBuyer) };
    const replaced = await replaceClaim(ctx, actor, claim, how);
    if (!replaced.ok) return refuse(replaced.refusal);
    const { productOrderId: order, quantity } = replaced.value;
    return answer(
      { claim, order, status: "Replaced", quantity },
      `Claim ${claim} is Replaced: ${quantity} items of order ${order}.`,
    );
  },
};
