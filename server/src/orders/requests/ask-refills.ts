import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderCall, ProviderConnector, ProviderRefillState } from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { openCall } from "#providers/open-call.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { cleaned } from "#values/text.ts";
import {
  leaseRefills,
  findRefillHolder,
  listProviderOrders,
  stepRefill,
} from "./provider-requests.sql.ts";
import type { DueRefill, RefillStep } from "./provider-requests.sql.ts";
import { unknownWord } from "./unknown-words.sql.ts";
import { leaseOf, retrySeconds, underOrder, runRequests } from "./run-requests.ts";

type Refills = NonNullable<ProviderConnector["refills"]>;

/** After this many attempts in a row without a usable answer, staff have to look. */
const attemptsMax = 5;
const pollSecondsMin = 10;
/** For a provider without a network. */
const pollSecondsLocal = 1;
const pollSecondsMax = 3600;

/**
 * Passes on the due refill requests of a provider's orders, and asks about those that the provider
 * took. Returns how many were handled.
 */
export async function askRefills(ctx: Context, provider: Provider): Promise<number> {
  const connector = findConnector(provider.connector);
  const refills = connector?.refills;
  if (connector === undefined || refills === undefined) return 0;
  const lease = randomUUID();
  const leased = await leaseRefills(ctx.db, { ...leaseOf(provider), lease });
  if (leased.length === 0) return 0;
  const late = leased.filter((refill) => refill.is_late);
  for (const refill of late) {
    const { attempts } = refill;
    const step = { status: "error", attempts, reason: "deadline" } as const;
    await underOrder(ctx, refill, (tx) => stepRefill(tx, refill, lease, step));
  }
  const call = await openCall(ctx, provider);
  const open = leased.filter((refill) => !refill.is_late);
  const fresh = open.filter((refill) => refill.provider_refill === null);
  const numbers = await listProviderOrders(ctx.db, fresh);
  await runRequests(ctx, fresh, async (refill) => {
    const providerOrder = numbers.get(refill.order_id);
    const step = await ask(refills, refill, providerOrder, call);
    await underOrder(ctx, refill, async (tx) => {
      await stepRefill(tx, refill, lease, await believed(tx, provider, refill, step));
    });
  });
  const taken = open.filter((refill) => refill.provider_refill !== null);
  const isRemote = connector.isRemote;
  if (taken.length > 0) await followAll(ctx, refills, { taken, lease, call, isRemote });
  return leased.length;
}

/** Asks the provider for a refill, once. */
async function ask(
  refills: Refills,
  refill: DueRefill,
  providerOrder: string | undefined,
  call: ProviderCall,
): Promise<RefillStep> {
  const { attempts } = refill;
  if (providerOrder === undefined) {
    return {
      status: "error",
      attempts,
      answer: "its number at the provider is unknown, or a later order's",
    };
  }
  const outcome = await refills.refill(providerOrder, call);
  switch (outcome.kind) {
    case "taken": {
      const { providerRefill } = outcome;
      if (providerRefill === undefined) {
        return { status: "in_progress", attempts: 0, answer: "taken, without a number to ask for" };
      }
      const inSeconds = call.baseUrl === "" ? pollSecondsLocal : pollSecondsMin;
      return { status: "in_progress", attempts: 0, providerRefill, inSeconds };
    }
    case "refused":
      return refusedStep(attempts, outcome.reason);
    case "failed": {
      const { failure } = outcome;
      const answer = cleaned(failure.reason);
      const isOurs =
        failure.kind === "refused" && ["provider", "funds", "limit"].includes(failure.concern);
      if (failure.kind === "refused" && !isOurs) return refusedStep(attempts, failure.reason);
      // Only a request that may have arrived counts: any other can safely be asked again.
      const tries = failure.kind === "unknown" ? attempts + 1 : attempts;
      if (tries >= attemptsMax) return { status: "error", attempts: tries, answer };
      return { status: "pending", attempts: tries, answer, inSeconds: retrySeconds(tries + 1) };
    }
  }
}

/**
 * The panel does not ask about a number that the refill of another order carries: some panels
 * answer every refill with the same word. Locks the provider, so that of two at the same time the
 * second is found.
 */
async function believed(
  tx: Tx,
  { id }: Provider,
  refill: DueRefill,
  step: RefillStep,
): Promise<RefillStep> {
  const { providerRefill, attempts } = step;
  if (providerRefill === undefined) return step;
  await lockProvider(tx, id);
  const holder = await findRefillHolder(tx, id, providerRefill, refill.order_id);
  if (holder === undefined) return step;
  const words = `taken as ${providerRefill}, which is the refill of order ${holder}: not asked for`;
  return { status: "in_progress", attempts, answer: cleaned(words) };
}

/**
 * After an attempt of unknown outcome, a refusal may mean that it was taken then. Staff find out.
 */
function refusedStep(attempts: number, reason: string): RefillStep {
  const answer = cleaned(reason);
  if (attempts > 0) return { status: "error", attempts, answer };
  return { status: "rejected", attempts, answer, reason: "provider_refused" };
}

/** Asks about the refills that the provider took. */
async function followAll(
  ctx: Context,
  refills: Refills,
  following: {
    readonly taken: readonly DueRefill[];
    readonly lease: string;
    readonly call: ProviderCall;
    readonly isRemote: boolean;
  },
): Promise<void> {
  const { taken, lease, call, isRemote } = following;
  const numbers = taken.map((refill) => refill.provider_refill).filter((number) => number !== null);
  const answered = await refills.refillStates(numbers, call);
  for (const refill of taken) {
    const pause = pauseOf(refill, isRemote);
    const step = answered.ok
      ? stepOf(refill, answered.value.get(refill.provider_refill ?? ""), pause)
      : failedStep(refill, answered.refusal, pause);
    await underOrder(ctx, refill, (tx) => stepRefill(tx, refill, lease, step));
  }
}

/** Only an answer that nobody can read counts. Silence passes by itself. */
function failedStep(refill: DueRefill, failure: ProviderFailure, pause: number): RefillStep {
  if (failure.kind === "unknown" && failure.unread !== undefined) {
    return stepOf(refill, { kind: "unread", said: failure.unread }, pause);
  }
  const { status, attempts } = refill;
  return { status, attempts, answer: cleaned(failure.reason), inSeconds: pause };
}

function stepOf(
  refill: DueRefill,
  said: ProviderRefillState | undefined,
  pause: number,
): RefillStep {
  const { status } = refill;
  if (said?.kind !== "state") {
    const attempts = refill.attempts + 1;
    const answer = cleaned(wordsOf(said));
    if (attempts >= attemptsMax) return { status: "error", attempts, answer };
    return { status, attempts, answer, inSeconds: pause };
  }
  const answer = cleaned(said.word);
  switch (said.status) {
    case undefined:
      return { status: "in_progress", attempts: 0, answer: unknownWord(answer), inSeconds: pause };
    case "pending":
    case "in_progress":
      return { status: "in_progress", attempts: 0, answer, inSeconds: pause };
    case "completed":
      return { status: "completed", attempts: 0, answer };
    case "rejected":
      return { status: "rejected", attempts: 0, answer, reason: "provider_refused" };
    case "error":
      return { status: "error", attempts: 0, answer };
  }
}

function wordsOf(said: Exclude<ProviderRefillState, { kind: "state" }> | undefined): string {
  if (said === undefined) return "the answer leaves it out";
  return said.kind === "missing" ? said.reason : `the answer cannot be read: ${said.said}`;
}

function pauseOf(refill: DueRefill, isRemote: boolean): number {
  if (!isRemote) return pollSecondsLocal;
  return Math.min(pollSecondsMax, Math.max(pollSecondsMin, refill.age_seconds / 10));
}
