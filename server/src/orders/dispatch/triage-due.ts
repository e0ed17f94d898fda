import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import type { PanelMargin } from "#catalog/price.ts";
import { listSources } from "#catalog/sources.sql.ts";
import type { Source } from "#catalog/sources.sql.ts";
import { lostReason, standingOf } from "#dispatch/standing.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { listTestAccounts } from "#ledger/sandbox-accounts.sql.ts";
import { byAccount, deleteTask, holdTask, rescheduleTask } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import type { ServiceId } from "#values/ids.ts";
import type { NewAttempt } from "./advance-attempts.sql.ts";
import { listLastAttempts, listRefusedSources } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";
import { listOrdersByKey, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { routeOrder } from "./pass-on.ts";
import { requestIdOf } from "./request-id.ts";
import { chargeAt, firstRoute, isSamePlace } from "./source-routing.ts";
import { defaultType } from "#orders/service-types/default.ts";
import { firstPollSeconds, writeOutcomes } from "./write-outcomes.ts";

/** How long an order rests at a closed place when the only other place has refused it. */
const refusedRestSeconds = 30;

/** An order that may be sent, with the attempt to be recorded first. */
export type Ready = {
  readonly task: Task;
  readonly order: Order;
  /** The wire name of its service's type. */
  readonly type: string;
  readonly attempt: NewAttempt;
};

/** An order that is not to be sent here now, and what is done with it instead. */
export type Triage = { readonly task: Task } & (
  | { readonly kind: "drop" | "poll" | "reconcile" }
  /** Its last attempt has no end, and the worker is gone. */
  | { readonly kind: "lost"; readonly attempt: Attempt }
  | { readonly kind: "move"; readonly to: Source }
);

/**
 * Decides what is done with each leased order. An order that a provider may have taken is never
 * among the ready ones. `isOpenHere` is false where nothing may be sent to this provider now.
 */
export async function triageDue(
  ctx: Context,
  provider: Provider,
  tasks: readonly Task[],
  { isOpenHere }: { readonly isOpenHere: boolean },
): Promise<{ ready: Ready[]; aside: Triage[] }> {
  const found = await listOrdersByKey(ctx.db, tasks);
  const serviceIds = [...new Set(found.map((order) => order.serviceId))];
  const [places, last] = await Promise.all([
    listSources(ctx.db, serviceIds),
    listLastAttempts(ctx.db, tasks),
  ]);
  const orders = new Map(found.map((order) => [order.id, order]));
  const attempts = new Map(last.map((attempt) => [attempt.orderId, attempt]));
  const sources = Map.groupBy(places, (source) => source.serviceId);
  const hasChoice = [...sources.values()].some((each) => each.length > 1);
  const margin = hasChoice ? panelMargin(await readSettings(ctx.db)) : undefined;
  // A test order stays in the sandbox, whatever sources its service has.
  const tests =
    margin !== undefined && provider.connector === "sandbox"
      ? await listTestAccounts(ctx.db, [...new Set(found.map((order) => order.accountId))])
      : undefined;

  const ready: Ready[] = [];
  const aside: Triage[] = [];
  for (const task of tasks) {
    const order = orders.get(task.orderId);
    const last = attempts.get(task.orderId);
    const kept = order === undefined ? { kind: "drop" as const } : keptFromSending(order, last);
    if (kept !== undefined || order === undefined) {
      aside.push({ task, ...(kept ?? { kind: "drop" }) });
      continue;
    }
    const places = sourcesOf(sources, order.serviceId);
    const isTest = tests?.has(order.accountId) === true;
    const to =
      isTest || margin === undefined ? undefined : routeOf(order, last, places, isOpenHere, margin);
    if (to !== undefined) aside.push({ task, kind: "move", to });
    else ready.push(readyOf({ task, order, last, places, provider }));
  }
  return { ready, aside };
}

/** What prevents an order from being sent. The last attempt decides. */
function keptFromSending(
  order: Order,
  last: Attempt | undefined,
): { kind: "drop" | "poll" | "reconcile" } | { kind: "lost"; attempt: Attempt } | undefined {
  if (order.status !== "pending") {
    return { kind: order.providerOrder === undefined ? "drop" : "poll" };
  }
  const standing = standingOf(last === undefined ? [] : [last]);
  switch (standing.kind) {
    case "open":
      return { kind: "lost", attempt: standing.attempt };
    case "accepted":
      return { kind: "poll" };
    case "unknown":
      return { kind: "reconcile" };
    case "free":
      return undefined;
  }
}

/** The first choice of a place, or another one where this one is closed. */
function routeOf(
  order: Order,
  last: Attempt | undefined,
  places: readonly Source[],
  isOpenHere: boolean,
  margin: PanelMargin,
): Source | undefined {
  // Where it was tried here already, the outcome has decided where it belongs.
  if (last !== undefined && isOpenHere) return undefined;
  return firstRoute(order, places, isOpenHere, margin);
}

function readyOf(known: {
  task: Task;
  order: Order;
  last: Attempt | undefined;
  places: readonly Source[];
  provider: Provider;
}): Ready {
  const { task, order, last, places, provider } = known;
  const number = (last?.number ?? 0) + 1;
  const here = places.find((place) => isSamePlace(place, order));
  // An order that the provider may have is asked for under its old request id. A provider that
  // honours request ids then returns the order it has, not a second one.
  const isAgain =
    last !== undefined &&
    isSamePlace(last, order) &&
    (last.outcome === "unknown" || last.outcome === "not_sent");
  return {
    task,
    order,
    // The order for a post is a plain one, however its subscription is sold.
    type: order.source === "subscription" ? defaultType.wireName : (places[0]?.type ?? ""),
    attempt: {
      accountId: order.accountId,
      orderId: order.id,
      number,
      providerId: provider.id,
      providerService: order.providerService,
      requestId: isAgain ? last.requestId : requestIdOf(order, number),
      expectedCharge: here && chargeAt(here, order.quantity),
      lease: task.lease,
    },
  };
}

function sourcesOf(
  sources: ReadonlyMap<ServiceId, readonly Source[]>,
  id: ServiceId,
): readonly Source[] {
  return sources.get(id) ?? [];
}

/** Carries out what was decided for the orders that are not sent. */
export async function applyTriage(
  ctx: Context,
  provider: Provider,
  aside: readonly Triage[],
): Promise<void> {
  if (aside.length === 0) return;
  const lost = aside.filter((each) => each.kind === "lost");
  if (lost.length > 0) {
    // Without an outside call, nothing can exist twice.
    const kind = findConnector(provider.connector)?.isRemote === true ? "unknown" : "not_sent";
    const outcome = { kind, reason: lostReason } as const;
    await writeOutcomes(
      ctx,
      provider,
      lost.map(({ task, attempt }) => ({ task, attempt, outcome })),
    );
  }
  const others = aside
    .filter((each) => each.kind !== "lost")
    .toSorted((a, b) => byAccount(a.task, b.task));
  if (others.length === 0) return;
  await inTransaction(ctx, async (tx) => {
    for (const each of others) await setOneAside(tx, provider, each);
  });
}

async function setOneAside(
  tx: Tx,
  provider: Provider,
  aside: Exclude<Triage, { kind: "lost" }>,
): Promise<void> {
  const { task } = aside;
  const order = await lockOrder(tx, task.accountId, task.orderId);
  if (!(await holdTask(tx, task)) || order === undefined) return;
  switch (aside.kind) {
    case "drop":
      return deleteTask(tx, task.accountId, task.orderId);
    case "poll":
      return rescheduleTask(tx, task, "poll", firstPollSeconds(provider));
    case "reconcile":
      return rescheduleTask(tx, task, "reconcile", 0);
    case "move": {
      const { to } = aside;
      const refusedBy = await listRefusedSources(tx, order.accountId, order.id);
      if (refusedBy.some((place) => isSamePlace(place, to))) {
        return rescheduleTask(tx, task, "send", refusedRestSeconds);
      }
      return routeOrder(tx, order, to, order.note);
    }
  }
}
