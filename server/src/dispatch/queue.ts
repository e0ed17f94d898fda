import type { Context } from "#database/context.ts";
import type { PlaceOutcome, ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import type { Concern } from "#providers/outcome.ts";
import { claimProbe } from "#providers/provider-probes.sql.ts";
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

// In a row, without a readable answer between. What may have left is worse than what has not.
const unknownsMax = 3;
const notSentMax = 5;
const probeSecondsMax = 900;

/** The first probe of a hold; the next come after as long again as it has lasted. */
const probeSecondsMin: Readonly<Record<HoldKind, number>> = {
  key: 60,
  funds: 60,
  limit: 60,
  // Most silences are short; what follows grows to a quarter of an hour.
  silent: 2,
  operator: probeSecondsMax,
};

/** One provider's queue while it is worked off. */
export type Queue = {
  readonly ctx: Context;
  readonly provider: Provider;
  readonly state: ProviderState;
  /** Set: it is held, and one order is tried to see whether the hold can end. */
  readonly trial: Trial | undefined;
  /** Calls in a row without a readable answer. */
  failures: number;
  /** Answers in a row with a number that another order carries. */
  takenNumbers: number;
  /** True: nothing more is sent in this turn. */
  isStopped: boolean;
};

/** How a held provider is asked, and our balance as it has just said it. */
type Trial = { readonly call: ProviderCall; readonly balance: Amount | undefined };

/**
 * The queue of a provider for one turn; `undefined` where nothing may be sent to it now. One that is
 * held is asked whether the hold can end, where that is due: a provider with an account must say our
 * balance. Then one order may be tried; only its outcome ends the hold.
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
  if (!(await claimProbe(ctx.db, provider.id, seconds))) return undefined;
  const call = await openCall(ctx, provider);
  if (account === undefined) return { ...queue, trial: { call, balance: undefined } };
  const said = await account.balance(call);
  if (!said.ok) return undefined;
  await setProviderBalance(ctx.db, provider.id, said.value);
  const { balance } = said.value;
  if (hold.kind === "funds" && balance <= zero) return undefined;
  return { ...queue, trial: { call, balance } };
}

/** The queue of a provider as it stands, held or not. */
export async function findQueue(ctx: Context, provider: Provider): Promise<Queue> {
  const state = await findProviderState(ctx.db, provider.id);
  const { failures } = state;
  return { ctx, provider, state, trial: undefined, failures, takenNumbers: 0, isStopped: false };
}

/**
 * False where the queue is held and not on trial, or where our balance does not pay for an order of this
 * charge, as far as anyone knows: after a top-up it must pay for the one that has waited longest.
 */
export function maySend({ state: { hold }, trial }: Queue, charge: Amount | undefined): boolean {
  if (hold === undefined) return true;
  if (trial === undefined) return false;
  const { balance } = trial;
  if (hold.kind !== "funds" || balance === undefined || charge === undefined) return true;
  return balance >= charge;
}

/** Ends the hold after a trial that went well, or where nothing is there to be tried. */
export async function endHold(queue: Queue): Promise<void> {
  const { ctx, provider, state } = queue;
  if (!(await releaseProvider(ctx.db, provider.id))) return;
  const fields = { providerId: provider.id, held: state.hold?.kind };
  ctx.log.info(fields, "provider's queue released");
}

/**
 * What an outcome says of the provider as a whole: a refusal that concerns our account holds its
 * queue, calls in a row without a readable answer do too, and a readable answer clears the count.
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

/** What a refusal does to the queue; those that concern an order or a service alone do nothing. */
const heldBy: Readonly<Record<Concern, "key" | "funds" | "limit" | undefined>> = {
  provider: "key",
  funds: "funds",
  limit: "limit",
  service: undefined,
  link: undefined,
  order: undefined,
};

/**
 * Whether an accepted order got a number of its own: a provider that answers one after the other with the
 * number of another order would be sent everything, and nothing of it could be followed.
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
  // Under trial it is held already.
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
  // The probe after a trial is set already, and later than the first.
  if (queue.trial !== undefined && state.hold?.kind === kind) return;
  const first = Math.max(1, seconds ?? probeSecondsMin[kind]);
  const probeSeconds = Math.min(first, probeSecondsMax);
  await holdProvider(ctx.db, provider.id, { kind, reason, probeSeconds });
  ctx.log.warn({ providerId: provider.id, kind, reason }, "provider's queue held");
}
