import { listServices, lockCatalog, setAverageSeconds } from "#catalog/catalog.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { measureOrders, replaceFigures } from "./service-figures.sql.ts";
import { sampleMin } from "./scoreboard.ts";
import { subscriptions } from "#orders/service-types/subscriptions.ts";

/** How far back orders are counted. */
export const measuredDays = 90;

/**
 * Measures from our own orders how services perform, and publishes their average times to
 * customers. Returns how many services have figures. Reads the orders outside the transaction,
 * which locks the price list.
 */
export async function measureServices(ctx: Context): Promise<number> {
  const measured = await measureOrders(ctx.db, measuredDays, sampleMin);
  return inTransaction(ctx, async (tx) => {
    await lockCatalog(tx);
    const services = await listServices(tx);
    // A subscription ends when its customer wants it to.
    const counted = new Set(
      services.filter(({ type }) => type !== subscriptions.wireName).map(({ id }) => id),
    );
    const rows = measured.filter((row) => counted.has(row.service_id));
    await replaceFigures(tx, rows);
    const medians = new Map(rows.map((row) => [row.service_id, row.finish_median]));
    await setAverageSeconds(
      tx,
      services.map(({ id }) => ({ id, seconds: roundedSeconds(medians.get(id) ?? undefined) })),
    );
    return rows.length;
  });
}

/**
 * Rounded so that the list does not change with every order: to minutes, from an hour on to tens of
 * minutes, from a day on to hours.
 */
export function roundedSeconds(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 60) return Math.ceil(seconds);
  const step = seconds < 3600 ? 60 : seconds < 86_400 ? 600 : 3600;
  return Math.round(seconds / step) * step;
}
