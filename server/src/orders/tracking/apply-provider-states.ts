import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { lockForEvents, recordOrderEvents } from "#events/record.sql.ts";
import type { ProviderOrderState } from "#providers/connector.ts";
import { openCostAccount } from "#providers/cost-account.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { holdPolls, reschedulePolls } from "#tasks/poll-tasks.sql.ts";
import { providerMover } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { bookOrderCosts } from "./book-order-costs.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { endOrders } from "#orders/end-orders.ts";
import { followState } from "./follow-state.ts";
import type { Following } from "./follow-state.ts";
import { lockFollowed, updateFollowed } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";
import { moveOrder } from "#orders/move-order.ts";
import { recordChanges } from "#orders/order-changes.sql.ts";
import type { NewOrderChange } from "#orders/order-changes.sql.ts";
import { pollPause } from "./poll-pause.ts";
import type { PollPace } from "./poll-pause.ts";

/** What a provider said of one order. */
export type SaidState = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly said: ProviderOrderState;
  /** Answers in a row before this one that made no sense. */
  readonly misses: number;
};

/** Whose word it is, and under which lease it is taken. */
export type StateApplication = {
  readonly provider: Provider;
  /** What the provider counts in. */
  readonly currency: string;
  readonly lease: string;
  readonly pace: PollPace;
};

type Step = { readonly order: FollowedOrder; readonly following: Following };

/**
 * Takes a provider's word for a batch of orders: status, start count, remains, refund and cost of an
 * order change together or not at all. Orders whose lease was lost are passed over. An order that
 * fails by itself does not keep the others from moving.
 */
export async function applyProviderStates(
  ctx: Context,
  taking: StateApplication,
  states: readonly SaidState[],
): Promise<void> {
  if (states.length === 0) return;
  try {
    await applyTogether(ctx, taking, states);
  } catch (error) {
    ctx.log.warn({ error, orders: states.length }, "states of orders not taken together");
    for (const state of states) await takeAlone(ctx, taking, state);
  }
}

async function takeAlone(ctx: Context, taking: StateApplication, state: SaidState): Promise<void> {
  try {
    await applyTogether(ctx, taking, [state]);
  } catch (error) {
    const { accountId, orderId, misses } = state;
    ctx.log.error({ error, orderId }, "state of an order not taken");
    const inSeconds = taking.pace.maxSeconds;
    await reschedulePolls(ctx.db, taking.lease, [{ accountId, orderId, misses, inSeconds }]);
  }
}

/**
 * Locks the orders, their tasks, the accounts that get refunds or are told, and last the provider's
 * account.
 */
async function applyTogether(
  ctx: Context,
  { provider, currency, lease, pace }: StateApplication,
  states: readonly SaidState[],
): Promise<void> {
  const isCharged = states.some(({ said }) => said.kind === "state" && said.charge !== undefined);
  const costAccount = isCharged ? await openCostAccount(ctx, provider) : undefined;
  const byOrder = new Map(states.map((state) => [state.orderId, state]));
  await inTransaction(ctx, async (tx) => {
    const orders = await lockFollowed(tx, states);
    const held = await holdPolls(tx, lease, states);
    const steps: Step[] = [];
    for (const order of orders) {
      const state = byOrder.get(order.orderId);
      if (state === undefined || !held.has(order.orderId)) continue;
      const { exchangeRate } = provider;
      const known = { misses: state.misses, exchangeRate, currency };
      steps.push({ order, following: followState(order, state.said, known) });
    }
    await moveAll(tx, provider, steps);
    const open = steps.filter(({ following }) => !isFinal(following.status));
    await reschedulePolls(
      tx,
      lease,
      open.map(({ order, following }) => ({
        accountId: order.accountId,
        orderId: order.orderId,
        misses: following.misses,
        inSeconds: pollPause(order, following, pace),
      })),
    );
    if (costAccount === undefined) return;
    const costs = steps.map(({ order, following }) => ({ order, cost: following.bookedCost }));
    await bookOrderCosts(tx, costAccount, costs);
  });
}

/** What moves no money goes in one statement for all; refunds one by one, account by account. */
async function moveAll(tx: Tx, provider: Provider, steps: readonly Step[]): Promise<void> {
  const by = providerMover(provider.id);
  const isRefund = ({ order, following }: Step) =>
    following.status !== order.status && isFinal(following.status) && !isCompletion(following);
  const plain = steps.filter((step) => !isRefund(step));
  const refunds = steps.filter(isRefund);
  const seenSteps = plain.filter(isSeenOutside);
  const seen = seenSteps.map(({ order }) => order);
  await lockForEvents(
    tx,
    new Set([...seen, ...refunds.map(({ order }) => order)].map(({ accountId }) => accountId)),
    new Set(refunds.map(({ order }) => order.accountId)),
  );
  await updateFollowed(
    tx,
    plain.filter(hasMoved).map(({ order: { accountId, orderId }, following }) => ({
      accountId,
      orderId,
      ...following,
    })),
  );
  await recordChanges(
    tx,
    seenSteps.map((step) => changeOf(step, by)),
  );
  await recordOrderEvents(tx, seen);
  for (const step of steps) await noteOnDesk(tx, step, by);
  const completed = plain.filter(({ following }) => isCompletion(following));
  await endOrders(
    tx,
    completed.map(({ order }) => order),
    "completed",
    by,
  );
  for (const step of refunds) await refund(tx, step, by);
}

/** What moves no money leaves what was given back as it is. */
function changeOf({ order, following }: Step, by: Mover): NewOrderChange {
  const { accountId, orderId, refunded } = order;
  return { accountId, orderId, by, before: order, after: { ...following, refunded } };
}

function isCompletion(following: Following): boolean {
  return following.status === "completed";
}

function hasMoved(step: Step): boolean {
  return isSeenOutside(step) || step.following.note !== step.order.note;
}

/** True where `status` on the wire changes. */
function isSeenOutside({ order, following }: Step): boolean {
  return (
    following.status !== order.status ||
    following.startCount !== order.startCount ||
    following.remains !== order.remains
  );
}

async function refund(tx: Tx, { order, following }: Step, by: Mover): Promise<void> {
  const { status, remains, startCount, note = null } = following;
  const move = { status, remains, note, by, ...(startCount === undefined ? {} : { startCount }) };
  const moved = await moveOrder(tx, order.accountId, order.orderId, move);
  if (!moved.ok) throw new Error(`order ${order.orderId} did not move: ${moved.refusal.code}`);
}

async function noteOnDesk(tx: Tx, { order, following }: Step, by: Mover): Promise<void> {
  const { accountId, orderId } = order;
  const { opens, closes } = following;
  if (opens !== undefined && !order.desk.includes(opens.reason)) {
    await openDeskEntry(tx, accountId, orderId, opens.reason, opens.note);
  }
  if (closes.length > 0) {
    const decision = "the provider's answer makes sense again";
    await closeDeskEntries(tx, accountId, orderId, { by, decision, reasons: closes });
  }
}
