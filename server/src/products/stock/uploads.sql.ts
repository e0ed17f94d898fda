import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import type { ProductId, ProductUploadId } from "#values/ids.ts";

/** What happened to the lines of an upload. */
export type UploadCounts = {
  readonly added: number;
  readonly repeated: number;
  readonly empty: number;
};

const insertUploadSql = statement<{ id: ProductUploadId }>(
  "products.insertUpload",
  `insert into product_uploads (product_id, actor, added, repeated, empty)
   values ($1::bigint, $2::text, 0, 0, 0)
   returning id`,
);
const updateUploadSql = statement(
  "products.updateUpload",
  `update product_uploads
      set added = $2::integer, repeated = $3::integer, empty = $4::integer
    where id = $1::bigint`,
);

/** Begins an upload; its counts follow in the same transaction. */
export async function insertUpload(
  tx: Tx,
  productId: ProductId,
  actor: Actor,
): Promise<ProductUploadId> {
  return (await insertUploadSql.one(tx, productId, actorName(actor))).id;
}

export async function updateUpload(
  tx: Tx,
  id: ProductUploadId,
  { added, repeated, empty }: UploadCounts,
): Promise<void> {
  await updateUploadSql.run(tx, id, added, repeated, empty);
}

export type UploadRow = UploadCounts & {
  readonly id: ProductUploadId;
  readonly at: Date;
  readonly actor: string;
};

const listUploadsSql = statement<UploadRow>(
  "products.listUploads",
  `select id, at, actor, added, repeated, empty
     from product_uploads
    where product_id = $1::bigint
    order by id desc
    limit $2::integer`,
);

/** A product's uploads, newest first. */
export function listUploads(db: Queryable, id: ProductId, limit: number): Promise<UploadRow[]> {
  return listUploadsSql.all(db, id, limit);
}

// Lines from a provider are known as well: they must not be sold a second time from the stock. The
// order of the lines is the order in which they will be sold.
const insertLinesSql = statement<{ digest: Buffer }>(
  "products.insertUploadedLines",
  `insert into product_items (product_id, state, origin, sealed, digest, upload_id)
   select $1::bigint, 'free', 'upload', i.sealed, i.digest, $2::bigint
     from unnest($3::text[], $4::bytea[]) with ordinality as i (sealed, digest, n)
    where not exists (select from product_items o
                       where o.digest = i.digest and o.origin = 'provider')
    order by i.n
   on conflict (digest) where origin = 'upload' do nothing
   returning digest`,
);

/**
 * Adds lines to the stock, except those that were ever uploaded or came from a provider, for any
 * product; returns the digests of those that were added. The stock is locked; the caller raises its
 * count. Waits for another upload that is adding the same lines.
 */
export async function insertUploadedLines(
  tx: Tx,
  productId: ProductId,
  uploadId: ProductUploadId,
  lines: readonly { readonly sealed: string; readonly digest: Buffer }[],
): Promise<Buffer[]> {
  const rows = await insertLinesSql.all(
    tx,
    productId,
    uploadId,
    lines.map(({ sealed }) => sealed),
    lines.map(({ digest }) => digest),
  );
  return rows.map(({ digest }) => digest);
}

/** A line that was there before, and the product that had it. */
export type KnownLine = { readonly digest: Buffer; readonly productId: ProductId };

type KnownRow = { digest: Buffer; product_id: ProductId };

const listByHandSql = statement<KnownRow>(
  "products.listKnownByHand",
  `select digest, product_id
     from product_items
    where origin = 'hand' and digest = any ($1::bytea[])`,
);

/**
 * Finds which of these lines staff have delivered by hand. Reads all lines delivered by hand, so it
 * runs once per upload.
 */
export async function listKnownByHand(
  db: Queryable,
  digests: readonly Buffer[],
): Promise<KnownLine[]> {
  return knownLines(await listByHandSql.all(db, digests));
}

const listKnownSql = statement<KnownRow>(
  "products.listKnownLines",
  `select digest, product_id
     from product_items
    where origin = 'upload' and digest = any ($1::bytea[])
    union all
   select digest, product_id
     from product_items
    where origin = 'provider' and digest = any ($1::bytea[])`,
);

/** Finds who had these lines, as far as they were uploaded or came from a provider. */
export async function listKnownLines(
  db: Queryable,
  digests: readonly Buffer[],
): Promise<KnownLine[]> {
  return knownLines(await listKnownSql.all(db, digests));
}

function knownLines(rows: readonly KnownRow[]): KnownLine[] {
  return rows.map((row) => ({ digest: row.digest, productId: row.product_id }));
}
