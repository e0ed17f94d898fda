/** What of a row its purpose may name. `digest` is empty where the column has none. */
export type SealedSubject = { readonly id: number; readonly digest: Buffer };

/** A column of the database that holds sealed texts. Its table has a unique `id`. */
export type SealedColumn = {
  readonly table: string;
  readonly column: string;
  /** What the text of a row is sealed for, in the words of those who seal and open it. */
  readonly purpose: (row: SealedSubject) => string;
  /** The column with the text's keyed digest, and what that is made for. */
  readonly digest?: { readonly column: string; readonly purpose: string };
};

/**
 * Every sealed column: what a rotation seals anew, and what the doctor looks into. The name of such
 * a column begins with `sealed`, so that a test finds the one that is missing here.
 */
export const sealedColumns: readonly SealedColumn[] = [
  { table: "providers", column: "sealed_key", purpose: ({ id }) => `provider:${id}:key` },
  { table: "webhook_endpoints", column: "sealed_secret", purpose: ({ id }) => `webhook:${id}` },
  { table: "webhook_endpoints", column: "sealed_previous", purpose: ({ id }) => `webhook:${id}` },
  {
    table: "product_items",
    column: "sealed",
    purpose: ({ digest }) => `product-item:${digest.toString("hex")}`,
    digest: { column: "digest", purpose: "product-item" },
  },
  {
    table: "product_orders",
    column: "sealed_answer",
    purpose: ({ id }) => `product-order:${id}:answer`,
  },
  { table: "product_claims", column: "sealed_reason", purpose: ({ id }) => `product-claim:${id}` },
];
