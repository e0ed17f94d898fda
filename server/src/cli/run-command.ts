import { spawn } from "node:child_process";
import path from "node:path";
import { testDataFolder } from "#test/database.ts";

const main = path.join(import.meta.dirname, "../main.ts");
// As the launcher sets it: a command line call spends most of its time reading the same modules.
const compileCache = path.join(import.meta.dirname, "../../../node_modules/.cache/node");

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

/** Runs the program with a database, as a shell would, and waits for its end. */
export function runPanel(databaseUrl: string, ...args: string[]): Promise<Run> {
  const PANEL_DATA = testDataFolder(databaseUrl);
  return runProgram({ PANEL_DATABASE_URL: databaseUrl, PANEL_DATA }, ...args);
}

/** Runs the program with these `PANEL_` variables and no others. */
export function runProgram(panelEnv: Record<string, string>, ...args: string[]): Promise<Run> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("PANEL_"));
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      ...Object.fromEntries(env),
      NODE_COMPILE_CACHE: compileCache,
      ...panelEnv,
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
