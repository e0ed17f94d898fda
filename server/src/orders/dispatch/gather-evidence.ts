import type { Context } from "#database/context.ts";
import type { ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { formatAmount, subtract } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Attempt } from "./attempts.sql.ts";
import { findNeighbours, findSentSince, listHeldNumbers } from "./evidence.sql.ts";

// Neighbours further apart than this have too many orders of others between them to ask about.
const gapMax = 200;
const numberPattern = /^[0-9]{1,15}$/;

/** The evidence about an attempt of unknown outcome at a provider that knows no request ids. */
export type Evidence = {
  /** In words, for the desk. */
  readonly words: string;
  /** The provider's number, where the evidence as a whole proves it. Never a guess. */
  readonly proven: string | undefined;
};

/**
 * Asks the provider for our balance and for the orders between our neighbouring ones. It is proof
 * only if all of this holds: exactly one order there answers like ours, no order of ours carries
 * it, it costs what was expected, the balance fell by exactly that, and nothing else is open.
 */
export async function gatherEvidence(
  ctx: Context,
  provider: Provider,
  connector: ProviderConnector,
  call: ProviderCall,
  attempt: Attempt,
): Promise<Evidence> {
  const balance = await askBalance(ctx, provider, connector, call, attempt);
  const candidates = await askCandidates(ctx, provider, connector, call, attempt);
  const { expectedCharge } = attempt;
  const [candidate, ...others] = candidates.found;
  const isProven =
    candidate !== undefined &&
    others.length === 0 &&
    expectedCharge !== undefined &&
    balance.unexplained === expectedCharge;
  return {
    words: `${balance.words} ${candidates.words}`,
    proven: isProven ? candidate : undefined,
  };
}

/** How much of the balance our other orders do not explain. `undefined` where nobody can say. */
async function askBalance(
  ctx: Context,
  provider: Provider,
  connector: ProviderConnector,
  call: ProviderCall,
  attempt: Attempt,
): Promise<{ words: string; unexplained: Amount | undefined }> {
  const { balanceBefore, balanceBeforeAt } = attempt;
  if (connector.account === undefined) return { words: "", unexplained: undefined };
  const sentBefore = balanceBeforeAt && (await findSentSince(ctx.db, provider.id, balanceBeforeAt));
  const said = await connector.account.balance(call);
  if (!said.ok) {
    return {
      words: `The balance was not answered: ${said.refusal.reason}`,
      unexplained: undefined,
    };
  }
  const sent = balanceBeforeAt && (await findSentSince(ctx.db, provider.id, balanceBeforeAt));
  await setProviderBalance(ctx.db, provider.id, said.value);
  const now = `The balance there is ${formatAmount(said.value.balance, 2)} now`;
  if (balanceBefore === undefined || balanceBeforeAt === undefined || sent === undefined) {
    return { words: `${now}; before the try it was not known.`, unexplained: undefined };
  }
  const was = `${formatAmount(balanceBefore, 2)} at ${balanceBeforeAt.toISOString()}`;
  if (sent.spent === undefined || sent.underWay > 0 || sent.spent !== sentBefore?.spent) {
    const why = "other orders since then make the difference unclear";
    return { words: `${now} and was ${was}; ${why}.`, unexplained: undefined };
  }
  const unexplained = subtract(subtract(balanceBefore, said.value.balance), sent.spent);
  const rest = formatAmount(unexplained, 2);
  const words = `${now} and was ${was}: ${rest} less than our other orders explain.`;
  if (sent.unknowns === 1) return { words, unexplained };
  return {
    words: `${words} ${sent.unknowns} tries are of unknown outcome.`,
    unexplained: undefined,
  };
}

/** Orders there that may be this one. `found` holds those that cost what was expected. */
async function askCandidates(
  ctx: Context,
  provider: Provider,
  connector: ProviderConnector,
  call: ProviderCall,
  attempt: Attempt,
): Promise<{ words: string; found: readonly string[] }> {
  const { before, after } = await findNeighbours(ctx.db, attempt);
  const numbers = numbersBetween(before, after);
  if (numbers === undefined) {
    const words = "No orders of ours right before and after it narrow down its number there.";
    return { words, found: [] };
  }
  const held = await listHeldNumbers(ctx.db, provider.id, numbers);
  const free = numbers.filter((number) => !held.has(number));
  const size = connector.statesMax(call.settings);
  const answering: { number: string; charge: Amount | undefined }[] = [];
  for (let from = 0; from < free.length; from += size) {
    const said = await connector.orderStates(free.slice(from, from + size), call);
    if (!said.ok) {
      return { words: `Its neighbours were not answered: ${said.refusal.reason}`, found: [] };
    }
    for (const [number, state] of said.value) {
      if (state.kind === "state") answering.push({ number, charge: state.charge });
    }
  }
  const found = answering
    .filter(({ charge }) => charge !== undefined && charge === attempt.expectedCharge)
    .map(({ number }) => number);
  const named = answering.map(({ number, charge }) =>
    charge === undefined ? number : `${number} (charge ${formatAmount(charge, 2)})`,
  );
  const between = `Of its numbers between our orders ${before} and ${after}`;
  const words =
    named.length === 0
      ? `${between} none answers as ours.`
      : `${between} these answer as ours and belong to no order here: ${named.join(", ")}.`;
  return { words, found };
}

/** All numbers between two, where both are numbers and close enough to each other. */
function numbersBetween(before = "", after = ""): string[] | undefined {
  if (!numberPattern.test(before) || !numberPattern.test(after)) return undefined;
  const count = Number(after) - Number(before) - 1;
  if (count < 0 || count > gapMax) return undefined;
  return Array.from({ length: count }, (_, index) => String(Number(before) + 1 + index));
}
