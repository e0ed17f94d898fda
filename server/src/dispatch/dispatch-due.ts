import { setTimeout as pause } from "node:timers/promises";
import { microBatch } from "#database/micro-batch.ts";
import type { PlaceOutcome, ProviderCall } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import { cut, storable } from "#values/text.ts";
import type {
  CallTable,
  DispatchTable,
  ReadyOrder,
  TakenOrder,
  TriedOrder,
} from "./dispatch-table.ts";
import { endHold, heedNumber, maySend, updateQueueHealth } from "./queue.ts";
import type { Queue } from "./queue.ts";

const writeTriesMax = 20;
const writePauseMs = 1000;
const wordsLengthMax = 500;
// After this long the queue checks again how its provider stands: held, or changed by an operator.
const roundMs = 5000;

/**
 * Hands due orders of one provider to it, some for each of its callers, and returns how many were
 * taken on. Each try is written and committed before its call, and its outcome right after it;
 * calls are made outside any transaction. What was leased and not touched is given back. After
 * `signal` nothing more is begun.
 */
export async function dispatchDue<
  Id extends number,
  Ready extends ReadyOrder<Id>,
  Triage extends { readonly task: Task<Id> },
>(
  queue: Queue,
  table: DispatchTable<Id, Ready, Triage>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { ctx, provider } = queue;
  const isTrial = queue.trial !== undefined;
  const tasks = await table.tasks.lease(ctx.db, {
    providerId: provider.id,
    kind: table.kind,
    limit: isTrial ? 1 : table.takenAtOnce(provider),
  });
  if (tasks.length === 0) {
    if (isTrial) await endHold(queue);
    return 0;
  }
  const left = new Set<Task<Id>>(tasks);
  const lease = keepLease(ctx, table.tasks, tasks);
  try {
    const { ready, aside } = await table.triage(ctx, provider, tasks);
    await table.applyTriage(ctx, provider, aside);
    for (const { task } of aside) left.delete(task);
    if (ready[0] !== undefined && maySend(queue, ready[0].attempt.expectedCharge)) {
      await sendReady(queue, table, ready, left, signal);
    }
  } finally {
    lease.close();
    await table.tasks.giveBack(ctx.db, [...left], 0);
  }
  return queue.isStopped || isTrial ? 0 : tasks.length - left.size;
}

/** One step of a caller: the outcome of its last call is written, and its next try begun. */
type Step<Ready> = {
  readonly done: TriedOrder<Ready> | undefined;
  readonly next: Ready | undefined;
};

/**
 * Sends orders through as many callers as the provider allows at once. Orders that are taken on are
 * removed from `left`. Those that stay there were not touched, because the queue was stopped or its
 * time was up.
 */
async function sendReady<Id extends number, Ready extends ReadyOrder<Id>>(
  queue: Queue,
  table: CallTable<Id, Ready>,
  ready: readonly Ready[],
  left: Set<Task<Id>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { parallelCalls, requestsPerSecond } = queue.provider;
  const call = queue.trial?.call ?? (await openCall(queue.ctx, queue.provider));
  // No more than may leave within a second. A try that has been written must not wait long for its
  // slot, because one that a crash leaves behind is of unknown outcome.
  const inASecond = Math.max(1, Math.ceil(requestsPerSecond));
  const callers = Math.min(parallelCalls, ready.length, inASecond);
  const steps = microBatch((items: Step<Ready>[]) => takeSteps(queue, table, items), {
    itemsMax: table.isBatched ? callers : 1,
    // While one batch commits, the next gathers.
    batchesMax: table.isBatched ? 2 : callers,
    waitingMax: callers,
  });
  const waiting = ready.values();
  const until = performance.now() + roundMs;
  const callInRound = async () => {
    let done: TriedOrder<Ready> | undefined;
    while (!queue.isStopped && signal?.aborted !== true && performance.now() < until) {
      const { value: next } = waiting.next();
      if (next === undefined) break;
      left.delete(next.task);
      const mayCall = await steps.ask({ done, next });
      done = undefined;
      if (!mayCall) continue;
      const outcome = await callProvider(queue, table, next, call);
      done = { ...next, outcome };
      await updateQueueHealth(queue, outcome).catch((error: unknown) =>
        // An outcome must not be lost, whatever happens to the queue.
        queue.ctx.log.error({ providerId: queue.provider.id, error }, "queue not held or released"),
      );
    }
    if (done !== undefined) await steps.ask({ done, next: undefined });
  };
  // A failed caller ends the round, but not before the others have written what they know.
  const ends = await Promise.allSettled(
    Array.from({ length: callers }, () =>
      callInRound().catch((error: unknown) => {
        queue.isStopped = true;
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed === undefined) return;
  throw new Error(`${table.what} were not sent`, { cause: failed.reason });
}

/** Calls the provider. Anything thrown here comes after the request may have left. */
async function callProvider<Id extends number, Ready extends ReadyOrder<Id>>(
  { ctx, provider }: Queue,
  table: CallTable<Id, Ready>,
  ready: Ready,
  call: ProviderCall,
): Promise<PlaceOutcome> {
  try {
    return cleaned(await table.call(ready, call));
  } catch (error) {
    const fields = { providerId: provider.id, ...table.logged(ready), error };
    ctx.log.error(fields, "call to a provider failed");
    return { kind: "unknown", reason: "The panel failed during the call; its log says more." };
  }
}

/** An outcome whose words from outside are in a form that the database can store. */
function cleaned(outcome: PlaceOutcome): PlaceOutcome {
  const clean = (text: string) => cut(storable(text), wordsLengthMax);
  if (outcome.kind === "by_hand") return outcome;
  if (outcome.kind === "accepted") {
    return { ...outcome, providerOrder: clean(outcome.providerOrder) };
  }
  return { ...outcome, reason: clean(outcome.reason) };
}

/**
 * Writes the outcomes of the last calls, then begins the next tries. Returns for each step whether
 * its call may be made, that is, whether its try is in the database.
 */
async function takeSteps<Id extends number, Ready extends ReadyOrder<Id>>(
  queue: Queue,
  table: CallTable<Id, Ready>,
  steps: readonly Step<Ready>[],
): Promise<boolean[]> {
  const { ctx, provider } = queue;
  const done = steps.flatMap((step) => step.done ?? []);
  const next = steps.flatMap((step) => step.next ?? []);
  const plain = table.isBatched ? done.filter(isTakenAtOnce) : [];
  const others = table.isBatched ? done.filter((each) => !isTakenAtOnce(each)) : done;
  const unbelieved = await writeOutcomes(queue, table, others);
  const { started, written } = await retryUntilWritten(queue, () =>
    table.begin(ctx, provider, next, plain),
  );
  const unwritten = plain.filter(({ task }) => !written.has(task.orderId));
  unbelieved.push(...(await writeOutcomes(queue, table, unwritten)));
  if (written.size > 0) await heedNumber(queue, undefined);
  for (const reason of unbelieved) {
    await heedNumber(queue, reason).catch((error: unknown) =>
      ctx.log.error({ providerId: provider.id, error }, "queue not held"),
    );
  }
  return steps.map((step) => step.next !== undefined && started.has(step.next.task.orderId));
}

/** True for the first try of an order that was accepted: nothing else needs tidying up after it. */
function isTakenAtOnce<Ready extends { readonly attempt: { readonly number: number } }>(
  tried: TriedOrder<Ready>,
): tried is TakenOrder<Ready> {
  return tried.outcome.kind === "accepted" && tried.attempt.number === 1;
}

/**
 * Writes outcomes one by one where they cannot be written together, so that one failure does not
 * affect the others.
 */
async function writeOutcomes<Id extends number, Ready extends ReadyOrder<Id>>(
  queue: Queue,
  table: CallTable<Id, Ready>,
  tried: readonly TriedOrder<Ready>[],
): Promise<string[]> {
  if (tried.length === 0) return [];
  const { ctx, provider } = queue;
  try {
    return [...(await table.writeOutcomes(ctx, provider, tried))];
  } catch (error) {
    ctx.log.warn({ error }, "outcomes not written together");
  }
  const unbelieved: string[] = [];
  for (const each of tried) {
    try {
      const work = () => table.writeOutcomes(ctx, provider, [each]);
      unbelieved.push(...(await retryUntilWritten(queue, work)));
    } catch (error) {
      const fields = { ...table.logged(each), outcome: each.outcome.kind, error };
      ctx.log.error(fields, "outcome not written");
    }
  }
  return unbelieved;
}

/**
 * Tries again while the database is away: what is known of a call must not be lost, or the call
 * counts as unknown. Everything that is written here may be written twice.
 */
async function retryUntilWritten<Value>(
  { ctx }: Queue,
  work: () => Promise<Value>,
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= writeTriesMax) throw error;
      ctx.log.warn({ error }, "outcomes not written yet");
      await pause(writePauseMs);
    }
  }
}
