import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { itemPurpose, listItemsOfOrders } from "#products/items.sql.ts";
import type { DeliveredItem } from "#products/items.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { answerPurpose, findProductOrder } from "./product-orders.sql.ts";

/** A delivered line, opened; `undefined` where it was sealed with another key. */
export type RevealedLine = Pick<DeliveredItem, "place" | "state" | "origin"> & {
  readonly line: string | undefined;
};

/** What was delivered for an order and what its buyer answered, in clear. */
export type RevealedProductOrder = {
  readonly lines: readonly RevealedLine[];
  /** `undefined`: nothing was asked, or the answer cannot be opened. */
  readonly answer: string | undefined;
  readonly hasAnswer: boolean;
};

/**
 * Opens an order's lines and its buyer's answer for a person of staff. The audit records who
 * looked, never what they saw. Throws `SecretsUnavailable` without the encryption key.
 */
export async function revealProductOrder(
  ctx: Context,
  actor: Actor,
  id: ProductOrderId,
): Promise<Result<RevealedProductOrder, { readonly code: "product_order_unknown" }>> {
  authorize(actor, "stock.reveal");
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    const order = await findProductOrder(tx, id);
    if (order === undefined) return refused({ code: "product_order_unknown" });
    const items = (await listItemsOfOrders(tx, order.accountId, [id])).get(id) ?? [];
    const { sealedAnswer } = order;
    await audit(tx, {
      actor,
      action: "product_order.reveal",
      subject: `product-order:${id}`,
      after: { lines: items.length, answer: sealedAnswer !== undefined },
    });
    return ok({
      lines: items.map(({ place, state, origin, sealed, digest }) => ({
        place,
        state,
        origin,
        line: secrets.open(itemPurpose(digest), sealed),
      })),
      answer:
        sealedAnswer === undefined ? undefined : secrets.open(answerPurpose(id), sealedAnswer),
      hasAnswer: sealedAnswer !== undefined,
    });
  });
}
