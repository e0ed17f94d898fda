import type { Tx } from "#database/transaction.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId, ProductOrderId } from "#values/ids.ts";
import { add, amountFromDecimal, subtract } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { findPosting, insertPosting, lockAccount } from "./ledger.sql.ts";
import type { CounterAccount, MovementKind } from "./ledger.sql.ts";

/** A movement of money, as `movements/` describe it. `amount` is positive. */
export type Movement = {
  readonly accountId: AccountId;
  readonly kind: MovementKind;
  readonly counter: CounterAccount;
  readonly direction: 1 | -1;
  readonly amount: Amount;
  /** Chosen by the caller: the same key moves the money once. */
  readonly idempotencyKey: string;
  readonly orderId?: OrderId;
  readonly productOrderId?: ProductOrderId;
  readonly note?: string;
};

export type Posted = {
  readonly seq: number;
  readonly balance: Amount;
  /** True where an earlier call had already moved the money under the same key. */
  readonly isRepeat: boolean;
};

export type PostRefusal =
  | { readonly code: "account_unknown" }
  | { readonly code: "amount_not_positive" }
  | { readonly code: "below_floor"; readonly available: Amount }
  | { readonly code: "key_used_otherwise"; readonly idempotencyKey: string };

/**
 * Writes one movement under the account's lock, which the transaction then holds. The only other
 * writers of postings write many at once: the charges of new orders (`place_orders_v1`), the refunds of
 * orders (`movements/refund-orders.ts`) and the costs of orders (`movements/book-costs.ts`).
 */
export async function post(tx: Tx, movement: Movement): Promise<Result<Posted, PostRefusal>> {
  if (movement.amount <= 0n) return refused({ code: "amount_not_positive" });
  const account = await lockAccount(tx, movement.accountId);
  if (account === undefined) return refused({ code: "account_unknown" });

  const earlier = await findPosting(tx, movement.accountId, movement.idempotencyKey);
  if (earlier !== undefined) {
    const isSame =
      earlier.kind === movement.kind &&
      earlier.direction === movement.direction &&
      amountFromDecimal(earlier.amount) === movement.amount;
    if (!isSame) {
      return refused({ code: "key_used_otherwise", idempotencyKey: movement.idempotencyKey });
    }
    return ok({ seq: earlier.seq, balance: account.balance, isRepeat: true });
  }

  const balance =
    movement.direction === 1
      ? add(account.balance, movement.amount)
      : subtract(account.balance, movement.amount);
  if (movement.direction === -1 && balance < account.floor) {
    return refused({ code: "below_floor", available: subtract(account.balance, account.floor) });
  }
  const seq = account.seq + 1;
  await insertPosting(tx, {
    accountId: movement.accountId,
    seq,
    orderId: movement.orderId,
    productOrderId: movement.productOrderId,
    kind: movement.kind,
    counter: movement.counter,
    direction: movement.direction,
    amount: movement.amount,
    balanceAfter: balance,
    floor: account.floor,
    idempotencyKey: movement.idempotencyKey,
    note: movement.note,
  });
  return ok({ seq, balance, isRepeat: false });
}
