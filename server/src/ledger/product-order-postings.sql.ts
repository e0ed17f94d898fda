import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ProductOrderId } from "#values/ids.ts";
import type { MovementKind } from "./ledger.sql.ts";

/** A movement of money of a product order; the amount is a positive decimal. */
export type ProductOrderPosting = {
  readonly seq: number;
  readonly kind: MovementKind;
  readonly direction: 1 | -1;
  readonly amount: string;
  readonly balance_after: string;
  readonly created_at: Date;
};

const listSql = statement<ProductOrderPosting>(
  "ledger.listPostingsOfProductOrder",
  `select seq, kind, direction, amount::text, balance_after::text, created_at
     from postings
    where account_id = $1::bigint
      and product_order_id = $2::bigint
      and idempotency_key >= 'product-order:' || $2::bigint || ':'
      and idempotency_key < 'product-order:' || $2::bigint || ';'
    order by seq`,
);

/** A product order's charge and refunds in its customer's account, oldest first. */
export function listPostingsOfProductOrder(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductOrderPosting[]> {
  return listSql.all(db, accountId, id);
}
