import { setTimeout as pause } from "node:timers/promises";
import { microBatch } from "#database/micro-batch.ts";
import type { MicroBatch } from "#database/micro-batch.ts";
import type {
  OutgoingOrder,
  PlaceOutcome,
  ProviderCall,
  ProviderConnector,
} from "#providers/connector.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import { advanceAttempts } from "./advance-attempts.sql.ts";
import { heedNumber, updateQueueHealth } from "#providers/queue-hold.ts";
import type { Queue } from "#providers/queue-hold.ts";
import type { Ready } from "./triage-due.ts";
import { firstPollSeconds, writeOutcomes } from "./write-outcomes.ts";

const writeTriesMax = 20;
const writePauseMs = 1000;
const wordsLengthMax = 500;
// After it the queue looks anew at how its provider stands: held or changed by an operator.
const turnMs = 5000;

/** One turn of a caller: what came of its last call is written, and its next try begun. */
type Step = { readonly done: Done | undefined; readonly next: Ready | undefined };
type Done = { readonly ready: Ready; readonly outcome: PlaceOutcome };

/**
 * Sends orders through as many callers as the provider wants at once. What is taken on is removed
 * from `left`; what stays there was not touched, because the queue
 * was stopped or its turn took too long.
 */
export async function sendToProvider(
  queue: Queue,
  connector: ProviderConnector,
  call: ProviderCall,
  ready: readonly Ready[],
  left: Set<Task>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { parallelCalls, requestsPerSecond } = queue.provider;
  // No more than may leave within a second: a try that is written down must not wait long for its
  // turn, because one that a crash leaves behind is of unknown outcome.
  const inASecond = Math.max(1, Math.ceil(requestsPerSecond));
  const callers = Math.min(parallelCalls, ready.length, inASecond);
  const steps: MicroBatch<Step, boolean> = microBatch((items) => takeSteps(queue, items), {
    itemsMax: callers,
    // While one commits, the next gathers.
    batchesMax: 2,
    waitingMax: callers,
  });
  const waiting = ready.values();
  const until = performance.now() + turnMs;
  const callInTurn = async () => {
    let done: Done | undefined;
    while (!queue.isStopped && signal?.aborted !== true && performance.now() < until) {
      const { value: next } = waiting.next();
      if (next === undefined) break;
      left.delete(next.task);
      const mayCall = await steps.ask({ done, next });
      done = undefined;
      if (!mayCall) continue;
      const outcome = await callProvider(queue, connector, call, next);
      done = { ready: next, outcome };
      await updateQueueHealth(queue, outcome).catch((error: unknown) =>
        // The outcome is what must not be lost.
        queue.ctx.log.error({ providerId: queue.provider.id, error }, "queue not held or released"),
      );
    }
    if (done !== undefined) await steps.ask({ done, next: undefined });
  };
  // One that fails ends the turn, but not before the others have written what they know.
  const ends = await Promise.allSettled(
    Array.from({ length: callers }, () =>
      callInTurn().catch((error: unknown) => {
        queue.isStopped = true;
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw new Error("orders were not sent", { cause: failed.reason });
}

/** Whatever is thrown comes after the request may have left. */
async function callProvider(
  { ctx, provider }: Queue,
  connector: ProviderConnector,
  call: ProviderCall,
  ready: Ready,
): Promise<PlaceOutcome> {
  try {
    return cleaned(await connector.placeOrder(outgoing(ready), call));
  } catch (error) {
    const { orderId } = ready.attempt;
    ctx.log.error({ providerId: provider.id, orderId, error }, "call to a provider failed");
    return { kind: "unknown", reason: "The panel failed during the call; its log says more." };
  }
}

function outgoing({ order, attempt, type }: Ready): OutgoingOrder {
  return {
    orderId: order.id,
    requestId: attempt.requestId,
    providerService: order.providerService,
    type,
    link: order.link,
    quantity: order.quantity,
    runs: order.runs,
    intervalMinutes: order.intervalMinutes,
    fields: order.fields,
  };
}

/** A stranger's words as the database can hold them. */
function cleaned(outcome: PlaceOutcome): PlaceOutcome {
  const clean = (text: string) =>
    text.replaceAll("\u0000", "").toWellFormed().slice(0, wordsLengthMax);
  if (outcome.kind === "by_hand") return outcome;
  if (outcome.kind === "accepted") {
    return { ...outcome, providerOrder: clean(outcome.providerOrder) };
  }
  return { ...outcome, reason: clean(outcome.reason) };
}

/** Answers for each step whether its next call may be made: its try stands in the database. */
async function takeSteps(queue: Queue, steps: readonly Step[]): Promise<boolean[]> {
  const done = steps.flatMap((step) => step.done ?? []);
  const starts = steps.flatMap((step) => step.next?.attempt ?? []);
  // The first try of an order that was accepted: nothing else is to be tidied up after it.
  const plain = done.flatMap(({ ready: { attempt }, outcome }) =>
    outcome.kind === "accepted" && attempt.number === 1
      ? [{ ...attempt, providerOrder: outcome.providerOrder }]
      : [],
  );
  const pollSeconds = firstPollSeconds(queue.provider);
  const { written, started } = await retryUntilWritten(queue, () =>
    advanceAttempts(queue.ctx.hot, plain, starts, pollSeconds),
  );
  if (written.size > 0) await heedNumber(queue, undefined);
  const others = done.filter(({ ready }) => !written.has(ready.attempt.orderId));
  if (others.length > 0) await writeOthers(queue, others);
  return steps.map(({ next }) => next !== undefined && started.has(next.attempt.orderId));
}

/** One by one where they cannot be written together, so that none takes the others with it. */
async function writeOthers(queue: Queue, done: readonly Done[]): Promise<void> {
  const { ctx, provider } = queue;
  const tried = done.map(({ ready: { task, attempt }, outcome }) => ({ task, attempt, outcome }));
  const heed = async (unbelieved: readonly string[]) => {
    for (const reason of unbelieved) {
      await heedNumber(queue, reason).catch((error: unknown) =>
        ctx.log.error({ providerId: provider.id, error }, "queue not held"),
      );
    }
  };
  try {
    await heed(await writeOutcomes(ctx, provider, tried));
  } catch (cause) {
    ctx.log.warn({ error: cause }, "outcomes not written together");
    for (const each of tried) {
      await retryUntilWritten(queue, () => writeOutcomes(ctx, provider, [each])).then(
        heed,
        (error: unknown) => {
          const { orderId } = each.attempt;
          ctx.log.error({ orderId, outcome: each.outcome.kind, error }, "outcome not written");
        },
      );
    }
  }
}

/**
 * Tries again while the database is away: what is known of a call must not be lost, or it counts as
 * unknown. Everything that is written here may be written twice.
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
