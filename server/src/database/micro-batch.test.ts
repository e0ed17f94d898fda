import { describe, expect, test } from "vitest";
import { BatchFull, microBatch } from "./micro-batch.ts";

const limits = { itemsMax: 4, batchesMax: 1, waitingMax: 100 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A batch function that answers when it is told to. */
function heldBack() {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  const run = async (items: number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => releases.push(resolve));
    return items.map((item) => item * 2);
  };
  return { batches, run, release: () => releases.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a micro-batch", () => {
  test("gives every item its own answer, in whatever batches they went", async () => {
    const batch = microBatch(async (items: number[]) => items.map((item) => item * 2), limits);

    const answers = await Promise.all(numbers(50).map((item) => batch.ask(item)));

    expect(answers).toEqual(numbers(50).map((item) => item * 2));
  });

  test("gathers what comes in one turn, and what comes while a batch is under way", async () => {
    const { batches, run, release } = heldBack();
    const batch = microBatch(run, limits);

    const asked = [batch.ask(1), batch.ask(2)];
    await turn();
    asked.push(...[3, 4, 5, 6, 7].map((item) => batch.ask(item)));
    await turn();
    expect(batches).toEqual([[1, 2]]);
    for (let n = 0; n < 3; n++) {
      release();
      await turn();
    }

    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(batches).toEqual([[1, 2], [3, 4, 5, 6], [7]]);
  });

  test("keeps no more batches under way than it may", async () => {
    const { batches, run, release } = heldBack();
    const batch = microBatch(run, { ...limits, batchesMax: 2 });

    const asked = Promise.all(numbers(20).map((item) => batch.ask(item)));
    await turn();
    expect(batches).toHaveLength(2);
    for (let n = 0; n < 5; n++) {
      release();
      await turn();
    }

    expect(await asked).toHaveLength(20);
    expect(batches).toHaveLength(5);
  });

  test("leaves beside another only when enough are waiting, and at once when it has returned", async () => {
    const { batches, run, release } = heldBack();
    const batch = microBatch(run, { ...limits, batchesMax: 2, besideMin: 3 });

    const asked = [batch.ask(1)];
    await turn();
    asked.push(batch.ask(2), batch.ask(3));
    await turn();
    expect(batches).toEqual([[1]]);
    asked.push(batch.ask(4));
    await turn();
    expect(batches).toEqual([[1], [2, 3, 4]]);
    asked.push(...[5, 6, 7, 8].map((item) => batch.ask(item)));
    await turn();
    expect(batches).toHaveLength(2);
    for (let n = 0; n < 3; n++) {
      release();
      await turn();
    }

    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
    expect(batches).toEqual([[1], [2, 3, 4], [5, 6, 7, 8]]);
  });

  test("that fails fails its own items alone", async () => {
    const run = async (items: number[]) => {
      if (items.includes(2)) throw new Error("no");
      return items;
    };
    const batch = microBatch(run, { ...limits, itemsMax: 2 });

    const settled = await Promise.allSettled(numbers(6).map((item) => batch.ask(item)));

    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(await batch.ask(7)).toBe(7);
  });

  test("that answers another number of answers than it was asked for is a failure", async () => {
    const batch = microBatch(async () => [1], limits);

    const settled = await Promise.allSettled([batch.ask(1), batch.ask(2)]);

    expect(settled.every(({ status }) => status === "rejected")).toBe(true);
  });

  test("turns away what is more than it will hold, and takes on again afterwards", async () => {
    const { run, release } = heldBack();
    const batch = microBatch(run, { itemsMax: 1, batchesMax: 1, waitingMax: 2 });
    const first = batch.ask(1);
    await turn();
    const waiting = [batch.ask(2), batch.ask(3)];

    await expect(batch.ask(4)).rejects.toThrow(BatchFull);
    for (let n = 0; n < 3; n++) {
      release();
      await turn();
    }

    expect(await Promise.all([first, ...waiting])).toEqual([2, 4, 6]);
  });
});

describe("where more waits than a batch takes", () => {
  type Own = { readonly owner: string; readonly n: number };
  const items = (owner: string, count: number): Own[] => numbers(count).map((n) => ({ owner, n }));

  function gathered(more: Partial<Parameters<typeof microBatch<Own, string>>[1]>) {
    const batches: string[][] = [];
    const batch = microBatch<Own, string>(
      async (some) => {
        const names = some.map(({ owner, n }) => `${owner}${n}`);
        batches.push(names);
        return names;
      },
      { ...limits, ownerOf: ({ owner }) => owner, ...more },
    );
    return { batches, batch };
  }

  test("owners take turns, each in its own order, and nobody is left out", async () => {
    const { batches, batch } = gathered({});
    const asked = [...items("a", 6), ...items("b", 1), ...items("c", 2)];

    const answers = await Promise.all(asked.map((item) => batch.ask(item)));

    expect(answers).toEqual(asked.map(({ owner, n }) => `${owner}${n}`));
    expect(batches).toEqual([["a0", "b0", "c0", "a1"], ["a2", "c1", "a3", "a4"], ["a5"]]);
  });

  test("one owner fills only a part of a batch, where that is bounded", async () => {
    const { batches, batch } = gathered({ ownerMax: 2 });

    await Promise.all([...items("a", 3), ...items("b", 1)].map((item) => batch.ask(item)));

    expect(batches).toEqual([["a0", "b0", "a1"], ["a2"]]);
  });

  test("large items share no batch, and one that is larger than a batch has its own", async () => {
    const { batches, batch } = gathered({ size: { of: ({ n }) => n, max: 3 } });

    await Promise.all(items("a", 5).map((item) => batch.ask(item)));

    expect(batches).toEqual([["a0", "a1", "a2"], ["a3"], ["a4"]]);
  });
});
