import { audit } from "#audit/audit.sql.ts";
import type { Tx } from "#database/transaction.ts";
import { findLastPlace, takeBackItems } from "#products/stock/claimed-items.sql.ts";
import { itemPurpose, lockStock, takeFreeItems } from "#products/items.sql.ts";
import type { ItemsFor } from "#products/items.sql.ts";
import type { Actor } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import { endClaim } from "#product-orders/claims.sql.ts";
import { deliverLines } from "#product-orders/deliver-lines.ts";
import type { OpenClaim } from "./lock-open-claim.ts";
import { tellProductOrder } from "#product-orders/move-product-order.ts";
import { playLines } from "#product-orders/play-lines.ts";
import { insertProductOrderChange } from "#product-orders/product-orders.sql.ts";
import { tellClaim } from "./tell-claim.ts";

/** Where the new items come from, and who gives them. */
export type Replacement = {
  readonly actor: Actor;
  readonly note: string | undefined;
  /** Written by staff, from the stock, or lines of play money. */
  readonly lines: readonly string[] | "stock" | "play";
  readonly secrets: Secrets;
};

export type ReplaceItemsRefusal =
  /** The stock has fewer items than are to be replaced. */
  | { readonly code: "stock_short"; readonly free: number; readonly needed: number }
  /** A line of the stock does not open with the panel's key, so nobody gets it. */
  | { readonly code: "stock_sealed_otherwise"; readonly items: readonly number[] };

/**
 * Takes items back as replaced, gives others for them and ends the claim. The order must be locked.
 * Locks the stock, then the account.
 */
export async function replaceItems(
  tx: Tx,
  open: OpenClaim,
  by: Replacement,
): Promise<Result<undefined, ReplaceItemsRefusal>> {
  const { order, product, claim, places } = open;
  const { accountId, id: productOrderId } = order;
  const placesBefore = await findLastPlace(tx, accountId, productOrderId);
  const to = { accountId, productOrderId, placesBefore, claimId: claim.id };
  if (by.lines === "stock") {
    const taken = await takeFromStock(tx, open, to, by.secrets);
    if (!taken.ok) return taken;
  } else {
    const count = product.type === "auto" ? claim.quantity : places.length;
    const isPlay = by.lines === "play";
    const lines = by.lines === "play" ? playLines(productOrderId, placesBefore, count) : by.lines;
    await deliverLines(tx, by.secrets, order, isPlay ? "sandbox" : "hand", lines, to);
  }
  await takeBackItems(tx, { accountId, productOrderId }, places, {
    state: "replaced",
    claimId: claim.id,
  });
  const { actor, note } = by;
  await endClaim(tx, claim, { status: "replaced", places, note });
  const step = `claim ${claim.id}: ${claim.quantity} replaced`;
  await insertProductOrderChange(tx, actor, order.status, { ...order, note: step });
  await audit(tx, {
    actor,
    action: "product_claim.replace",
    subject: `product-claim:${claim.id}`,
    before: { status: "open" },
    after: { status: "replaced", items: places, note },
    reason: note,
  });
  await tellProductOrder(tx, order);
  await tellClaim(tx, { ...claim, status: "replaced", note });
  return ok(undefined);
}

async function takeFromStock(
  tx: Tx,
  { product, claim: { quantity: needed } }: OpenClaim,
  to: ItemsFor,
  secrets: Secrets,
): Promise<Result<undefined, ReplaceItemsRefusal>> {
  const free = (await lockStock(tx, product.id)) ?? 0;
  if (free < needed) return refused({ code: "stock_short", free, needed });
  const taken = await takeFreeItems(tx, product.id, needed, to);
  const closed = taken.filter(
    ({ digest, sealed }) => secrets.open(itemPurpose(digest), sealed) === undefined,
  );
  if (closed.length === 0) return ok(undefined);
  return refused({ code: "stock_sealed_otherwise", items: closed.map(({ id }) => id) });
}
