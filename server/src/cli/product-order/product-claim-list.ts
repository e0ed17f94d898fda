import { claimStatuses } from "#product-orders/claims.sql.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { viewClaims } from "#views/products/claim-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { id, oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";

const status = optional("--status <status>", claimStatuses.join(", "), oneOf(claimStatuses));
const order = optional("--order <number>", "only of this product order", id<ProductOrderId>);
const limit = limitOption(100);

export const productClaimList: CliCommand = {
  name: "product claim list",
  summary: "Lists what buyers say does not work, newest first.",
  options: [status, order, limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const claims = await viewClaims(ctx, actor, {
      status: given(status),
      productOrderId: given(order),
      limit: given(limit),
    });
    const rows = claims.map((claim) => [
      claim.claim,
      claim.order,
      claim.email,
      claim.status,
      claim.quantity,
      claim.items.join(","),
      shownTime(claim.created),
      claim.reason ?? undefined,
      claim.note ?? undefined,
    ]);
    const headers = ["claim>", "order>", "customer", "status", "items>", "lines", "opened (UTC)"];
    return answer(claims, table([...headers, "reason", "note"], rows, "No claims."));
  },
};
