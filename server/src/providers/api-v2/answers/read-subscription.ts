import type { ProviderSubscription } from "#providers/connector.ts";
import { readId } from "./read-id.ts";
import { field, isList, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { simplified } from "./simplified.ts";

type Status = NonNullable<ProviderSubscription["status"]>;

/** Words that only subscriptions use. */
const ownWords: Readonly<Record<string, Status>> = {
  active: "active",
  paused: "paused",
  expired: "expired",
};

/** Words shared with orders; one that has not begun yet counts as one that goes on. */
const sharedWords: Readonly<Record<string, Status>> = {
  pending: "active",
  processing: "active",
  inprogress: "active",
  completed: "completed",
  complete: "completed",
  canceled: "canceled",
  cancelled: "canceled",
};

/**
 * What a state says of a subscription; `undefined` for the state of an order. A subscription is
 * recognised by its word, or by `posts` or `expiry` (a text, null, or in some panels a boolean,
 * which says no more than the word does). A drip-feed has neither.
 */
export function readSubscription(row: JsonObject, word: string): ProviderSubscription | undefined {
  const simple = simplified(word);
  const isShaped = field(row, "posts") !== undefined || field(row, "expiry") !== undefined;
  const own = Object.hasOwn(ownWords, simple) ? ownWords[simple] : undefined;
  if (own === undefined && !isShaped) return undefined;
  const shared = Object.hasOwn(sharedWords, simple) ? sharedWords[simple] : undefined;
  return { status: own ?? shared, orders: readIds(field(row, "orders")) };
}

/** A list of ids, or a text with ids separated by commas. */
function readIds(value: Json | undefined): string[] {
  const each = isList(value) ? value : (textOf(value) ?? "").split(",");
  const ids = each
    .map((id) => readId(typeof id === "string" ? id.trim() : id))
    .filter((id) => id !== undefined);
  return [...new Set(ids)];
}
