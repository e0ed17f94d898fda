import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import type { EffectiveRate } from "#values/money.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { feedHostOf } from "#orders/subscriptions/feed/feed-host.ts";
import {
  countFeeds,
  insertFeedReservation,
  lockFeedHost,
  settleFeedReservation,
} from "./feeds.sql.ts";
import { giveBack, takeForOrder } from "#orders/hold-rules/give-back.ts";
import { paysPost } from "./post-price.ts";
import type { OrderDraft } from "#orders/service-types/service-type.ts";
import { isFeedAddress, subscriptionOf } from "./subscription.ts";

export type AdmitSubscriptionRefusal =
  | { readonly code: "insufficient_funds" }
  | { readonly code: "field_invalid"; readonly field: string; readonly expected: string }
  /** The customer has as many feeds as one customer may have. */
  | { readonly code: "feeds_too_many"; readonly field: string; readonly max: number }
  /** All customers together have as many feeds at this host as may be read. */
  | { readonly code: "feed_host_full"; readonly field: string; readonly host: string };

/** To be called with the order's number, or with nothing where it was not placed. */
export type SettlePlace = (orderId: OrderId | undefined) => Promise<void>;

/**
 * Checks a new subscription beyond its fields: it ends in the future, the balance pays for the
 * smallest order of one post, and there is a place for its feed. The place is taken at once, so
 * that of many at the same moment none exceeds the limit.
 */
export async function admitSubscription(
  ctx: Context,
  accountId: AccountId,
  {
    draft,
    rate,
    isRunHere,
    twin,
  }: {
    readonly draft: OrderDraft;
    readonly rate: EffectiveRate;
    readonly isRunHere: boolean;
    /** The same for both sendings of one request: the two share a place. */
    readonly twin: string | undefined;
  },
): Promise<Result<SettlePlace | undefined, AdmitSubscriptionRefusal>> {
  const now = ctx.clock.now();
  const fields = draft.fields ?? {};
  const { min, expiresAt } = subscriptionOf({ fields, createdAt: new Date(now) });
  if (expiresAt !== undefined && expiresAt <= now) {
    return refused({ code: "field_invalid", field: "expiry", expected: "d/m/Y, today or later" });
  }
  if (!(await paysPost(ctx.db, accountId, rate, min))) {
    return refused({ code: "insufficient_funds" });
  }
  const { username } = fields;
  if (!isRunHere || !isFeedAddress(username)) return ok(undefined);
  return takePlace(ctx, accountId, feedHostOf(username), twin ?? randomUUID());
}

function takePlace(
  ctx: Context,
  accountId: AccountId,
  host: string,
  reservation: string,
): Promise<Result<SettlePlace, AdmitSubscriptionRefusal>> {
  const field = "username";
  return takeForOrder(ctx, async (tx) => {
    const place = { accountId, reservation, host };
    await lockAccount(tx, accountId);
    await lockFeedHost(tx, host);
    const { feeds_per_customer: max, feeds_per_host: ofHostMax } = await readSettings(tx);
    const { ofCustomer, ofHost } = await countFeeds(tx, place);
    if (ofCustomer >= max) return refused({ code: "feeds_too_many", field, max });
    if (ofHost >= ofHostMax) return refused({ code: "feed_host_full", field, host });
    await insertFeedReservation(tx, place);
    return ok((orderId) => giveBack(ctx, () => settleFeedReservation(ctx.db, place, orderId)));
  });
}
