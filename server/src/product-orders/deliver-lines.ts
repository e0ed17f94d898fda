import type { Tx } from "#database/transaction.ts";
import { insertSoldItems, itemDigestPurpose, itemPurpose } from "#products/items.sql.ts";
import type { ItemOrigin, ItemsFor } from "#products/items.sql.ts";
import type { Secrets } from "#values/secrets.ts";
import type { ProductOrder } from "./product-orders.sql.ts";

/** A line, sealed for the database. */
export function sealLine(
  secrets: Secrets,
  line: string,
): { readonly sealed: string; readonly digest: Buffer } {
  const digest = secrets.digest(itemDigestPurpose, line);
  return { sealed: secrets.seal(itemPurpose(digest), line), digest };
}

/**
 * Writes lines that are not from the stock as delivered to a locked order, each sealed, from the
 * place after `placesBefore` on. The caller moves the order in the same transaction.
 */
export async function deliverLines(
  tx: Tx,
  secrets: Secrets,
  order: ProductOrder,
  origin: Exclude<ItemOrigin, "upload">,
  lines: readonly string[],
  to: Pick<ItemsFor, "placesBefore" | "claimId">,
): Promise<void> {
  const sealed = lines.map((line) => sealLine(secrets, line));
  const { accountId, id: productOrderId, productId } = order;
  await insertSoldItems(tx, productId, origin, sealed, { accountId, productOrderId, ...to });
}
