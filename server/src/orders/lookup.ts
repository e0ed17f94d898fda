import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import type { MicroBatch } from "#database/micro-batch.ts";
import type { OrderId } from "#values/ids.ts";
import { lookUpBalances, lookUpOrders } from "./lookup.sql.ts";
import type { BalanceRow, Caller, Lookup } from "./lookup.sql.ts";

/** The hot look-ups of this process: what comes at the same time is asked in one statement. */
export type Lookups = {
  readonly orders: MicroBatch<{ readonly caller: Caller; readonly orderId: OrderId }, Lookup>;
  readonly balances: MicroBatch<Caller, BalanceRow>;
};

const limits = { itemsMax: 512, batchesMax: 1, waitingMax: 50_000 };

export function openLookups(ctx: Context): Lookups {
  return {
    orders: microBatch((questions) => lookUpOrders(ctx.hot, questions), limits),
    balances: microBatch((callers) => lookUpBalances(ctx.hot, callers), limits),
  };
}
