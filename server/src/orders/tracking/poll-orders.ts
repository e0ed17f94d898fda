import type { Context } from "#database/context.ts";
import { countedCurrency } from "#providers/upkeep/check-currency.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderCall, ProviderConnector, ProviderOrderState } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import { clearPollFailures, countPollFailure, findPollRest } from "#providers/poll-rests.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { leasePolls, deleteTasks, reschedulePolls } from "#tasks/poll-tasks.sql.ts";
import type { PollTask } from "#tasks/poll-tasks.sql.ts";
import { orderTasks } from "#tasks/tasks.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { followState, isQuiet } from "./follow-state.ts";
import { listFollowed } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";
import { failedPollPause, pollPause } from "./poll-pause.ts";
import type { PollPace } from "./poll-pause.ts";
import { isMirrored, mirrorSubscriptions } from "./mirror-subscriptions.ts";
import { applyProviderStates } from "./apply-provider-states.ts";
import type { SaidState } from "./apply-provider-states.ts";

/** How long one round continues while more orders are due. */
const roundMsMax = 5000;
/** From here on, one question at a time until one is answered. */
const failuresMax = 5;
/** A provider without a network may be asked as often as it likes. */
const localSecondsMin = 1;

/** One round of questions to one provider. */
type Round = {
  readonly provider: Provider;
  readonly connector: ProviderConnector;
  readonly call: ProviderCall;
  readonly pace: PollPace;
  /** The currency the provider counts in. */
  readonly currency: string;
  /** Questions without an answer, in a row. */
  readonly breaker: { failures: number };
  readonly signal: AbortSignal | undefined;
  /** The next due batch; empty where nothing is due. */
  readonly nextBatch: () => Promise<readonly PollTask[]>;
};

/**
 * Asks a provider for the states of its due orders, several batches in parallel, and moves the
 * orders. Returns how many were asked about. A provider that does not answer is left alone for
 * longer and longer, then asked again by itself. After `signal` nothing more is asked.
 */
export async function pollOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const rest = await findPollRest(ctx.db, provider.id);
  if (rest.isResting) return 0;
  const limit = connector.statesMax(provider.settings);
  const first = await leaseMore(ctx, provider, limit);
  if (first.length === 0) return 0;
  const settings = await readSettings(ctx.db);
  const { poll_seconds_min: minSeconds, poll_seconds_max: maxSeconds } = settings;
  const round: Round = {
    provider,
    connector,
    call: await openCall(ctx, provider),
    pace: {
      minSeconds: connector.isRemote ? minSeconds : Math.min(minSeconds, localSecondsMin),
      maxSeconds: Math.max(minSeconds, maxSeconds),
    },
    currency: await countedCurrency(ctx.db, provider, settings.currency),
    breaker: { failures: rest.failures },
    signal,
    nextBatch: batchByBatch(ctx, provider, limit, first),
  };
  const callers = rest.failures >= failuresMax ? 1 : provider.parallelCalls;
  const asked = await Promise.allSettled(
    Array.from({ length: callers }, () => pollInRound(ctx, round)),
  );
  for (const one of asked) if (one.status === "rejected") throw one.reason;
  return asked.reduce((sum, one) => sum + (one.status === "fulfilled" ? one.value : 0), 0);
}

/** One of the callers of a round: batch after batch, until nothing is due or something is wrong. */
async function pollInRound(ctx: Context, round: Round): Promise<number> {
  const endsAt = ctx.clock.now() + roundMsMax;
  let asked = 0;
  let tasks = await round.nextBatch();
  while (tasks.length > 0) {
    const wasAnswered = await pollBatch(ctx, round, tasks);
    asked += tasks.length;
    const isOver = ctx.clock.now() >= endsAt || round.signal?.aborted === true;
    if (!wasAnswered || round.breaker.failures >= failuresMax || isOver) break;
    tasks = await round.nextBatch();
  }
  return asked;
}

/**
 * Gives the callers of a round one batch after the other. Callers leasing at the same time would
 * split what is due into many small batches.
 */
function batchByBatch(
  ctx: Context,
  provider: Provider,
  limit: number,
  first: readonly PollTask[],
): () => Promise<readonly PollTask[]> {
  let last: Promise<readonly PollTask[]> | undefined;
  const next = async (before: Promise<readonly PollTask[]> | undefined) => {
    if (before === undefined) return first;
    // A batch that was not full was the last one.
    return (await before).length < limit ? [] : leaseMore(ctx, provider, limit);
  };
  return () => (last = next(last));
}

function leaseMore(ctx: Context, { id }: Provider, limit: number): Promise<PollTask[]> {
  return leasePolls(ctx.db, { providerId: id, limit });
}

/** Asks about one batch. False where no answer came. */
async function pollBatch(ctx: Context, round: Round, tasks: readonly PollTask[]): Promise<boolean> {
  const { connector, provider, breaker } = round;
  const [{ lease } = { lease: "" }] = tasks;
  const orders = await listFollowed(ctx.db, tasks);
  const asked = orders.map((order) => order.providerOrder).filter((id) => id !== undefined);
  const call = { ...round.call, now: ctx.clock.now() };
  const kept = keepLease(ctx, orderTasks, tasks);
  const answered = await connector.orderStates(asked, call).finally(() => kept.close());
  if (!answered.ok) {
    const { kind, reason } = answered.refusal;
    const unread = kind === "unknown" ? answered.refusal.unread : undefined;
    const failures = await countPollFailure(ctx.db, provider.id, reason);
    ctx.log.warn(
      { provider: provider.id, kind, reason, failures },
      "states of orders not answered",
    );
    breaker.failures = failures;
    const inSeconds = failedPollPause(failures, round.pace);
    if (unread === undefined) {
      await reschedulePolls(
        ctx.db,
        lease,
        tasks.map((task) => ({ ...task, inSeconds })),
      );
    } else {
      // There was an answer. If it stays unusable, that shows at each order.
      const pace = { ...round.pace, minSeconds: Math.max(inSeconds, round.pace.minSeconds) };
      const said: ProviderOrderState = { kind: "unread", said: unread };
      await takeAnswers(ctx, { ...round, pace }, tasks, orders, () => said);
    }
    return false;
  }
  if (breaker.failures > 0) {
    breaker.failures = 0;
    await clearPollFailures(ctx.db, provider.id);
  }
  await takeAnswers(ctx, round, tasks, orders, (order) => saidOf(order, answered.value));
  return true;
}

/** Applies what was said of each order of a batch. */
async function takeAnswers(
  ctx: Context,
  round: Round,
  tasks: readonly PollTask[],
  orders: readonly FollowedOrder[],
  saidOfOrder: (order: FollowedOrder) => ProviderOrderState,
): Promise<void> {
  const { connector, provider, currency, pace } = round;
  const [{ lease } = { lease: "" }] = tasks;
  const { exchangeRate } = provider;
  const missesOf = new Map(tasks.map((task) => [task.orderId, task.misses]));
  const quiet = [];
  const moving: SaidState[] = [];
  const mirrored: SaidState[] = [];
  for (const order of orders) {
    const said = saidOfOrder(order);
    const misses = missesOf.get(order.orderId) ?? 0;
    if (isMirrored(order, said)) {
      mirrored.push({ accountId: order.accountId, orderId: order.orderId, said, misses });
      continue;
    }
    const following = followState(order, said, { misses, exchangeRate, currency });
    if (!isQuiet(order, following)) {
      moving.push({ accountId: order.accountId, orderId: order.orderId, said, misses });
      continue;
    }
    const inSeconds = pollPause(order, following, pace);
    const { accountId, orderId } = order;
    quiet.push({ accountId, orderId, inSeconds, misses: following.misses });
  }
  await reschedulePolls(ctx.db, lease, quiet);
  const taking = { provider, currency, lease, pace };
  await applyProviderStates(ctx, taking, moving);
  const ask = (ids: readonly string[]) =>
    connector.orderStates(ids, { ...round.call, now: ctx.clock.now() });
  await mirrorSubscriptions(ctx, taking, ask, mirrored);
  await forgetOrphans(ctx, tasks, orders);
}

function saidOf(
  order: FollowedOrder,
  states: ReadonlyMap<string, ProviderOrderState>,
): ProviderOrderState {
  if (order.providerOrder === undefined) {
    return { kind: "missing", reason: "its number at the provider was never noted" };
  }
  const said = states.get(order.providerOrder);
  return said ?? { kind: "missing", reason: "the answer leaves it out" };
}

/** A task without an order needs no question. */
async function forgetOrphans(
  ctx: Context,
  tasks: readonly PollTask[],
  orders: readonly FollowedOrder[],
): Promise<void> {
  if (orders.length === tasks.length) return;
  const known = new Set<OrderId>(orders.map((order) => order.orderId));
  for (const { accountId, orderId } of tasks) {
    if (known.has(orderId)) continue;
    ctx.log.warn({ accountId, orderId }, "task without an order");
    await deleteTasks(ctx.db, [{ accountId, orderId }]);
  }
}
