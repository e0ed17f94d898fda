import { hash, randomInt } from "node:crypto";

/**
 * Chance that depends on nothing but the seed and on what it decides: the same question always has
 * the same answer, in whatever order the questions come.
 */
export type Chance = {
  readonly seed: number;
  /** From 0 up to, never including, 1. */
  of(...what: readonly (string | number)[]): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number, ...what: readonly (string | number)[]): number;
  pick<Item>(items: readonly Item[], ...what: readonly (string | number)[]): Item;
};

/** `CHAIN_SEED=…` plays a story again. The seed belongs into the name of the test. */
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
