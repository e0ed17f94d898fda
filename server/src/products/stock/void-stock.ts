import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId, ProductItemId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { addToCount, itemDigestPurpose, lockStock } from "#products/items.sql.ts";
import { readStockLines } from "./read-stock-lines.ts";
import type { StockLinesRefusal } from "./read-stock-lines.ts";
import { listUploadedIds, voidItems } from "./stock.sql.ts";

export type Voided = {
  readonly voided: number;
  /**
   * Ids and lines that are not free items of this product: sold, already void, or of another
   * product.
   */
  readonly left: number;
  /** How many items are free now. */
  readonly free: number;
};

export type VoidStockRefusal =
  | { readonly code: "product_unknown" }
  | { readonly code: "stock_empty" }
  | StockLinesRefusal;

const auditedIdsMax = 1000;

/**
 * Takes free items out of the stock for good: those with these ids, all of them, or those whose
 * lines are read. The lines stay known, so they cannot come in again. Sold items stay as they are.
 */
export async function voidStock(
  ctx: Context,
  actor: Actor,
  productId: ProductId,
  which: readonly ProductItemId[] | "all" | AsyncIterable<Uint8Array>,
): Promise<Result<Voided, VoidStockRefusal>> {
  authorize(actor, "stock.write");
  const digests = isLines(which) ? await digestsOf(ctx, which) : ok([]);
  if (!digests.ok) return digests;
  if (isLines(which) && digests.value.length === 0) return refused({ code: "stock_empty" });
  return inTransaction(ctx, async (tx) => {
    const free = await lockStock(tx, productId);
    if (free === undefined) return refused({ code: "product_unknown" });
    const wanted = isLines(which) ? await listUploadedIds(tx, productId, digests.value) : which;
    const ids = await voidItems(tx, productId, wanted);
    if (ids.length > 0) await addToCount(tx, productId, -ids.length);
    const asked = isLines(which) ? digests.value : which;
    const left = asked === "all" ? 0 : asked.length - ids.length;
    await audit(tx, {
      actor,
      action: "product.void",
      subject: `product:${productId}`,
      after: { voided: ids.length, items: ids.slice(0, auditedIdsMax) },
    });
    return ok({ voided: ids.length, left, free: free - ids.length });
  });
}

function isLines(
  which: readonly ProductItemId[] | "all" | AsyncIterable<Uint8Array>,
): which is AsyncIterable<Uint8Array> {
  return typeof which === "object" && Symbol.asyncIterator in which;
}

async function digestsOf(
  ctx: Context,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Result<Buffer[], StockLinesRefusal>> {
  const secrets = await ctx.secrets();
  const digests = new Map<string, Buffer>();
  const read = await readStockLines(chunks, (text) => {
    const digest = secrets.digest(itemDigestPurpose, text);
    digests.set(digest.toString("latin1"), digest);
  });
  return read.ok ? ok([...digests.values()]) : read;
}
