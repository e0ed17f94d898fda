import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { seededRandom } from "#test/scenarios/random.ts";
import { runSimulation } from "./simulation.ts";

const steps = Number(process.env["SIM_STEPS"] ?? 3000);
const width = Number(process.env["SIM_WIDTH"] ?? 1);
const random = seededRandom(process.env["SIM_SEED"]);
const secondsPerStep = 0.1;

const panel = testPanel({ roles: ["web"] });

test(
  `nothing is lost, doubled or unlawful in ${steps} random steps (SIM_SEED=${random.seed})`,
  async () => {
    const tell = (line: string) => {
      if (process.env["SIM_STEPS"] !== undefined) process.stdout.write(`${line}\n`);
    };
    tell(`SIM_SEED=${random.seed}`);
    const { faults, counts } = await runSimulation(panel, { random, steps, width, tell });
    for (const count of counts) tell(count);
    expect(faults).toEqual([]);
  },
  120_000 + steps * secondsPerStep * 1000,
);
