import { openClaimReasons } from "#product-orders/claims/claim-reasons.ts";
import { claimStatuses, listClaims } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { emailsOf } from "./product-order-options.ts";
import { id, oneOf } from "#cli/kit/readers.ts";
import { limitOption, wireWord } from "#cli/kit/shared.ts";

const status = optional("--status <status>", claimStatuses.join(", "), oneOf(claimStatuses));
const order = optional("--order <number>", "only of this product order", id<ProductOrderId>);
const limit = limitOption(100);

export const productClaimList: CliCommand = {
  name: "product claim list",
  summary: "Lists what buyers say does not work, newest first.",
  options: [status, order, limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const claims = await listClaims(ctx.db, {
      status: given(status),
      productOrderId: given(order),
      limit: given(limit),
    });
    const emails = await emailsOf(
      ctx.db,
      claims.map((claim) => claim.accountId),
    );
    const reasons = await openClaimReasons(ctx, claims);
    const rows = claims.map((claim) => [
      claim.id,
      claim.productOrderId,
      emails.get(claim.accountId),
      wireWord(claim.status),
      claim.quantity,
      claim.places.join(","),
      shownTime(claim.createdAt),
      reasons.get(claim.id),
      claim.note,
    ]);
    const headers = ["claim>", "order>", "customer", "status", "items>", "lines", "opened (UTC)"];
    return answer(
      claims.map((claim) => claimJson(claim, emails.get(claim.accountId), reasons.get(claim.id))),
      table([...headers, "reason", "note"], rows, "No claims."),
    );
  },
};

function claimJson(
  claim: ProductClaim,
  email: string | undefined,
  reason: string | undefined,
): Readonly<Record<string, unknown>> {
  return {
    claim: claim.id,
    order: claim.productOrderId,
    customer: claim.accountId,
    email: email ?? null,
    status: wireWord(claim.status),
    quantity: claim.quantity,
    items: claim.places,
    reason: reason ?? null,
    note: claim.note ?? null,
    created: claim.createdAt,
    ended: claim.endedAt ?? null,
  };
}
