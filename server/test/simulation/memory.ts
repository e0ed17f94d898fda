import type { Context } from "#database/context.ts";
import type { Buyer } from "#orders/placing/place-order.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** Where an order stood when it was last looked at. */
export type Stand = {
  readonly status: OrderStatus;
  readonly remains: number;
  readonly startCount: number | null;
  readonly refunded: bigint;
};

/** How far an account was read. */
export type AccountMark = { postingSeq: number; balance: bigint; eventSeq: number; floor: bigint };

/** A request that was accepted under a request id, to be repeated. */
export type Remembered = {
  readonly buyer: Buyer;
  readonly fields: Readonly<Record<string, string>>;
  readonly orderId: OrderId;
};

export type KnownOrder = {
  readonly id: OrderId;
  readonly accountId: AccountId;
  readonly kind: "plain" | "drip_feed" | "subscription" | "run";
};

/** What the simulation knows from outside: the answers it got, and what it has seen. */
export type Memory = {
  readonly stands: Map<OrderId, Stand>;
  readonly accounts: Map<AccountId, AccountMark>;
  /** The orders that may still be touched, oldest first. */
  readonly recent: KnownOrder[];
  readonly subscriptions: KnownOrder[];
  /**
   * Subscriptions that nobody announces posts for any more, and those that staff paused. They are
   * to be ended.
   */
  readonly forgotten: KnownOrder[];
  readonly remembered: Remembered[];
  /** Orders whose status somebody set. The usual consequences are not expected of them. */
  readonly byHand: Set<OrderId>;
  /** Drip-feeds with an ended run that staff moved. Their refunds stay refunded. */
  readonly corrected: Set<OrderId>;
  /** How often each deed was done, for the person who reads the report. */
  readonly counts: Map<string, number>;
  changeId: number;
  orderId: number;
  links: number;
  know(order: KnownOrder): void;
  count(what: string): void;
};

const recentMax = 400;
// Each is checked whenever an hour has passed.
const subscriptionsMax = 10;

/** Starts with the accounts as they are. */
export async function openMemory(ctx: Context, buyers: readonly Buyer[]): Promise<Memory> {
  const accounts = new Map<AccountId, AccountMark>();
  for (const { accountId } of buyers) {
    const { rows } = await ctx.db.query<{ seq: number; balance: string; event: number }>(
      `select coalesce(max(seq), 0)::bigint as seq,
              coalesce((select balance_after from postings where account_id = $1
                         order by seq desc limit 1), 0)::text as balance,
              (select base_seq from event_streams where account_id = $1) as event
         from postings where account_id = $1`,
      [accountId],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`account ${accountId} is not followed`);
    accounts.set(accountId, {
      postingSeq: row.seq,
      balance: units(row.balance),
      eventSeq: row.event,
      floor: 0n,
    });
  }
  const memory: Memory = {
    stands: new Map(),
    accounts,
    recent: [],
    subscriptions: [],
    forgotten: [],
    remembered: [],
    byHand: new Set(),
    corrected: new Set(),
    counts: new Map(),
    changeId: 0,
    orderId: 0,
    links: 0,
    know: (order) => {
      memory.recent.push(order);
      if (memory.recent.length > recentMax) memory.recent.shift();
      if (order.kind !== "subscription") return;
      memory.subscriptions.push(order);
      if (memory.subscriptions.length > subscriptionsMax) {
        memory.forgotten.push(...memory.subscriptions.splice(0, 1));
      }
    },
    count: (what) => {
      memory.counts.set(what, (memory.counts.get(what) ?? 0) + 1);
    },
  };
  return memory;
}

/** A decimal of the database in units of 10^-8, read without the panel's own reader. */
export function units(decimal: string): bigint {
  const [whole = "0", part = ""] = decimal.replace("-", "").split(".");
  const value = BigInt(whole + part.padEnd(8, "0").slice(0, 8));
  return decimal.startsWith("-") ? -value : value;
}
