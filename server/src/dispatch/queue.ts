import type { Context } from "#database/context.ts";
import type { PlaceOutcome, ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import type { Concern } from "#providers/outcome.ts";
import { leaseProbe } from "#providers/provider-probes.sql.ts";
import {
  clearFailures,
  countFailure,
  findProviderState,
  holdProvider,
  releaseProvider,
  setProviderBalance,
} from "#providers/provider-states.sql.ts";
import type { HoldKind, ProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

// How many in a row without a readable answer hold a provider. A call that may have left is worse
// than one that has not.
const unknownsMax = 3;
const notSentMax = 5;
const probeSecondsMax = 900;

/**
 * How soon a hold is first probed; each next probe comes after as long again as the hold has
 * lasted.
 */
const probeSecondsMin: Readonly<Record<HoldKind, number>> = {
  key: 60,
  funds: 60,
  limit: 60,
  // Most silences are short; later pauses grow to a quarter of an hour.
  silent: 2,
  operator: probeSecondsMax,
};

/** One provider's queue while it is worked through. */
export type Queue = {
  readonly ctx: Context;
  readonly provider: Provider;
  readonly state: ProviderState;
  /** Set: the provider is held, and one order is tried to see whether the hold can end. */
  readonly trial: Trial | undefined;
  /** Calls in a row without a readable answer. */
  failures: number;
  /** Answers in a row with a number that belongs to another order. */
  takenNumbers: number;
  /** True: nothing more is sent in this round. */
  isStopped: boolean;
};

/** How a held provider is asked, and our balance as it has just reported it. */
type Trial = { readonly call: ProviderCall; readonly balance: Amount | undefined };

/**
 * Opens a provider's queue for one round; `undefined` where nothing may be sent to it now. A held
 * provider whose probe is due is asked whether the hold can end: one with an account must report
 * our balance. Then one order may be tried, and only its outcome ends the hold.
 */
export async function openQueue(
  ctx: Context,
  provider: Provider,
  { account }: ProviderConnector,
): Promise<Queue | undefined> {
  if (!provider.isEnabled) return undefined;
  const queue = await findQueue(ctx, provider);
  const { hold } = queue.state;
  if (hold === undefined) return queue;
  if (!hold.isProbeDue) return undefined;
  const seconds = { min: probeSecondsMin[hold.kind], max: probeSecondsMax };
  if (!(await leaseProbe(ctx.db, provider.id, seconds))) return undefined;
  const call = await openCall(ctx, provider);
  if (account === undefined) return { ...queue, trial: { call, balance: undefined } };
  const said = await account.balance(call);
  if (!said.ok) return undefined;
  await setProviderBalance(ctx.db, provider.id, said.value);
  const { balance } = said.value;
  if (hold.kind === "funds" && balance <= zero) return undefined;
  return { ...queue, trial: { call, balance } };
}

/** The present queue of a provider, held or not. */
export async function findQueue(ctx: Context, provider: Provider): Promise<Queue> {
  const state = await findProviderState(ctx.db, provider.id);
  const { failures } = state;
  return { ctx, provider, state, trial: undefined, failures, takenNumbers: 0, isStopped: false };
}

/**
 * False where the queue is held and not on trial, or where our balance, as far as known, does not
 * cover an order of this charge. After a top-up it must cover the order that has waited longest.
 */
export function maySend({ state: { hold }, trial }: Queue, charge: Amount | undefined): boolean {
  if (hold === undefined) return true;
  if (trial === undefined) return false;
  const { balance } = trial;
  if (hold.kind !== "funds" || balance === undefined || charge === undefined) return true;
  return balance >= charge;
}

/** Ends the hold after a successful trial, or where there is nothing to try. */
export async function endHold(queue: Queue): Promise<void> {
  const { ctx, provider, state } = queue;
  if (!(await releaseProvider(ctx.db, provider.id))) return;
  const fields = { providerId: provider.id, held: state.hold?.kind };
  ctx.log.info(fields, "provider's queue released");
}

/**
 * Applies what an outcome says about the provider as a whole. A refusal that concerns our account
 * holds its queue, and so do several calls in a row without a readable answer. A readable answer
 * clears the count.
 */
export async function updateQueueHealth(queue: Queue, outcome: PlaceOutcome): Promise<void> {
  switch (outcome.kind) {
    case "accepted":
      return answered(queue);
    case "refused": {
      const kind = heldBy[outcome.concern];
      return kind === undefined ? answered(queue) : hold(queue, kind, outcome.reason);
    }
    case "not_sent":
      if (outcome.retryAfterSeconds === undefined) {
        return unanswered(queue, notSentMax, outcome.reason);
      }
      return hold(queue, "limit", outcome.reason, outcome.retryAfterSeconds);
    case "unknown":
      return unanswered(queue, unknownsMax, outcome.reason);
    case "by_hand":
  }
}

/** Which hold a refusal brings; one that concerns only an order or a service brings none. */
const heldBy: Readonly<Record<Concern, "key" | "funds" | "limit" | undefined>> = {
  provider: "key",
  funds: "funds",
  limit: "limit",
  service: undefined,
  link: undefined,
  order: undefined,
};

/**
 * Checks whether an accepted order got a number of its own. A provider that keeps answering with
 * other orders' numbers would be sent everything, and none of it could be followed.
 */
export async function heedNumber(queue: Queue, takenBecause: string | undefined): Promise<void> {
  queue.takenNumbers = takenBecause === undefined ? 0 : queue.takenNumbers + 1;
  if (takenBecause === undefined || queue.takenNumbers < unknownsMax) return;
  await hold(queue, "silent", takenBecause);
}

async function answered(queue: Queue): Promise<void> {
  if (queue.trial !== undefined) return endHold(queue);
  if (queue.failures === 0) return;
  queue.failures = 0;
  await clearFailures(queue.ctx.db, queue.provider.id);
}

async function unanswered(queue: Queue, max: number, reason: string): Promise<void> {
  queue.failures = await countFailure(queue.ctx.db, queue.provider.id);
  // On trial it is held already.
  if (queue.trial !== undefined || queue.failures < max) return;
  await hold(queue, "silent", reason);
}

async function hold(
  queue: Queue,
  kind: Exclude<HoldKind, "operator">,
  reason: string,
  seconds?: number,
): Promise<void> {
  const { ctx, provider, state } = queue;
  queue.isStopped = true;
  // The probe after a trial is already set, and later than the first.
  if (queue.trial !== undefined && state.hold?.kind === kind) return;
  const first = Math.max(1, seconds ?? probeSecondsMin[kind]);
  const probeSeconds = Math.min(first, probeSecondsMax);
  await holdProvider(ctx.db, provider.id, { kind, reason, probeSeconds });
  ctx.log.warn({ providerId: provider.id, kind, reason }, "provider's queue held");
}
