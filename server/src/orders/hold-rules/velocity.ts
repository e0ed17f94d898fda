import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { sumRecentCharges } from "#ledger/activity.sql.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import { add } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { giveBack, takeForOrder } from "./give-back.ts";
import type { RuleOf } from "./rule.ts";
import {
  deleteVelocityReservation,
  insertVelocityReservation,
  sumEarlierReservations,
} from "./velocity-reservations.sql.ts";
import type { JudgedOrder } from "./verdict.ts";

/** In an hour with more purchases than this, only the last so many movements are looked at. */
const postingsMax = 5000;
const waitMsMax = 2000;
const lookAgainMs = 20;

export type VelocityRule = RuleOf<"velocity">;

/** Which rules an order breaks, and what to call once its batch is over. */
export type VelocityVerdict = {
  readonly broken: readonly VelocityRule[];
  readonly leave: () => Promise<void>;
};

/**
 * Counts an order together with what its customer bought within the hour, exactly, whatever other
 * processes take at the same moment. Each order announces itself under the account's lock, so that
 * of two one sees the other. Earlier ones still being placed count as bought. Where the order would
 * break a rule only because of them, it waits for them, two seconds at most. An order that does not
 * wait left room for all before it, so later orders never wrong one that waited.
 */
export async function judgeVelocity(
  ctx: Context,
  rules: readonly VelocityRule[],
  order: JudgedOrder,
): Promise<VelocityVerdict> {
  const { accountId, charge, twin } = order;
  const number = await takeForOrder(ctx, async (tx) => {
    await lockAccount(tx, accountId);
    return insertVelocityReservation(tx, accountId, { charge, twin });
  });
  const leave = () => giveBack(ctx, () => deleteVelocityReservation(ctx.db, accountId, number));
  try {
    const endsAt = performance.now() + (order.isInList === true ? 0 : waitMsMax);
    for (;;) {
      // In this order, an order that finishes in between is counted twice rather than not at all.
      const earlier = await sumEarlierReservations(ctx.db, accountId, { number, twin });
      const { charges, spent } = await sumRecentCharges(ctx.db, accountId, postingsMax);
      const bought = {
        orders: charges + earlier.orders + 1,
        spend: add(add(spent, earlier.spend), charge),
      };
      const broken = rules.filter((rule) => isTooFast(rule, bought));
      const isSure = broken.length === 0 || earlier.orders === 0;
      if (isSure || performance.now() >= endsAt) return { broken, leave };
      await pause(lookAgainMs);
    }
  } catch (error) {
    await leave();
    throw error;
  }
}

function isTooFast(
  { condition }: VelocityRule,
  bought: { readonly orders: number; readonly spend: Amount },
): boolean {
  return (
    (condition.orders !== undefined && bought.orders > condition.orders) ||
    (condition.spend !== undefined && bought.spend > condition.spend)
  );
}
