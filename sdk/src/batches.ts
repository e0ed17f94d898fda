import { idOf, isRecord, pick } from "./json.ts";
import type { PanelError } from "./errors.ts";
import type { Id } from "./types.ts";

/** The result for one of several ids: a value, or the error in its place. */
export type Each<Value> =
  | { readonly id: Id; readonly ok: true; readonly value: Value }
  | { readonly id: Id; readonly ok: false; readonly error: PanelError };

/** The ids in their order, each once, in batches of at most `size`. */
export function batchesOf(ids: readonly Id[], size: number): readonly (readonly Id[])[] {
  const unique = [...new Map(ids.map((id) => [String(id), id])).values()];
  const batches: Id[][] = [];
  for (let start = 0; start < unique.length; start += size) {
    batches.push(unique.slice(start, start + size));
  }
  return batches;
}

/**
 * One result for each id that was asked for, in the same order; twice for an id named twice.
 */
export function joined<Value>(
  ids: readonly Id[],
  results: ReadonlyMap<string, Each<Value>>,
  leftOut: (id: Id) => PanelError,
): readonly Each<Value>[] {
  return ids.map((id) => results.get(String(id)) ?? { id, ok: false, error: leftOut(id) });
}

/** How an element of an answered list names its id, and what it holds beside it. */
export type ItemNames = {
  readonly id: readonly string[];
  readonly field?: string;
  /** True where other fields of the element belong to the answer too. */
  readonly hasMore?: boolean;
};

/**
 * What an answer to several ids says of each, by the id as text: an object keyed by ids, a list
 * whose elements name theirs, the bare list of those that were `canceled`, or, where one id was
 * asked for, the flat answer of a single one. `field` is what an element of a list holds beside its
 * id, such as `refill`.
 */
export function itemsOf(
  answer: unknown,
  ids: readonly Id[],
  names: ItemNames,
): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>();
  if (Array.isArray(answer)) {
    for (const element of answer) {
      if (!isRecord(element)) continue;
      const id = idOf(pick(element, ...names.id));
      if (id !== undefined) items.set(String(id), itemIn(element, names));
    }
    return items;
  }
  if (!isRecord(answer)) return items;
  for (const id of ids) {
    if (Object.hasOwn(answer, String(id))) {
      const value = answer[String(id)];
      items.set(String(id), isRecord(value) ? itemIn(value, names) : value);
    }
  }
  const taken = pick(answer, "canceled");
  if (Array.isArray(taken)) for (const id of taken) items.set(String(id), 1);
  if (items.size > 0) return items;
  const inside = pick(answer, "data", "orders", "statuses", "refills");
  if (typeof inside === "object" && inside !== null) {
    const found = itemsOf(inside, ids, names);
    if (found.size > 0) return found;
  }
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) {
    const inner = names.field === undefined ? undefined : pick(answer, names.field);
    items.set(String(only), isRecord(inner) ? inner : answer);
  }
  return items;
}

// `{"order":3,"refill":{"error":…}}`; others put `error` where `refill` would be.
function itemIn(
  element: Readonly<Record<string, unknown>>,
  { field, hasMore = false }: ItemNames,
): unknown {
  const held = field === undefined ? undefined : pick(element, field);
  return hasMore && !isRecord(held) ? element : (held ?? element);
}
