import type { Context } from "#database/context.ts";
import { itemPurpose } from "#products/items.sql.ts";
import { listStockSamples } from "#products/stock/stock-samples.sql.ts";
import type { StockSample } from "#products/stock/stock-samples.sql.ts";
import { findFileFingerprint, findSecretFingerprint, findSecrets } from "#secrets/open-secrets.ts";
import { sampleSealed } from "#secrets/reseal.ts";
import type { ProductId } from "#values/ids.ts";
import type { Secrets } from "#values/secrets.ts";
import { bad, fine } from "./check.ts";
import type { Finding } from "./check.ts";
import { checkSecretFile } from "./machine-checks.ts";

const samplesOfEachEnd = 20;
const productsShownMax = 10;

export async function checkSecret(ctx: Context, file: string): Promise<Finding> {
  const expected = await findSecretFingerprint(ctx.db);
  return checkSecretFile(file, expected, await findFileFingerprint(file, expected));
}

/**
 * Checks whether sealed texts open with the present key: samples of every sealed column. The stock
 * of products has a check of its own.
 */
export async function checkSealed(ctx: Context, file: string): Promise<Finding> {
  const name = "encrypted fields";
  const expected = await findSecretFingerprint(ctx.db);
  if (expected === undefined) return fine(name, "nothing was encrypted yet");
  const secrets = await findSecrets(file, expected);
  if (secrets === undefined) {
    return bad(name, "They do not open without their key", "Put it back: see encryption key.");
  }
  const found = await sampleSealed(ctx.db, secrets);
  const closed = found.filter(({ unreadable }) => unreadable > 0);
  const looked = found.reduce((sum, { readable, unreadable }) => sum + readable + unreadable, 0);
  if (closed.length === 0) return fine(name, `${looked} looked at, all open with the key`);
  const words = closed.map(
    ({ table, column, readable, unreadable }) =>
      `${unreadable} of ${readable + unreadable} looked at in ${table}.${column}`,
  );
  return bad(
    name,
    `They do not open with the key that is here: ${words.join(", ")}`,
    "They were sealed with a key that is lost. Enter providers' keys again (panel provider set), " +
      "rotate webhooks' secrets (panel webhook rotate); what was delivered can be shown no more.",
  );
}

/** Checks whether the stock of products can be delivered: nobody can buy items that do not open. */
export async function checkStock(ctx: Context, file: string): Promise<Finding> {
  const name = "stock";
  const samples = await listStockSamples(ctx.db, samplesOfEachEnd);
  if (samples.length === 0) return fine(name, "no product has items of its own");
  const products = [...Map.groupBy(samples, ({ product_id: id }) => id)];
  const free = products.reduce((sum, [, [first]]) => sum + (first?.free ?? 0), 0);
  const expected = await findSecretFingerprint(ctx.db);
  const secrets = expected === undefined ? undefined : await findSecrets(file, expected);
  if (secrets === undefined) {
    const text = `The ${free} items of ${products.length} products cannot be opened without the key`;
    return bad(name, text, "They cannot be sold until the key file is back: see encryption key.");
  }
  const closed = products
    .map(([id, items]) => closedWords(secrets, id, items))
    .filter((words) => words !== undefined);
  if (closed.length === 0) {
    return fine(
      name,
      `${free} free items, products with stock: ${products.length}; those looked at open`,
    );
  }
  const shown = closed.slice(0, productsShownMax);
  const more = closed.length - shown.length;
  return bad(
    name,
    `Items do not open with the key that is here, and cannot be sold: ${shown.join("; ")}` +
      (more > 0 ? `; and ${more} more products` : ""),
    "They were sealed with a key that is lost. Take them out (panel product stock ID --void ITEMS) " +
      "and upload the lines again.",
  );
}

function closedWords(
  secrets: Secrets,
  id: ProductId,
  items: readonly StockSample[],
): string | undefined {
  const closed = items.filter(
    ({ digest, sealed }) => secrets.open(itemPurpose(digest), sealed) === undefined,
  );
  const [first] = closed;
  if (first === undefined) return undefined;
  const all = closed.length === items.length;
  const looked = `${all ? "all" : closed.length} of ${items.length} looked at`;
  return `${first.name} (product ${id}: ${looked}, ${first.free} free)`;
}
