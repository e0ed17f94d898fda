import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderOrderState } from "#providers/connector.ts";
import { openCostAccount } from "#providers/cost-account.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { deleteTasks, holdPolls, reschedulePolls } from "#tasks/poll-tasks.sql.ts";
import { providerMover } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { bookOrderCosts } from "./book-order-costs.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { followState } from "./follow-state.ts";
import type { Following } from "./follow-state.ts";
import { lockFollowed } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";
import { decideMove } from "#orders/decide-move.ts";
import { applyMoves } from "#orders/move-order.ts";
import type { LockedMove } from "#orders/move-order.ts";
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

/** Which provider said it, and under which lease it is applied. */
export type StateApplication = {
  readonly provider: Provider;
  /** The currency the provider counts in. */
  readonly currency: string;
  readonly lease: string;
  readonly pace: PollPace;
};

type Step = { readonly order: FollowedOrder; readonly following: Following };

/**
 * Applies what a provider says of a batch of orders: status, start count, remains, refund and cost
 * of an order change together or not at all. Orders whose lease was lost are skipped. An order that
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
 * Locks the orders, their tasks, the accounts that get refunds or events, and last the provider's
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

/** What staff have to see is put on the desk before the end of an order takes it off. */
async function moveAll(tx: Tx, provider: Provider, steps: readonly Step[]): Promise<void> {
  const by = providerMover(provider.id);
  for (const step of steps) await noteOnDesk(tx, step, by);
  const moves = steps.map(decide);
  await applyMoves(
    tx,
    moves.filter(({ hasMoved }) => hasMoved),
    by,
  );
  // An order that had ended before is no longer asked about.
  const over = moves.filter(({ after, isEnd }) => isFinal(after.status) && !isEnd);
  if (over.length > 0) await deleteTasks(tx, over);
}

function decide({ order, following }: Step): LockedMove {
  const { accountId, orderId } = order;
  const { status, startCount, remains, note = null } = following;
  const decided = decideMove(order, { status, startCount, remains, note });
  if (!decided.ok) throw new Error(`order ${orderId} did not move: ${decided.refusal.code}`);
  return { accountId, orderId, ...decided.value };
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
