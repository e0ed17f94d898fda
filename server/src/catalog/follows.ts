/** What a service can take over from its provider's list; the operator owns the rest. */
export const followable = [
  "rate",
  "min",
  "max",
  "name",
  "category",
  "description",
  "status",
  "refill",
  "cancel",
  "dripfeed",
] as const;

/**
 * One of them. `rate` means that the price is made from the cost; `status` means that the service
 * is switched off while the provider does not list it.
 */
export type Followable = (typeof followable)[number];

/** What a newly imported service follows: everything except its place in the operator's list. */
export const followedByDefault: readonly Followable[] = followable.filter(
  (field) => field !== "category",
);

export function isFollowable(word: string): word is Followable {
  return followable.some((field) => field === word);
}
