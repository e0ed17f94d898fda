import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProductOrderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

export type AccountKind = "customer" | "provider" | "test";
export type MovementKind =
  | "deposit"
  | "charge"
  | "refund"
  | "adjustment"
  | "bonus"
  | "cost"
  | "cost_refund";
export type CounterAccount = "cash" | "revenue" | "adjustments" | "bonuses" | "purchases";

export type AccountState = {
  readonly floor: Amount;
  readonly balance: Amount;
  /** The number of the account's last posting; 0 where it has none. */
  readonly seq: number;
};

const lockAccountSql = statement<{ balance_floor: string }>(
  "ledger.lockAccount",
  "select balance_floor from accounts where id = $1::bigint for no key update",
);

const findLastPosting = statement<{ balance_after: string; seq: number }>(
  "ledger.findLastPosting",
  `select balance_after, seq
     from postings
    where account_id = $1::bigint
    order by seq desc
    limit 1`,
);

/**
 * Locks the account until the transaction ends, then reads it in a statement of its own, so that it
 * sees what the previous holder of the lock committed. `undefined` without the account.
 */
export async function lockAccount(tx: Tx, id: AccountId): Promise<AccountState | undefined> {
  const account = await lockAccountSql.maybe(tx, id);
  if (account === undefined) return undefined;
  const last = await findLastPosting.maybe(tx, id);
  return {
    floor: amountFromDecimal(account.balance_floor),
    balance: amountFromDecimal(last?.balance_after ?? "0"),
    seq: last?.seq ?? 0,
  };
}

const findAccountSql = statement<{ balance_floor: string; currency: string; balance: string }>(
  "ledger.findAccount",
  `select a.balance_floor, a.currency,
          coalesce((select p.balance_after
                      from postings p
                     where p.account_id = a.id
                     order by p.seq desc
                     limit 1), 0) as balance
     from accounts a
    where a.id = $1::bigint`,
);

/** Reads the balance without a lock: for showing, never for deciding. */
export async function findBalance(
  db: Queryable,
  id: AccountId,
): Promise<{ balance: Amount; floor: Amount } | undefined> {
  const row = await findAccountSql.maybe(db, id);
  return (
    row && {
      balance: amountFromDecimal(row.balance),
      floor: amountFromDecimal(row.balance_floor),
    }
  );
}

export type PostingRow = {
  readonly seq: number;
  readonly kind: MovementKind;
  readonly direction: 1 | -1;
  readonly amount: string;
  readonly balance_after: string;
  readonly order_id: OrderId | null;
  readonly idempotency_key: string;
  readonly note: string | null;
  readonly created_at: Date;
};

const postingColumns =
  "seq, kind, direction, amount, balance_after, order_id, idempotency_key, note, created_at";

const findPostingSql = statement<PostingRow>(
  "ledger.findPosting",
  `select ${postingColumns}
     from postings
    where account_id = $1::bigint and idempotency_key = $2::text`,
);

/** Finds the posting with this key, if any. The caller holds the account's lock. */
export function findPosting(
  tx: Tx,
  id: AccountId,
  idempotencyKey: string,
): Promise<PostingRow | undefined> {
  return findPostingSql.maybe(tx, id, idempotencyKey);
}

const insertPostingSql = statement(
  "ledger.insertPosting",
  `insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                         balance_after, balance_floor, idempotency_key, note, product_order_id)
   values ($1::bigint, $2::bigint, $3::bigint, $4::movement_kind, $5::counter_account,
           $6::smallint, $7::numeric, $8::numeric, $9::numeric, $10::text, $11::text, $12::bigint)`,
);

/** Writes one posting; the account must be locked and `after` computed from its last posting. */
export async function insertPosting(
  tx: Tx,
  posting: {
    readonly accountId: AccountId;
    readonly seq: number;
    readonly orderId: OrderId | undefined;
    readonly productOrderId: ProductOrderId | undefined;
    readonly kind: MovementKind;
    readonly counter: CounterAccount;
    readonly direction: 1 | -1;
    readonly amount: Amount;
    readonly balanceAfter: Amount;
    readonly floor: Amount;
    readonly idempotencyKey: string;
    readonly note: string | undefined;
  },
): Promise<void> {
  await insertPostingSql.run(
    tx,
    posting.accountId,
    posting.seq,
    posting.orderId,
    posting.kind,
    posting.counter,
    posting.direction,
    decimalFromAmount(posting.amount),
    decimalFromAmount(posting.balanceAfter),
    decimalFromAmount(posting.floor),
    posting.idempotencyKey,
    posting.note,
    posting.productOrderId,
  );
}

/** One change of what an order costs us at its provider. */
export type CostStep = {
  readonly orderId: OrderId;
  /** How many steps this order has, including this one; it makes the key. */
  readonly number: number;
  /** Positive where it costs more than before, negative where less; never zero. */
  readonly change: Amount;
};

const insertCostsSql = statement(
  "ledger.insertCosts",
  `insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                         balance_after, balance_floor, idempotency_key)
   select $1::bigint, $2::bigint + i.n, i.order_id,
          case when i.change > 0 then 'cost' else 'cost_refund' end::movement_kind, 'purchases',
          case when i.change > 0 then -1 else 1 end, abs(i.change),
          $3::numeric - sum(i.change) over (order by i.n), $4::numeric,
          'order:' || i.order_id || ':cost:' || i.number
     from unnest($5::bigint[], $6::integer[], $7::numeric[])
          with ordinality as i (order_id, number, change, n)`,
);

/**
 * Writes the costs of many orders in one statement. The provider's account must be locked, and
 * `account` must be what locking it returned.
 */
export async function insertCosts(
  tx: Tx,
  id: AccountId,
  account: AccountState,
  steps: readonly CostStep[],
): Promise<void> {
  await insertCostsSql.run(
    tx,
    id,
    account.seq,
    decimalFromAmount(account.balance),
    decimalFromAmount(account.floor),
    steps.map((step) => step.orderId),
    steps.map((step) => step.number),
    steps.map((step) => decimalFromAmount(step.change)),
  );
}

const listPostingsSql = statement<PostingRow>(
  "ledger.listPostings",
  `select ${postingColumns}
     from postings
    where account_id = $1::bigint and seq < coalesce($2::bigint, 9223372036854775807)
    order by seq desc
    limit $3::integer`,
);

/** An account's postings, newest first, from before `beforeSeq` on. */
export function listPostings(
  db: Queryable,
  id: AccountId,
  limit: number,
  beforeSeq?: number,
): Promise<PostingRow[]> {
  return listPostingsSql.all(db, id, beforeSeq, limit);
}

const listPostingsOfOrderSql = statement<PostingRow>(
  "ledger.listPostingsOfOrder",
  `select ${postingColumns}
     from postings
    where account_id = $1::bigint
      and order_id = $2::bigint
      and idempotency_key >= 'order:' || $2::bigint || ':'
      and idempotency_key < 'order:' || $2::bigint || ';'
    order by seq`,
);

/**
 * An order's charge and refunds in its customer's account, or its costs in its provider's; oldest
 * first, found by the keys that they are written under.
 */
export function listPostingsOfOrder(
  db: Queryable,
  id: AccountId,
  orderId: OrderId,
): Promise<PostingRow[]> {
  return listPostingsOfOrderSql.all(db, id, orderId);
}

const insertAccountSql = statement<{ id: AccountId }>(
  "ledger.insertAccount",
  `insert into accounts (kind, currency, balance_floor)
   values ($3::account_kind, $1::text, $2::numeric)
   returning id`,
);

/** Opens an account with balance 0. */
export async function insertAccount(
  tx: Tx,
  currency: string,
  floor: Amount,
  kind: AccountKind = "customer",
): Promise<AccountId> {
  return (await insertAccountSql.one(tx, currency, decimalFromAmount(floor), kind)).id;
}

const updateFloorSql = statement(
  "ledger.updateFloor",
  "update accounts set balance_floor = $2::numeric where id = $1::bigint",
);

/** Sets how far below zero the balance may go; `floor` is zero or negative. */
export async function updateFloor(tx: Tx, id: AccountId, floor: Amount): Promise<void> {
  await updateFloorSql.run(tx, id, decimalFromAmount(floor));
}

/**
 * Keeps the panel's currency as it is until the transaction ends: read it after this, then open an
 * account in it.
 */
export async function holdCurrency(tx: Tx): Promise<void> {
  await tx.query("lock table accounts in row exclusive mode");
}

// Play money has no currency of its own: it does not fix the panel's.
const findAnyPosting = statement(
  "ledger.findAnyPosting",
  `select 1 as one
     from accounts a
    where a.kind <> 'test' and exists (select from postings p where p.account_id = a.id)
    limit 1`,
);
const updateCurrencies = statement(
  "ledger.updateCurrencies",
  "update accounts set currency = $1::text",
);

/**
 * Gives every account another currency, as long as no money was ever moved; returns false
 * otherwise. Waits for every transaction that holds an account's lock, because postings are written
 * under it, and blocks new accounts until the transaction ends.
 */
export async function changeCurrency(tx: Tx, currency: string): Promise<boolean> {
  await tx.query("lock table accounts in exclusive mode");
  if ((await findAnyPosting.maybe(tx)) !== undefined) return false;
  await updateCurrencies.run(tx, currency);
  return true;
}
