import { spawn } from "node:child_process";
import path from "node:path";
import { openLog } from "#log.ts";
import { testDataFolder } from "./database.ts";
import { runCommandLine } from "#cli/cli.ts";
import { asLine } from "#cli/kit/streams.ts";

const main = path.join(import.meta.dirname, "../src/main.ts");

/**
 * Where compiled modules are cached, as the launcher sets it: half of a command's time is reading
 * them.
 */
export const compileCache = path.join(import.meta.dirname, "../../node_modules/.cache/node");

/** How a command line ended. */
export type Run = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json(): unknown;
};

/** The words of a command line that needs no quoting. */
export function words(line: string): string[] {
  return line.split(" ");
}

/** The `PANEL_` variables with which a command uses this database. */
export function panelEnv(databaseUrl: string): Record<string, string> {
  return { PANEL_DATABASE_URL: databaseUrl, PANEL_DATA: testDataFolder(databaseUrl) };
}

/** Runs a command line on a database. */
export function runPanel(databaseUrl: string, ...args: string[]): Promise<Run> {
  return runHere(panelEnv(databaseUrl), ...args);
}

/**
 * Runs a command line with these variables, from its words to its exit code, without a process of
 * its own: starting one takes longer than most commands do.
 */
export async function runHere(env: Record<string, string>, ...args: string[]): Promise<Run> {
  let stdout = "";
  let stderr = "";
  const exitCode = await runCommandLine(args, {
    env,
    print: (text) => (stdout += asLine(text)),
    complain: (text) => (stderr += asLine(text)),
    openLog: (level) => Promise.resolve(openLog(level, { write: (line) => (stderr += line) })),
    startPanel: () => Promise.reject(new Error("a panel is started by runProgram")),
  });
  return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** Runs the program in its own process, with these `PANEL_` variables and no others. */
export function runProgram(variables: Record<string, string>, ...args: string[]): Promise<Run> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("PANEL_"));
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      ...Object.fromEntries(env),
      NODE_COMPILE_CACHE: compileCache,
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      const json = (): unknown => JSON.parse(stdout);
      resolve({ exitCode, stdout, stderr, json });
    });
  });
}
