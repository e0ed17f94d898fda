import type { TestPanel } from "#test/panel.ts";
import type { Random } from "#test/scenarios/random.ts";
import type { AccountId } from "#values/ids.ts";
import { announce, askCancel, askRefill, buy, buyMany, repeat } from "./customers.ts";
import type { Deed } from "./customers.ts";
import {
  answerRequest,
  changeOffer,
  changePanel,
  changeRules,
  changeRuns,
  changeTerms,
  moveByHand,
  moveMoney,
  resend,
  review,
  settle,
} from "./operators.ts";
import { proveStep } from "./prove-step.ts";
import { proveTruth, proveWhole } from "./prove-whole.ts";
import { settleDown } from "./settle-down.ts";
import { turnClock, work } from "./work.ts";
import { openWorld } from "./world.ts";
import type { World } from "./world.ts";

export type SimulationOptions = {
  readonly random: Random;
  readonly steps: number;
  /** How many deeds are done in parallel; each counts as a step. One at a time is repeatable. */
  readonly width: number;
  /** Is told the progress now and then. */
  tell(progress: string): void;
};

export type Simulation = {
  /** What was wrong, from the first step at which something was. Empty: proven. */
  readonly faults: readonly string[];
  readonly steps: number;
  /** How often each deed was done, most frequent first. */
  readonly counts: readonly string[];
};

/** What may happen in a step, with relative frequency. */
const deeds: readonly (readonly [number, Deed])[] = [
  [16, buy],
  [4, repeat],
  [2, buyMany],
  [6, announce],
  [5, askRefill],
  [4, askCancel],
  [3, moveMoney],
  [1, changeTerms],
  [1.5, changeOffer],
  [2.5, moveByHand],
  [2, resend],
  [2.5, settle],
  [2.5, changeRuns],
  [2, review],
  [2, answerRequest],
  [1, changePanel],
  [0.5, changeRules],
  [36, work],
  [9, turnClock],
];
const weights = deeds.reduce((sum, [weight]) => sum + weight, 0);
const rollsMax = 2 ** 31;
const wholesMin = 4;
const stepsBetweenWholes = 20_000;
const faultsMax = 20;

/**
 * Lets customers, operators, providers and the clock act by chance. Proves what was touched after
 * every step, and the whole panel now and then. At last everything comes to its end.
 */
export async function runSimulation(
  panel: TestPanel,
  { random, steps, width, tell }: SimulationOptions,
): Promise<Simulation> {
  const world = await openWorld(panel, random, { isRepeatable: width === 1 });
  const between = Math.min(stepsBetweenWholes, Math.ceil(steps / wholesMin));
  let done = 0;
  const ended = (faults: readonly string[]): Simulation => ({
    faults: faults.slice(0, faultsMax).map((fault) => `step ${done}: ${fault}`),
    steps: done,
    counts: [...world.memory.counts]
      .toSorted((a, b) => b[1] - a[1])
      .map(([what, times]) => `${times} ${what}`),
  });
  try {
    let nextWhole = between;
    let since = performance.now();
    while (done < steps) {
      const faults = await takeStep(world, width);
      done += width;
      if (faults.length === 0 && done >= nextWhole) {
        nextWhole += between;
        const stepsMs = performance.now() - since;
        faults.push(...(await proveWhole(world)));
        const wholeMs = performance.now() - since - stepsMs;
        tell(`${done} steps, ${perSecond(between, stepsMs)}; proven in ${seconds(wholeMs)}`);
        since = performance.now();
      }
      if (faults.length > 0) return ended(faults);
    }
    since = performance.now();
    const open = await settleDown(world);
    tell(`everything has ended, in ${seconds(performance.now() - since)}`);
    const floors = floorsOf(world);
    return ended([
      ...open,
      ...world.takeErrors(),
      ...(await proveStep(world, floors)),
      ...(await proveWhole(world)),
      ...(await proveTruth(world)),
    ]);
  } finally {
    await world.close();
  }
}

async function takeStep(world: World, width: number): Promise<string[]> {
  const before = floorsOf(world);
  const chosen = Array.from({ length: width }, () => pickDeed(world.random));
  // The clock is only turned while nothing is under way.
  const together = chosen.filter((deed) => deed !== turnClock);
  const failures: string[] = [];
  const act = async (deed: Deed) => {
    try {
      world.memory.count(await deed(world));
    } catch (error) {
      failures.push(`${deed.name} failed: ${wordsOf(error)}`);
    }
  };
  await Promise.all(together.map(act));
  if (together.length < width) await act(turnClock);
  const after = floorsOf(world);
  const lowest = new Map(
    [...after].map(([id, floor]) => {
      const was = before.get(id) ?? floor;
      return [id, was < floor ? was : floor] as const;
    }),
  );
  const faults = [...failures, ...world.takeErrors(), ...(await proveStep(world, lowest))];
  return faults.length === 0
    ? []
    : [`did ${chosen.map((deed) => deed.name).join(", ")}`, ...faults];
}

function pickDeed(random: Random): Deed {
  let roll = (random.int(0, rollsMax - 1) / rollsMax) * weights;
  for (const [weight, deed] of deeds) {
    if (roll < weight) return deed;
    roll -= weight;
  }
  return work;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function perSecond(steps: number, ms: number): string {
  return `${Math.round((steps / ms) * 1000)} a second`;
}

function floorsOf({ memory }: World): Map<AccountId, bigint> {
  return new Map([...memory.accounts].map(([id, { floor }]) => [id, floor]));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
