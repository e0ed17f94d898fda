import { simplified } from "./simplified.ts";

/** Where a refill stands at its provider. */
export type RefillWord = "pending" | "in_progress" | "completed" | "rejected" | "error";

/** How each is spelled in the documents of API v2 and in settings. */
export const refillWords: Readonly<Record<RefillWord, string>> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  rejected: "Rejected",
  error: "Error",
};

/**
 * What deployed panels say, without letter case and blanks. The documents of API v2 name Pending,
 * In progress, Completed, Rejected and Error; engines in PHP list Refilling and Canceled beside
 * them; clients of such panels also wait for Processing, Cancelled and Failed; the rest are words
 * of the same meaning that panels use for orders. A word that is missing here means nothing until
 * an operator maps it.
 */
const deployed: Readonly<Record<string, RefillWord>> = {
  pending: "pending",
  awaiting: "pending",
  queued: "pending",
  requested: "pending",
  inprogress: "in_progress",
  processing: "in_progress",
  refilling: "in_progress",
  started: "in_progress",
  completed: "completed",
  complete: "completed",
  refilled: "completed",
  done: "completed",
  finished: "completed",
  success: "completed",
  successful: "completed",
  rejected: "rejected",
  reject: "rejected",
  canceled: "rejected",
  cancelled: "rejected",
  cancel: "rejected",
  declined: "rejected",
  denied: "rejected",
  refused: "rejected",
  error: "error",
  fail: "error",
  failed: "error",
};

/** What a word means at most panels; `undefined` for an unknown one. */
export function readRefillWord(word: string): RefillWord | undefined {
  const simple = simplified(word);
  return Object.hasOwn(deployed, simple) ? deployed[simple] : undefined;
}

/** One of the five, as people write it. */
export function parseRefillWord(text: string): RefillWord | undefined {
  const word = simplified(text);
  const known = Object.entries(refillWords).find(([, spelled]) => simplified(spelled) === word);
  return known === undefined ? undefined : deployed[word];
}
