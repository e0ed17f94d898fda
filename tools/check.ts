/**
 * Every check of the project, those that find a mistake cheapest first; the first that fails ends
 * the run. This is what `npm test` runs. Arguments go to vitest, such as a file name.
 *
 * `--server` runs the server's tests alone, on the PostgreSQL of PANEL_TEST_DATABASE_URL. `--crash`
 * runs the tests that kill processes, `--attack` those that flood them, `--chain` those that carry thousands of orders through three
 * panels, `--simulation` the million random steps: all too slow to run every day.
 *
 * The last line of stdout is always `N passed, N failed` (and `, N skipped` where there are any):
 * the tests as vitest counted them, and each other check as one. The exit code says the same.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { countTests } from "./vitest-report.ts";
import type { Counts } from "./vitest-report.ts";
import { exitCodeOf, forwardSignals, run } from "./launch/child.mjs";

type Outcome = Counts & { readonly exitCode: number };

const root = dirname(import.meta.dirname);
const checks = [
  { name: "oxfmt", script: "oxfmt/bin/oxfmt", args: ["--check"] },
  {
    name: "oxlint",
    script: "oxlint/bin/oxlint",
    args: ["--type-aware", "--deny-warnings", "--report-unused-disable-directives"],
  },
  { name: "tsc", script: "typescript/bin/tsc", args: ["-b"] },
  { name: "knip", script: "knip/bin/knip.js", args: [] },
];

forwardSignals();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const only = ["server", "crash", "attack", "chain", "simulation"].find(
    (project) => args[0] === `--${project}`,
  );
  const filters = only === undefined ? args : args.slice(1);
  if (only === "server" && !process.env["PANEL_TEST_DATABASE_URL"]) {
    process.stderr.write(
      "PANEL_TEST_DATABASE_URL is not set: it names the PostgreSQL server, and a superuser on it, that " +
        "the server's tests are to run on.\n",
    );
    return 1;
  }

  const outcomes: Outcome[] = [];
  for (const check of only === undefined ? checks : []) {
    outcomes.push(await runCheck(check));
    if (outcomes.some(isFailed)) return close(outcomes);
  }
  const project = only === undefined ? [] : [`--project=${only}`];
  outcomes.push(await runVitest([...project, ...filters]));
  return close(outcomes);
}

async function runCheck({ name, script, args }: (typeof checks)[number]): Promise<Outcome> {
  const startedAt = performance.now();
  const ended = await run(process.execPath, [join(root, "node_modules", script), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exitCode = exitCodeOf(ended);
  const isOk = exitCode === 0;
  process.stdout.write(`${isOk ? "✓" : "✗"} ${name} ${secondsSince(startedAt)}\n`);
  if (!isOk) process.stdout.write(`${ended.output.trimEnd()}\n`);
  return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, skipped: 0, exitCode };
}

/** Shows what vitest says while it runs: it takes minutes, and its own output is good. */
async function runVitest(args: readonly string[]): Promise<Outcome> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "panelwright-test-"));
  const report = join(folder, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const ended = await run(process.execPath, [vitest, "run", ...reporters, ...args], {
      cwd: root,
      env: testEnvironment(),
      stdio: ["ignore", "inherit", "inherit"],
    });
    const exitCode = exitCodeOf(ended);
    const counts = countTests(readText(report), exitCode);
    const sign = counts.failed === 0 ? "✓" : "✗";
    process.stdout.write(`${sign} vitest ${secondsSince(startedAt)}\n`);
    return { ...counts, exitCode };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without what the shell says about a real panel: tests must never find its database. */
function testEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([key]) => !key.startsWith("PANEL_") || key.startsWith("PANEL_TEST_"),
  );
  return { ...Object.fromEntries(kept), NODE_ENV: "test" };
}

function close(outcomes: readonly Outcome[]): number {
  const sum = (key: keyof Counts) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const skipped = sum("skipped");
  const tail = skipped > 0 ? `, ${skipped} skipped` : "";
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed${tail}\n`);
  const failed = outcomes.find(isFailed);
  return failed === undefined ? 0 : Math.max(failed.exitCode, 1);
}

function isFailed(outcome: Outcome): boolean {
  return outcome.failed > 0;
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
