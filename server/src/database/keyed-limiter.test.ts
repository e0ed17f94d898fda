import { expect, test } from "vitest";
import { BatchFull } from "./micro-batch.ts";
import { openKeyedLimiter } from "./keyed-limiter.ts";

/** Works that begin when it is their turn and end when they are told to. */
function held() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => async () => {
    begun.push(name);
    await new Promise<void>((resolve) => ends.push(resolve));
    return name;
  };
  const endOne = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { begun, work, endOne };
}

test("who has much waiting does not come before who has little", async () => {
  const { begun, work, endOne } = held();
  const limiter = openKeyedLimiter<string>({ subjectMax: 1, totalMax: 2, waitingMax: 100 });
  const names = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"];

  const all = names.map((name) => limiter.run(name.charAt(0), work(name)));
  for (const _ of names) await endOne();

  expect(await Promise.all(all)).toEqual(names);
  expect(begun).toEqual(["a1", "b1", "a2", "b2", "c1", "a3", "a4"]);
});

test("what is too much of one or of all is turned away; a failure gives its turn back", async () => {
  const { work, endOne } = held();
  const limiter = openKeyedLimiter<string>({
    subjectMax: 1,
    totalMax: 1,
    waitingMax: 2,
    subjectWaitingMax: 1,
  });
  const first = limiter.run("a", work("a1"));
  const second = limiter.run("a", async () => {
    throw new Error("no");
  });
  const third = limiter.run("b", work("b1"));

  await expect(limiter.run("a", work("a3"))).rejects.toThrow(BatchFull);
  await expect(limiter.run("c", work("c1"))).rejects.toThrow(BatchFull);
  const settled = Promise.allSettled([first, second, third]);
  await endOne();
  await endOne();
  expect((await settled).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});
