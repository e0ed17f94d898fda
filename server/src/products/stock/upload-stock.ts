import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { findSecretFingerprint, SecretsUnavailable } from "#secrets/open-secrets.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId, ProductUploadId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import { addToCount, itemDigestPurpose, itemPurpose, lockStock } from "#products/items.sql.ts";
import { hasOwnStock } from "#products/product.ts";
import { findProduct } from "#products/products.sql.ts";
import { readStockLines } from "./read-stock-lines.ts";
import type { StockLinesRefusal } from "./read-stock-lines.ts";
import {
  insertUpload,
  insertUploadedLines,
  listKnownByHand,
  listKnownLines,
  updateUpload,
} from "./uploads.sql.ts";
import type { UploadCounts } from "./uploads.sql.ts";

/** A line that was not added, because it came before: in this file or at any time. */
export type RepeatedLine = {
  readonly line: number;
  /** The product that had it; `undefined`: an earlier line of this upload. */
  readonly productId: ProductId | undefined;
  /** The earlier line of this file. */
  readonly lineBefore: number | undefined;
};

export type Uploaded = UploadCounts & {
  readonly uploadId: ProductUploadId;
  /** How many items are free now. */
  readonly free: number;
  /** The first lines that were not added, in their order. */
  readonly firstRepeated: readonly RepeatedLine[];
};

export type UploadStockRefusal =
  | { readonly code: "product_unknown" }
  | { readonly code: "product_without_stock" }
  | { readonly code: "stock_empty" }
  | StockLinesRefusal;

const linesPerSlice = 2000;
const repeatedShownMax = 20;

/**
 * Adds lines to a product's stock, each sealed. The whole file is read before anything is written:
 * one line that cannot be stored means that the whole file is refused. A line that was ever in the
 * stock of any product, or was delivered from elsewhere, is left out and counted. One transaction;
 * two uploads of the same lines at once add each of them once. Throws `SecretsUnavailable` without
 * the encryption key.
 */
export async function uploadStock(
  ctx: Context,
  actor: Actor,
  productId: ProductId,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Result<Uploaded, UploadStockRefusal>> {
  authorize(actor, "stock.write");
  const product = await findProduct(ctx.db, productId);
  if (product === undefined) return refused({ code: "product_unknown" });
  if (!hasOwnStock(product)) return refused({ code: "product_without_stock" });
  const secrets = await ctx.secrets();
  const read = await sealLines(secrets, chunks);
  if (!read.ok) return read;
  const { lines, empty, repeats } = read.value;
  if (lines.length === 0) return refused({ code: "stock_empty" });

  return inTransaction(ctx, async (tx) => {
    await checkKey(tx, secrets);
    const free = await lockStock(tx, productId);
    if (free === undefined) return refused({ code: "product_unknown" });
    const uploadId = await insertUpload(tx, productId, actor);
    const knownBefore = await addLines(tx, productId, uploadId, lines);
    const added = lines.length - knownBefore.length;
    if (added > 0) await addToCount(tx, productId, added);
    const counts = { added, repeated: knownBefore.length + repeats.length, empty };
    await updateUpload(tx, uploadId, counts);
    await audit(tx, {
      actor,
      action: "product.upload",
      subject: `product:${productId}`,
      after: { upload: uploadId, ...counts },
    });
    const firstRepeated = await firstOf(tx, knownBefore, repeats);
    return ok({ ...counts, uploadId, free: free + added, firstRepeated });
  });
}

type SealedLine = { readonly line: number; readonly sealed: string; readonly digest: Buffer };

/** Reads and seals the lines, and sets apart those that repeat an earlier one of the file. */
async function sealLines(
  secrets: Secrets,
  chunks: AsyncIterable<Uint8Array>,
): Promise<
  Result<
    { readonly lines: SealedLine[]; readonly empty: number; readonly repeats: RepeatedLine[] },
    StockLinesRefusal
  >
> {
  const lines: SealedLine[] = [];
  const repeats: RepeatedLine[] = [];
  const seen = new Map<string, number>();
  const read = await readStockLines(chunks, (text, line) => {
    const digest = secrets.digest(itemDigestPurpose, text);
    const name = nameOf(digest);
    const lineBefore = seen.get(name);
    if (lineBefore !== undefined) {
      repeats.push({ line, productId: undefined, lineBefore });
      return;
    }
    seen.set(name, line);
    lines.push({ line, digest, sealed: secrets.seal(itemPurpose(digest), text) });
  });
  return read.ok ? ok({ lines, repeats, empty: read.value.empty }) : read;
}

/** The key may have changed while the file was read; from here on it cannot. */
async function checkKey(tx: Tx, secrets: Secrets): Promise<void> {
  if ((await findSecretFingerprint(tx)) === secrets.fingerprint) return;
  throw new SecretsUnavailable(
    "The encryption key was changed meanwhile. Nothing was added: upload the file again.",
  );
}

/** Writes the lines and returns those that were already known. */
async function addLines(
  tx: Tx,
  productId: ProductId,
  uploadId: ProductUploadId,
  lines: readonly SealedLine[],
): Promise<(SealedLine & { readonly productId: ProductId | undefined })[]> {
  const byHand = new Map<string, ProductId>();
  const digests = lines.map(({ digest }) => digest);
  for (const known of await listKnownByHand(tx, digests)) {
    byHand.set(nameOf(known.digest), known.productId);
  }
  const isByHand = ({ digest }: SealedLine) => byHand.has(nameOf(digest));
  const fresh = byHand.size === 0 ? lines : lines.filter((line) => !isByHand(line));
  const added = new Set<string>();
  for (let at = 0; at < fresh.length; at += linesPerSlice) {
    const slice = fresh.slice(at, at + linesPerSlice);
    for (const digest of await insertUploadedLines(tx, productId, uploadId, slice)) {
      added.add(nameOf(digest));
    }
  }
  return lines
    .filter(({ digest }) => !added.has(nameOf(digest)))
    .map((line) => ({ ...line, productId: byHand.get(nameOf(line.digest)) }));
}

async function firstOf(
  tx: Tx,
  known: readonly (SealedLine & { readonly productId: ProductId | undefined })[],
  repeats: readonly RepeatedLine[],
): Promise<RepeatedLine[]> {
  const shown = known.slice(0, repeatedShownMax);
  const owners = new Map<string, ProductId>();
  for (const { digest, productId } of await listKnownLines(
    tx,
    shown.map(({ digest }) => digest),
  )) {
    owners.set(nameOf(digest), productId);
  }
  const before = shown.map(({ line, digest, productId }) => ({
    line,
    productId: productId ?? owners.get(nameOf(digest)),
    lineBefore: undefined,
  }));
  return [...before, ...repeats.slice(0, repeatedShownMax)]
    .toSorted((a, b) => a.line - b.line)
    .slice(0, repeatedShownMax);
}

function nameOf(digest: Buffer): string {
  return digest.toString("latin1");
}
