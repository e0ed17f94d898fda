import type { Context } from "#database/context.ts";
import { countWaitingProductOrders } from "#product-orders/staff-lists.sql.ts";
import { listProducts } from "#products/products.sql.ts";
import { fine, warn } from "./check.ts";
import type { Finding } from "./check.ts";

const shownMax = 10;

/**
 * Checks whether product orders wait for staff, and which stocks are at or below their low mark.
 */
export async function checkProducts(ctx: Context): Promise<Finding> {
  const name = "products";
  const waiting = await countWaitingProductOrders(ctx.db);
  const products = await listProducts(ctx.db);
  const low = products.filter(({ lowSince }) => lowSince !== undefined);
  const said: string[] = [];
  if (waiting.length > 0) {
    const counts = waiting.map(
      ({ waits_for: why, orders }) => `${orders} ${why.replaceAll("_", " ")}`,
    );
    said.push(`Orders wait: ${counts.join(", ")}`);
  }
  if (low.length > 0) {
    const shown = low
      .slice(0, shownMax)
      .map((one) => `${one.name} (product ${one.id}, ${one.free} free)`);
    const more = low.length > shownMax ? `, and ${low.length - shownMax} more` : "";
    said.push(`Stock is low: ${shown.join(", ")}${more}`);
  }
  if (said.length === 0)
    return fine(name, `${products.length} products, nothing waits, no stock is low`);
  return warn(name, said.join("; "), "See: panel product desk, panel product list.");
}
