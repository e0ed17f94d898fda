import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { endOf, lateVerdict, retrySeconds, unbelieved } from "#dispatch/read-outcome.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { PlaceOutcome } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { byAccount, deleteTask, holdTask, rescheduleTask, setTask } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import type { TaskKind } from "#tasks/tasks.sql.ts";
import type { Mover } from "#values/actor.ts";
import { formatAmount } from "#values/money.ts";
import { isFinal } from "#values/order-status.ts";
import { byItself, endAttempt, findHolder, findLinkWait, settleAttempt } from "./attempts.sql.ts";
import type { NewAttempt } from "./advance-attempts.sql.ts";
import type { AttemptEnd } from "./attempts.sql.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { lockOrder, setOrderNote, setProviderOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { failOrder, passOn } from "./pass-on.ts";

const reconcileSeconds = 2;
const linkSecondsMin = 60;
const linkSecondsMax = 900;
// After a day a person should know. The order is still tried once an hour.
const linkDeskSeconds = 86_400;
const linkDeskRestSeconds = 3600;

/** An attempt that was made, and its result. */
export type Tried = {
  readonly task: Task;
  readonly attempt: Omit<NewAttempt, "lease">;
  readonly outcome: PlaceOutcome;
};

/** How soon after acceptance an order is first asked about. */
export function firstPollSeconds(provider: Provider): number {
  return findConnector(provider.connector)?.isRemote === true ? 3 : 1;
}

/**
 * Records the outcomes of attempts, each with its consequences, in one transaction. For attempts
 * accepted under a number of another order, returns why they are not believed.
 */
export async function writeOutcomes(
  ctx: Context,
  provider: Provider,
  tried: readonly Tried[],
): Promise<string[]> {
  const inOrder = tried.toSorted((a, b) => byAccount(a.task, b.task));
  return inTransaction(ctx, async (tx) => {
    const unbelieved: string[] = [];
    for (const each of inOrder) {
      const outcome = await writeOutcome(tx, provider, each);
      if (each.outcome.kind === "accepted" && outcome?.kind === "unknown") {
        unbelieved.push(outcome.reason);
      }
    }
    return unbelieved;
  });
}

/** Locks the order, then its task, and the account for a refund. Returns what was believed. */
async function writeOutcome(
  tx: Tx,
  provider: Provider,
  tried: Tried,
): Promise<PlaceOutcome | undefined> {
  const order = await lockOrder(tx, tried.task.accountId, tried.task.orderId);
  if (order === undefined) return undefined;
  const outcome = await believed(tx, provider, order, tried.outcome);
  await follow(tx, provider, { ...tried, outcome }, order);
  return outcome;
}

/** Records the outcome for a locked order, with its consequences. */
async function follow(tx: Tx, provider: Provider, tried: Tried, order: Order): Promise<void> {
  const { task, attempt, outcome } = tried;
  const isOurs = await holdTask(tx, task);
  const startedAt = await endAttempt(tx, attempt, await endNow(tx, provider, outcome));
  // Another worker found the attempt without an end and took its outcome for unknown. Now it is
  // known.
  if (startedAt === undefined && !(await settleLate(tx, attempt, outcome))) return;
  const facts = factsOf(provider, { ...attempt, startedAt }, reasonOf(outcome));
  if (isFinal(order.status)) return noteLate(tx, provider, order, outcome, facts);

  const due = (kind: TaskKind, inSeconds: number): Promise<void> =>
    isOurs
      ? rescheduleTask(tx, task, kind, inSeconds)
      : setTask(tx, { ...task, providerId: provider.id, kind, inSeconds });
  switch (outcome.kind) {
    case "accepted":
      return acceptOrder(tx, provider, order, outcome.providerOrder, byItself);
    case "not_sent": {
      await setOrderNote(tx, order.accountId, order.id, `Not sent yet: ${outcome.reason}`);
      return due("send", retrySeconds(attempt, outcome));
    }
    case "unknown":
      await setOrderNote(tx, order.accountId, order.id, `Outcome unknown: ${outcome.reason}`);
      await openDeskEntry(tx, order.accountId, order.id, "unknown", facts);
      if (findConnector(provider.connector)?.isRemote === true) {
        return due("reconcile", reconcileSeconds);
      }
      return deleteTask(tx, order.accountId, order.id);
    case "refused":
      return handleRefusal(tx, provider, order, outcome, due);
    case "by_hand":
      return deleteTask(tx, order.accountId, order.id);
  }
}

/** A number that another order carries is not believed. */
async function believed(
  tx: Tx,
  provider: Provider,
  order: Order,
  outcome: PlaceOutcome,
): Promise<PlaceOutcome> {
  if (outcome.kind !== "accepted") return outcome;
  const { providerOrder } = outcome;
  const holder = await findHolder(tx, provider.id, providerOrder, order.id);
  return holder === undefined ? outcome : unbelieved(providerOrder, holder);
}

/** Acts on whatever the refusal concerns. The provider's queue is held elsewhere. */
async function handleRefusal(
  tx: Tx,
  provider: Provider,
  order: Order,
  outcome: Extract<PlaceOutcome, { kind: "refused" }>,
  due: (kind: TaskKind, inSeconds: number) => Promise<void>,
): Promise<void> {
  const { accountId, id } = order;
  switch (outcome.concern) {
    case "provider":
    case "funds":
    case "limit":
      await setOrderNote(tx, accountId, id, `Waits for ${provider.alias}: ${outcome.reason}`);
      return due("send", 0);
    case "link": {
      const seconds = await findLinkWait(tx, accountId, id);
      await setOrderNote(tx, accountId, id, `Waits for its link: ${outcome.reason}`);
      if (seconds < linkDeskSeconds) {
        // As long again as it has waited, so that the pauses grow.
        return due("send", Math.min(Math.max(seconds, linkSecondsMin), linkSecondsMax));
      }
      const facts = `${provider.alias} has had an active order for this link for a day`;
      await openDeskEntry(tx, accountId, id, "link_waits", `${facts}: ${outcome.reason}`);
      return due("send", linkDeskRestSeconds);
    }
    case "service":
      await passOn(tx, order, outcome.reason);
      return;
    case "order":
      await failOrder(tx, order, outcome.reason);
  }
}

/**
 * The provider has the locked order under this number. From now on the panel asks about it, and
 * desk entries that waited for this answer are closed.
 */
export async function acceptOrder(
  tx: Tx,
  provider: Provider,
  order: Order,
  providerOrder: string,
  by: Mover,
  decision = `accepted as ${providerOrder}`,
): Promise<void> {
  const { accountId, id: orderId } = order;
  const reasons = ["unknown", "failed", "link_waits"] as const;
  await setProviderOrder(tx, accountId, orderId, providerOrder);
  await closeDeskEntries(tx, accountId, orderId, { by, decision, reasons });
  if (isFinal(order.status)) return;
  const inSeconds = firstPollSeconds(provider);
  await setTask(tx, { accountId, orderId, providerId: provider.id, kind: "poll", inSeconds });
}

/** The order ended here while the call was under way. Money may be at stake at the provider. */
async function noteLate(
  tx: Tx,
  provider: Provider,
  order: Order,
  outcome: PlaceOutcome,
  facts: string,
): Promise<void> {
  const { accountId, id } = order;
  if (outcome.kind === "accepted") {
    const words = `${provider.alias} took it as ${outcome.providerOrder} when it had ended here`;
    await setProviderOrder(tx, accountId, id, outcome.providerOrder);
    await setOrderNote(tx, accountId, id, words);
    await openDeskEntry(tx, accountId, id, "accepted_late", `${words}: stop it there by hand`);
  }
  if (outcome.kind === "unknown") {
    const words = "It ended here while the call was under way";
    await openDeskEntry(tx, accountId, id, "unknown", `${words}. ${facts}`);
  }
}

async function settleLate(
  tx: Tx,
  attempt: Tried["attempt"],
  outcome: PlaceOutcome,
): Promise<boolean> {
  const verdict = lateVerdict(outcome);
  if (verdict === undefined) return false;
  const isSettled = await settleAttempt(tx, attempt, { ...verdict, by: byItself });
  if (isSettled) {
    const decision = `the answer came late: ${outcome.kind.replace("_", " ")}`;
    await closeDeskEntries(tx, attempt.accountId, attempt.orderId, {
      by: byItself,
      decision,
      reasons: ["unknown"],
    });
  }
  return isSettled;
}

async function endNow(tx: Tx, provider: Provider, outcome: PlaceOutcome): Promise<AttemptEnd> {
  if (outcome.kind === "by_hand") return { outcome: "by_hand" };
  if (outcome.kind !== "unknown") return endOf(outcome);
  const { balance, balanceAt } = await findProviderState(tx, provider.id);
  return { ...endOf(outcome), balance, balanceAt };
}

function reasonOf(outcome: PlaceOutcome): string {
  return "reason" in outcome ? outcome.reason : "";
}

/** The facts about an attempt, for the desk. */
export function factsOf(
  provider: Provider,
  attempt: Tried["attempt"] & { readonly startedAt: Date | undefined },
  reason: string,
): string {
  const { providerService, requestId, expectedCharge, startedAt } = attempt;
  const parts = [
    `Sent to ${provider.alias}`,
    ...(providerService === undefined ? [] : [`as its service ${providerService}`]),
    ...(startedAt === undefined ? [] : [`at ${startedAt.toISOString()}`]),
    `under the request id ${requestId}`,
  ];
  const charge =
    expectedCharge === undefined
      ? "What it costs there is not known"
      : `It costs ${[formatAmount(expectedCharge, 2), provider.currency].join(" ").trim()} there`;
  return `${parts.join(" ")}: ${reason} ${charge}.`;
}
