import type { AccountId, ApiKeyId } from "#values/ids.ts";

const knownMax = 100_000;

/** Who asks. Hot statements check in the same query that the key is still alive. */
export type Caller = {
  readonly accountId: AccountId;
  readonly keyId: ApiKeyId;
  readonly keyVersion: number;
};

/**
 * The callers that this process found alive under one stamp of the database. Every change of a key
 * or of a customer's standing replaces the stamp (`caller_changes`). While a statement reads the
 * same stamp, they are still alive. A key with an expiry is never among them.
 */
export type KnownCallers = {
  /** The stamp under which they were found; `undefined` at first. */
  readonly stamp: string | undefined;
  has(caller: Caller): boolean;
  /**
   * Adds callers who were found alive under a stamp. A different stamp forgets all others; without
   * a stamp (its row is gone) nobody is known.
   */
  add(stamp: string | null, callers: readonly Caller[]): void;
};

export function openKnownCallers(): KnownCallers {
  const versions = new Map<ApiKeyId, number>();
  let known: string | undefined;
  return {
    get stamp() {
      return known;
    },
    has: (caller) => versions.get(caller.keyId) === caller.keyVersion,
    add: (stamp, callers) => {
      if (stamp === null || stamp !== known || versions.size >= knownMax) versions.clear();
      if (stamp === null) return;
      known = stamp;
      for (const caller of callers) versions.set(caller.keyId, caller.keyVersion);
    },
  };
}

/** What a hot statement found: `key`: dead or changed; `inactive`: the customer is not active. */
export type CallerState = "ok" | CallerFault;
export type CallerFault = "key" | "inactive";

/** The result of a hot look-up: what was found, or why the caller is not told. */
export type Checked<Found> =
  | { readonly caller: "ok"; readonly found: Found }
  | { readonly caller: CallerFault };

/** Two ways to look up the same: each is one statement with one answer per question, in order. */
export type HotLookup<Question, Found> = {
  /** Checks only the stamp. */
  ofKnown(questions: readonly Question[]): Promise<{ stamp: string | null; answers: Found[] }>;
  /** Checks each caller. `lasting` are those that may be known from then on. */
  ofAny(
    questions: readonly Question[],
  ): Promise<{ stamp: string | null; answers: Checked<Found>[]; lasting: readonly Caller[] }>;
};

/**
 * Answers every question of a batch. Known callers are answered without looking at their keys, as
 * long as the stamp has not changed. All others have their keys checked.
 */
export async function lookUp<Question extends { readonly caller: Caller }, Found>(
  known: KnownCallers,
  lookup: HotLookup<Question, Found>,
  questions: readonly Question[],
): Promise<Checked<Found>[]> {
  const ofAny = async (some: readonly Question[]): Promise<Checked<Found>[]> => {
    if (some.length === 0) return [];
    const { stamp, answers, lasting } = await lookup.ofAny(some);
    known.add(stamp, lasting);
    return answers;
  };
  const ofKnown = async (some: readonly Question[]): Promise<Checked<Found>[]> => {
    if (some.length === 0) return [];
    const before = known.stamp;
    const { stamp, answers } = await lookup.ofKnown(some);
    if (stamp !== before) return ofAny(some);
    return answers.map((found) => ({ caller: "ok", found }));
  };

  const isKnown = questions.map(({ caller }) => known.has(caller));
  if (isKnown.every(Boolean)) return ofKnown(questions);
  const [knowns, others] = await Promise.all([
    ofKnown(questions.filter((_question, n) => isKnown[n] === true)),
    ofAny(questions.filter((_question, n) => isKnown[n] === false)),
  ]);
  let knownsAt = 0;
  let othersAt = 0;
  return isKnown.map((is) => {
    const answer = is ? knowns[knownsAt++] : others[othersAt++];
    if (answer === undefined) throw new Error("a look-up left out an answer");
    return answer;
  });
}
