import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import type { MicroBatch } from "#database/micro-batch.ts";
import { shareConnection } from "#database/shared-connection.ts";
import type { Amount } from "#values/money.ts";
import { lookUp, openKnownCallers } from "./known-callers.ts";
import type { Caller, Checked } from "./known-callers.ts";
import { balanceLookup, orderLookup } from "./lookup.sql.ts";
import type { BalanceQuestion, OrderQuestion, ShownOrder } from "./lookup.sql.ts";

/** The hot look-ups of this process. Questions that arrive together are asked in one statement. */
export type Lookups = {
  /** `undefined` where the caller has no such order. */
  readonly orders: MicroBatch<OrderQuestion, Checked<ShownOrder | undefined>>;
  readonly balances: MicroBatch<BalanceQuestion, Checked<Amount>>;
};

// As with orders, a batch that is large enough does not wait for the one before.
const limits = {
  itemsMax: 512,
  batchesMax: 2,
  besideMin: 24,
  waitingMax: 10_000,
  ownerOf: ({ caller }: { readonly caller: Caller }) => caller.accountId,
};

export function openLookups(ctx: Context): Lookups {
  const known = openKnownCallers();
  const orders = orderLookup(shareConnection(ctx.hot).statements);
  const balances = balanceLookup(shareConnection(ctx.hot).statements);
  return {
    orders: microBatch((questions) => lookUp(known, orders, questions), limits),
    balances: microBatch((questions) => lookUp(known, balances, questions), limits),
  };
}
