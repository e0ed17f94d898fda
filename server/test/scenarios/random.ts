import { randomInt } from "node:crypto";

/** Repeatable chance: `SEED=… npx vitest run …` replays the same story. */
export type Random = {
  readonly seed: number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True with probability `share` (0 to 1). */
  chance(share: number): boolean;
};

/** The test's name must contain the seed, so that a failure names it. `given` replays it. */
export function seededRandom(given = process.env["SEED"]): Random {
  const seed = Number(given ?? randomInt(2 ** 31));
  let state = seed >>> 0;
  // Mulberry32: small, and good enough to shuffle a story.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    int,
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    chance: (share) => next() < share,
  };
}
