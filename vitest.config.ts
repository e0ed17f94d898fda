import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const setup = "server/test/global-setup.ts";
const globalSetup = existsSync(new URL(setup, import.meta.url)) ? [setup] : [];

/** Starts processes and waits for them: a slow machine must not fail such a test. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000 };

const projects = [
  { name: "tools", include: ["tools/**/*.test.ts"], ...patient },
  { name: "contract", include: ["contract/**/*.test.ts"] },
  {
    name: "server",
    include: ["server/src/**/*.test.ts", "server/test/**/*.test.ts"],
    exclude: ["server/test/{crash,attack}/**"],
    globalSetup,
    ...patient,
  },
  {
    name: "sdk",
    include: ["sdk/**/*.test.ts"],
    globalSetup,
    ...patient,
  },
  {
    name: "web",
    include: ["web/**/*.test.ts", "web/**/*.test.tsx"],
    exclude: ["web/dist/**"],
    ...patient,
  },
];

/** Kills processes for minutes, one after the other: only where it is asked for by name. */
const crash = {
  name: "crash",
  include: ["server/test/crash/**/*.test.ts"],
  globalSetup,
  fileParallelism: false,
  testTimeout: 600_000,
  hookTimeout: 120_000,
};

/** Floods panels for minutes, and measures who still is served: only by name as well, and alone. */
const attack = {
  name: "attack",
  include: ["server/test/attack/**/*.test.ts"],
  globalSetup,
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** What `npm test` does with a few hundred orders, with thousands: only by name as well. */
const chain = {
  name: "chain",
  include: ["server/test/chain/**/*.test.ts"],
  globalSetup,
  fileParallelism: false,
  testTimeout: 3_600_000,
  hookTimeout: 120_000,
  env: { CHAIN_ORDERS: process.env["CHAIN_ORDERS"] ?? "10000" },
};

/** What `npm test` does in a few thousand random steps, in a million: only by name as well. */
const simulation = {
  name: "simulation",
  include: ["server/test/simulation/**/*.test.ts"],
  globalSetup,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  env: {
    SIM_STEPS: process.env["SIM_STEPS"] ?? "1000000",
    SIM_WIDTH: process.env["SIM_WIDTH"] ?? "16",
  },
};

const asked = [crash, attack, chain, simulation].find(({ name }) =>
  process.argv.includes(`--project=${name}`),
);

export default defineConfig({
  test: {
    // A test owns processes and a database: it needs a process of its own, and two fill two cores.
    pool: "forks",
    maxWorkers: 2,
    // An output line of a test that passed is nobody's business.
    silent: "passed-only",
    allowOnly: false,
    projects: (asked === undefined ? projects : [asked]).map((project) => ({
      extends: true,
      test: project,
    })),
  },
});
