import { lockCatalog } from "#catalog/catalog.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction, sqlState } from "#database/transaction.ts";
import { recordStockEvents } from "#events/record.sql.ts";
import { isStockUntold, lockUntoldStock, setTold } from "./tell-stock.sql.ts";

const productsPerTurn = 500;

/**
 * Tells followers of the price list how many items products have (`product.stock_changed`), where
 * that differs from what they were told last: one event for everything since. Where nothing changed
 * it costs one look-up. Returns how many products were told of. Locks `catalog_state`, then the
 * stocks.
 */
export async function tellStock(ctx: Context): Promise<number> {
  if (!(await isStockUntold(ctx.db))) return 0;
  try {
    return await tell(ctx, "wait");
  } catch (error) {
    // An upload holds its stock for seconds; the price list must not wait for it.
    if (sqlState(error) !== "55P03") throw error;
    return tell(ctx, "pass");
  }
}

function tell(ctx: Context, whereHeld: "wait" | "pass"): Promise<number> {
  return inTransaction(ctx, async (tx) => {
    await lockCatalog(tx);
    const stocks = await lockUntoldStock(tx, productsPerTurn, whereHeld);
    await recordStockEvents(tx, stocks);
    await setTold(tx, stocks);
    return stocks.length;
  });
}
