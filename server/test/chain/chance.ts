import { hash, randomInt } from "node:crypto";

/**
 * Chance that depends only on the seed and on what it decides: the same question always has the
 * same answer, in whatever order questions come.
 */
export type Chance = {
  readonly seed: number;
  /** From 0 to 1, never including 1. */
  of(...what: readonly (string | number)[]): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number, ...what: readonly (string | number)[]): number;
  pick<Item>(items: readonly Item[], ...what: readonly (string | number)[]): Item;
};

/** `CHAIN_SEED=…` replays a story. The test's name must contain the seed. */
export function chainSeed(): number {
  return Number(process.env["CHAIN_SEED"] ?? randomInt(2 ** 31));
}

export function openChance(seed: number): Chance {
  const of: Chance["of"] = (...what) =>
    Number.parseInt(hash("sha256", JSON.stringify([seed, ...what])).slice(0, 12), 16) / 2 ** 48;
  return {
    seed,
    of,
    int: (min, max, ...what) => min + Math.floor(of(...what) * (max - min + 1)),
    pick: (items, ...what) => {
      const item = items[Math.floor(of(...what) * items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}
