/** What a row's purpose may refer to. `digest` is empty where the column has none. */
export type SealedSubject = { readonly id: number; readonly digest: Buffer };

/** A column of the database that holds sealed texts. Its table has a unique `id`. */
export type SealedColumn = {
  readonly table: string;
  readonly column: string;
  /** The purpose that a row's text is sealed for, as those who seal and open it spell it. */
  readonly purpose: (row: SealedSubject) => string;
  /** The column with the text's keyed digest, and the purpose of that digest. */
  readonly digest?: { readonly column: string; readonly purpose: string };
};

/**
 * Every sealed column: a rotation seals them anew, and the doctor checks them. The name of such a
 * column begins with `sealed`, so that a test finds one that is missing here.
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
