import type { Tx } from "#database/transaction.ts";
import { findKnownLines } from "#products/stock/claimed-items.sql.ts";
import { itemDigestPurpose } from "#products/items.sql.ts";
import type { Product } from "#products/product.ts";
import { stockLineCharactersMax } from "#products/stock/read-stock-lines.ts";
import type { Secrets } from "#values/secrets.ts";
import type { ProductOrder } from "./product-orders.sql.ts";

/** How many lines one delivery by hand may have. */
const handLinesMax = 10_000;

export type ManualLinesRefusal =
  /** The product is delivered line by line, and the number of lines differs from that of items. */
  | { readonly code: "lines_unfit"; readonly lines: number; readonly items: number }
  | { readonly code: "lines_too_many"; readonly max: number }
  | { readonly code: "line_too_long"; readonly line: number; readonly max: number }
  /** The line, counted from 1, is in the stock, or was delivered before. */
  | { readonly code: "line_known"; readonly line: number };

/** The lines of a text, without empty ones and trimmed, as the stock stores them. */
export function readManualLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line) => line.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
    .filter((line) => line.trim() !== "");
}

/**
 * Why these lines cannot be delivered to a locked order as so many items; `undefined` where they
 * can. Where a line is an item, none may be known already. For a service, others may have got the
 * same words.
 */
export async function manualLinesRefusal(
  tx: Tx,
  secrets: Secrets,
  order: ProductOrder,
  type: Product["type"],
  delivery: { readonly lines: readonly string[]; readonly items: number },
): Promise<ManualLinesRefusal | undefined> {
  const { lines, items } = delivery;
  if (lines.length > handLinesMax) return { code: "lines_too_many", max: handLinesMax };
  const max = stockLineCharactersMax;
  const long = lines.findIndex((line) => Array.from(line).length > max);
  if (long >= 0) return { code: "line_too_long", line: long + 1, max };
  if (type === "service") return undefined;
  if (lines.length !== items) return { code: "lines_unfit", lines: lines.length, items };
  const digests = lines.map((line) => secrets.digest(itemDigestPurpose, line));
  const { accountId, id: productOrderId } = order;
  const seen = new Set<string>();
  for (const digest of await findKnownLines(tx, digests, { accountId, productOrderId })) {
    seen.add(digest.toString("hex"));
  }
  const known = digests.findIndex((digest) => {
    const name = digest.toString("hex");
    if (seen.has(name)) return true;
    seen.add(name);
    return false;
  });
  return known < 0 ? undefined : { code: "line_known", line: known + 1 };
}
