import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId, ProductItemId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { itemPurpose } from "#products/items.sql.ts";
import { findItem } from "./stock.sql.ts";
import type { ItemState } from "./stock.sql.ts";

export type RevealItemRefusal =
  | { readonly code: "item_unknown" }
  | { readonly code: "item_unreadable" };

/** The text of a line, and the state of its item. */
export type RevealedItem = { readonly text: string; readonly state: ItemState };

/**
 * Shows the text of one item to staff. The audit records who looked at which item before the text
 * is returned; it does not hold the text. Throws `SecretsUnavailable` without the key.
 */
export async function revealItem(
  ctx: Context,
  actor: Actor,
  productId: ProductId,
  id: ProductItemId,
): Promise<Result<RevealedItem, RevealItemRefusal>> {
  authorize(actor, "stock.reveal");
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    const item = await findItem(tx, productId, id);
    if (item === undefined) return refused({ code: "item_unknown" });
    const text = secrets.open(itemPurpose(item.digest), item.sealed);
    if (text === undefined) return refused({ code: "item_unreadable" });
    await audit(tx, {
      actor,
      action: "product.reveal",
      subject: `product:${productId}`,
      after: { item: id, state: item.state, productOrder: item.product_order_id },
    });
    return ok({ text, state: item.state });
  });
}
