import type { Tx } from "#database/transaction.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import { systemActor } from "#values/actor.ts";
import { isFinal } from "#values/order-status.ts";
import { dripFeedStep, endedStatus, lostPieces } from "./drip-feed.ts";
import type { DripFeed, RunTally } from "./drip-feed.ts";
import { moveOrder } from "#orders/move-order.ts";
import type { OrderMove } from "#orders/decide-move.ts";
import type { Order } from "#orders/orders.sql.ts";
import { expectedCost } from "#orders/expected-cost.ts";
import { ensureSchedule, insertRun, tallyRuns, updateSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";

const byItself = systemActor("run-schedules");

/** How many runs one turn makes: without an interval, all runs are due at once. */
const runsAtOnce = 50;

const minuteMs = 60_000;

/** The drip-feed that its order describes. */
function dripFeedOf(order: Order): DripFeed {
  const runs = order.runs ?? 1;
  return {
    runs,
    intervalMs: (order.intervalMinutes ?? 0) * minuteMs,
    // The charged quantity is that of all runs.
    perRun: order.quantity / runs,
  };
}

/**
 * One turn of a locked drip-feed: makes the runs that are due, refunds at once what will not be
 * delivered, and ends the order with its last run. Returns in how many seconds to look again;
 * `undefined`: never. Locks the account where something changes.
 */
export async function turnDripFeed(tx: Tx, order: Order): Promise<number | undefined> {
  let schedule = await ensureSchedule(tx, order, "drip_feed");
  if (isFinal(order.status)) return correctEnded(tx, order, schedule);
  const feed = dripFeedOf(order);
  const { now: moment, startCount, ...before } = await tallyRuns(tx, order);
  const now = moment.getTime();
  let tally: RunTally = before;
  for (let made = 0; ; made++) {
    const { status, nextAt } = schedule;
    const step = dripFeedStep(feed, { status, nextAt: nextAt.getTime() }, tally, now);
    if (step.kind === "end") {
      await endFeed(tx, order, schedule, { feed, tally, startCount });
      return undefined;
    }
    if (step.kind === "wait" || made === runsAtOnce) {
      await show(tx, order, schedule, { feed, tally, startCount });
      return step.kind === "wait" ? Math.max(0, step.untilAt - now) / 1000 : 0;
    }
    await makeRun(tx, order, feed, step.number);
    schedule = { ...schedule, nextAt: new Date(step.nextAt) };
    await updateSchedule(tx, schedule);
    tally = { ...tally, made: step.number, open: tally.open + 1 };
  }
}

type Stand = {
  readonly feed: DripFeed;
  readonly tally: RunTally;
  readonly startCount: number | undefined;
};

/** Updates a drip-feed that goes on: what customers see, and the refund for what it has lost. */
async function show(tx: Tx, order: Order, schedule: Schedule, stand: Stand): Promise<void> {
  const { feed, tally, startCount } = stand;
  if (tally.made === 0) return;
  const lost = lostPieces(feed, schedule.status, tally);
  const move: OrderMove = {
    status: "in_progress",
    remains: order.quantity - tally.delivered - tally.deliveredOpen,
    undelivered: lost,
    ...(startCount === undefined ? {} : { startCount }),
  };
  await moveOrFail(tx, order, move);
}

async function endFeed(tx: Tx, order: Order, schedule: Schedule, stand: Stand): Promise<void> {
  const { feed, tally, startCount } = stand;
  const lost = lostPieces(feed, schedule.status, tally);
  const move: OrderMove = {
    status: endedStatus(feed, lost),
    remains: lost,
    ...(startCount === undefined ? {} : { startCount }),
  };
  await updateSchedule(tx, { ...schedule, status: "done" });
  await moveOrFail(tx, order, move);
}

/**
 * Staff moved a run again after its feed had ended: what it lost now is refunded too. A feed that
 * somebody ended by hand stays as they left it.
 */
async function correctEnded(tx: Tx, order: Order, schedule: Schedule): Promise<undefined> {
  if (schedule.status !== "done") {
    await updateSchedule(tx, { ...schedule, status: "stopped", reason: "ended by hand" });
    return;
  }
  const feed = dripFeedOf(order);
  const { now: _, startCount: __, ...tally } = await tallyRuns(tx, order);
  const lost = lostPieces(feed, "done", tally);
  const status = endedStatus(feed, lost);
  const isMore = status !== "completed" && (status !== order.status || lost > order.remains);
  if (!isMore || order.status === "canceled") return;
  await moveOrFail(tx, order, { status, remains: lost });
}

async function moveOrFail(tx: Tx, order: Order, move: OrderMove): Promise<void> {
  const moved = await moveOrder(tx, order, { ...move, by: byItself });
  if (!moved.ok) throw new Error(`drip-feed ${order.id} did not move: ${moved.refusal.code}`);
}

/** The service as it is sold now decides who delivers. What was ordered, and its price, stay. */
async function makeRun(tx: Tx, order: Order, feed: DripFeed, number: number): Promise<void> {
  const service = await findService(tx, order.serviceId);
  if (service === undefined) throw new Error(`order ${order.id} has no service`);
  const sandbox = await findProviderByName(tx, "sandbox");
  // A sandbox order stays in the sandbox, whatever its service is bought from.
  const place = order.providerId === sandbox?.id ? order : service;
  const { providerId, providerService } = place;
  const orderId = await insertRun(tx, order, {
    number,
    quantity: feed.perRun,
    providerId,
    providerService,
    cost: expectedCost(serviceTypeOf(service.type), service.cost, feed.perRun),
    source: "drip_feed",
  });
  await setTask(tx, {
    accountId: order.accountId,
    orderId,
    providerId,
    kind: "send",
    inSeconds: 0,
  });
}
