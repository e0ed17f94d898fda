import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { AccountState } from "./ledger.sql.ts";

/** One refund of a part of an order's charge. */
export type RefundStep = {
  readonly orderId: OrderId;
  /** More than zero. */
  readonly amount: Amount;
  readonly idempotencyKey: string;
};

const insertRefundsSql = statement(
  "ledger.insertRefunds",
  `insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                         balance_after, balance_floor, idempotency_key)
   select $1::bigint, $2::bigint + i.n, i.order_id, 'refund', 'revenue', 1, i.amount,
          $3::numeric + sum(i.amount) over (order by i.n), $4::numeric, i.key
     from unnest($5::bigint[], $6::numeric[], $7::text[])
          with ordinality as i (order_id, amount, key, n)`,
);

/** Writes refunds of many orders in one statement; `account` is what locking it returned. */
export async function insertRefunds(
  tx: Tx,
  id: AccountId,
  account: AccountState,
  steps: readonly RefundStep[],
): Promise<void> {
  await insertRefundsSql.run(
    tx,
    id,
    account.seq,
    decimalFromAmount(account.balance),
    decimalFromAmount(account.floor),
    steps.map((step) => step.orderId),
    steps.map((step) => decimalFromAmount(step.amount)),
    steps.map((step) => step.idempotencyKey),
  );
}
