import type { OrderOutcome, OrderRequest } from "#orders/placing/place-orders.sql.ts";

/** What the sequential shop knows of one account. Amounts in units of 10^-8. */
export type ModelAccount = {
  balance: bigint;
  floor: bigint;
  isActive: boolean;
  priceVersion: number;
  /** Live keys by id, with their versions. */
  readonly keys: Map<number, number>;
  /** Accepted requests, and which orders they became. */
  readonly requests: Map<string, { readonly hash: string; readonly order: number }>;
  /** The balance after each posting, from the first on. */
  readonly balances: bigint[];
};

/** A shop that takes one order after the other, as simply as possible. */
export type Model = {
  readonly accounts: Map<number, ModelAccount>;
  /** Current versions of the services that exist. */
  readonly services: Map<number, number>;
  orders: number;
};

/**
 * Returns the model's outcome for one order, and changes the model. `take` returns the id of a
 * newly accepted order, because the panel chooses ids.
 */
export function placeInModel(
  model: Model,
  request: OrderRequest,
  take: () => number,
): { readonly code: OrderOutcome["code"]; readonly orderId?: number } {
  const account = model.accounts.get(request.accountId);
  if (account === undefined) throw new Error("the model has no such account");
  if (account.keys.get(request.keyId ?? 0) !== request.keyVersion) return { code: "key" };
  if (!account.isActive) return { code: "inactive" };
  const known = request.requestId === null ? undefined : account.requests.get(request.requestId);
  const isCurrent =
    model.services.get(request.serviceId) === request.serviceVersion &&
    account.priceVersion === request.priceVersion;
  if (known !== undefined) {
    if (known.hash !== request.requestHash) return { code: "conflict" };
    return { code: "replayed", orderId: known.order };
  }
  if (!isCurrent) return { code: "stale" };
  if (request.charge > account.balance - account.floor) return { code: "insufficient" };

  const orderId = take();
  model.orders++;
  if (request.charge > 0n) {
    account.balance -= request.charge;
    account.balances.push(account.balance);
  }
  if (request.requestId !== null && request.requestHash !== null) {
    account.requests.set(request.requestId, { hash: request.requestHash, order: orderId });
  }
  return { code: "accepted", orderId };
}
