import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Concern, ProviderFailure } from "#providers/outcome.ts";
import { excerpt } from "./ask.ts";
import type { Asked } from "./ask.ts";

/** States by the provider's id; orders without an answer are left out. */
export type States<State> = Promise<Result<ReadonlyMap<string, State>, ProviderFailure>>;

type Missing = { readonly kind: "missing"; readonly reason: string };
type SomeStates<State> = Result<ReadonlyMap<string, State>, ProviderFailure | "ask_apart">;

/** A single id is asked for in the way that every panel knows. */
export function idParameters(
  name: "order" | "refill",
  ids: readonly string[],
): Record<string, string> {
  return ids.length === 1 ? { [name]: ids.join(",") } : { [`${name}s`]: ids.join(",") };
}

/**
 * What an answer says of these ids. An error that is not about our account is about the only id
 * that was asked for. Where several were asked for and one is said to be unknown, each has to be
 * asked for separately. `isSecret`: the answer is never quoted.
 */
export function statesOf<State>(
  asked: Asked,
  ids: readonly string[],
  how: {
    readonly read: (json: Extract<Asked, { kind: "answered" }>["json"]) => Map<string, State>;
    readonly isMissing: (reason: string) => boolean;
    readonly isSecret?: boolean;
  },
): SomeStates<State | Missing> {
  if (asked.kind === "answered") {
    const states = how.read(asked.json);
    if (states.size > 0) return ok(states);
    const unread =
      how.isSecret === true ? "not shown, because it may hold goods" : excerpt(asked.text);
    return refused({ kind: "unknown", reason: `the answer holds no state: ${unread}`, unread });
  }
  if (asked.kind !== "refused" || isAboutUs(asked.concern)) return refused(failureOf(asked));
  const { reason } = asked;
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    return ok(new Map([[only, { kind: "missing", reason }]]));
  }
  if (how.isMissing(reason)) return refused("ask_apart");
  // Whatever the error is about, it is not the state of any of them.
  return refused({ kind: "unknown", reason, unread: how.isSecret === true ? "an error" : reason });
}

/** True where the problem is our account there, not an order. */
function isAboutUs(concern: Concern): boolean {
  return concern === "provider" || concern === "limit" || concern === "funds";
}

/**
 * Asks for many in several requests. Where an answer refuses a whole batch because of a single id,
 * the batch is split in halves and asked for again.
 */
export async function inBatches<State>(
  ids: readonly string[],
  batchMax: number,
  askFor: (ids: readonly string[]) => Promise<SomeStates<State>>,
): States<State> {
  const states = new Map<string, State>();
  const batches: string[][] = [];
  for (let at = 0; at < ids.length; at += batchMax) batches.push(ids.slice(at, at + batchMax));
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    const answered = await askFor(batch);
    if (answered.ok) {
      for (const [id, state] of answered.value) states.set(id, state);
    } else if (answered.refusal === "ask_apart") {
      const half = Math.ceil(batch.length / 2);
      batches.unshift(batch.slice(0, half), batch.slice(half));
    } else if (states.size === 0) {
      return refused(answered.refusal);
    } else {
      // What is known so far is kept; the rest is asked for another time.
      return ok(states);
    }
  }
  return ok(states);
}

/** Turns a question without an answer into a failure of the call. */
export function failureOf(asked: Exclude<Asked, { kind: "answered" }>): ProviderFailure {
  if (asked.kind !== "refused") return asked;
  return { kind: "refused", reason: asked.reason, concern: asked.concern };
}
