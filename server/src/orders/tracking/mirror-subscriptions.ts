import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderOrderState, ProviderSubscription } from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { holdPolls, reschedulePolls } from "#tasks/poll-tasks.sql.ts";
import type { PollTask } from "#tasks/poll-tasks.sql.ts";
import { orderTasks } from "#tasks/tasks.sql.ts";
import { providerMover } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { Result } from "#values/result.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { followState } from "./follow-state.ts";
import type { Following } from "./follow-state.ts";
import { lockFollowed } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";
import { listUnknownPosts } from "#orders/schedules/mirrored-posts.sql.ts";
import { mirrorSubscription } from "#orders/schedules/mirror-subscription.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import { pollPause } from "./poll-pause.ts";
import type { SaidState, StateApplication } from "./apply-provider-states.ts";

/** How soon to look again where posts wait for funds, or for their quantity to be known. */
const waitingSeconds = 60;

/** Asks the provider for the states of these orders. */
export type AskStates = (
  providerOrders: readonly string[],
) => Promise<Result<ReadonlyMap<string, ProviderOrderState>, ProviderFailure>>;

/**
 * True for an order that its provider runs as a subscription. Its state moves no quantity and no
 * money of its own; `mirrorSubscriptions` applies it.
 */
export function isMirrored(order: FollowedOrder, said: ProviderOrderState): boolean {
  if (order.subscription === undefined) return false;
  if (order.subscription === "mirrored") return true;
  return said.kind === "state" && said.subscription !== undefined;
}

/**
 * Applies what a provider says of subscriptions that it runs, one by one, and asks it about new
 * orders among those that it made. One that fails by itself holds up no other.
 */
export async function mirrorSubscriptions(
  ctx: Context,
  taking: StateApplication,
  ask: AskStates,
  said: readonly SaidState[],
): Promise<void> {
  for (const state of said) {
    try {
      await mirrorOne(ctx, taking, ask, state);
    } catch (error) {
      const { accountId, orderId, misses } = state;
      ctx.log.error({ error, orderId }, "state of a subscription not taken");
      const inSeconds = taking.pace.maxSeconds;
      await reschedulePolls(ctx.db, taking.lease, [{ accountId, orderId, misses, inSeconds }]);
    }
  }
}

async function mirrorOne(
  ctx: Context,
  taking: StateApplication,
  ask: AskStates,
  state: SaidState,
): Promise<void> {
  const { provider, currency, lease, pace } = taking;
  const { accountId, orderId, misses } = state;
  const key = { accountId, orderId };
  const subscription = subscriptionIn(state.said);
  const unknown = await listUnknownPosts(ctx.db, key, provider.id, subscription.orders);
  const task: PollTask = { ...key, lease, misses, attempts: 0 };
  const kept = unknown.length === 0 ? undefined : keepLease(ctx, orderTasks, [task]);
  const answered = kept && (await ask(unknown).finally(() => kept.close()));
  const states = inCurrency(answered?.ok === true ? answered.value : new Map(), currency);
  await inTransaction(ctx, async (tx) => {
    const [followed] = await lockFollowed(tx, [key]);
    const held = await holdPolls(tx, lease, [key]);
    const order = await lockOrder(tx, accountId, orderId);
    if (followed === undefined || order === undefined || !held.has(orderId)) return;
    const following = followState(followed, wordOf(followed, state.said, subscription), {
      misses,
      exchangeRate: provider.exchangeRate,
      currency,
    });
    await noteOnDesk(tx, followed, following, providerMover(provider.id));
    const isWaiting = await mirrorSubscription(tx, provider, order, { subscription, states });
    const pause = pollPause(followed, following, pace);
    const inSeconds = isWaiting ? Math.min(pause, waitingSeconds) : pause;
    await reschedulePolls(tx, lease, [{ ...key, inSeconds, misses: following.misses }]);
  });
}

/** A charge in another currency says nothing about a quantity. */
function inCurrency(
  states: ReadonlyMap<string, ProviderOrderState>,
  currency: string,
): ReadonlyMap<string, ProviderOrderState> {
  const own = [...states].map(([id, said]): [string, ProviderOrderState] => {
    const isOther = said.kind === "state" && (said.currency ?? currency) !== currency;
    return [id, isOther ? { ...said, charge: undefined } : said];
  });
  return new Map(own);
}

/**
 * What a state says of a subscription. A state in the words of an order made no new posts. One that
 * the provider does not know, or with an unknown word, leaves it where it was.
 */
function subscriptionIn(said: ProviderOrderState): ProviderSubscription {
  if (said.kind !== "state") return { status: undefined, orders: [] };
  if (said.subscription !== undefined) return said.subscription;
  switch (said.status) {
    case undefined:
    case "partial":
      return { status: undefined, orders: [] };
    case "pending":
    case "processing":
    case "in_progress":
      return { status: "active", orders: [] };
    case "completed":
    case "canceled":
      return { status: said.status, orders: [] };
  }
}

/** The answer as it is checked for whether it makes sense. It never moves the order itself. */
function wordOf(
  order: FollowedOrder,
  said: ProviderOrderState,
  { status }: ProviderSubscription,
): ProviderOrderState {
  if (said.kind !== "state") return said;
  return {
    kind: "state",
    word: said.word,
    status: status === undefined ? undefined : order.status,
    startCount: undefined,
    remains: undefined,
    charge: undefined,
  };
}

async function noteOnDesk(
  tx: Tx,
  { accountId, orderId, desk }: FollowedOrder,
  { opens, closes }: Following,
  by: Mover,
): Promise<void> {
  if (opens !== undefined && !desk.includes(opens.reason)) {
    await openDeskEntry(tx, accountId, orderId, opens.reason, opens.note);
  }
  if (closes.length > 0) {
    const decision = "the provider's answer makes sense again";
    await closeDeskEntries(tx, accountId, orderId, { by, decision, reasons: closes });
  }
}
