import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** A process of the benchmark's own that listens somewhere. */
export type Listening = {
  readonly url: string;
  readonly pid: number;
  /** Its resident memory now, in MB. */
  memoryMb(): number;
  isRunning(): boolean;
  stop(): Promise<void>;
};

// As the launcher starts the panel.
const nodeFlags = [
  "--disable-warning=ExperimentalWarning",
  "--max-semi-space-size=32",
  "--max-old-space-size=1024",
];

/** Starts a program and waits for its line `Listening on …`. */
export async function listen(
  script: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Listening> {
  const child = spawn(
    process.execPath,
    [...nodeFlags, path.join(import.meta.dirname, script), ...args],
    { env: { PATH: process.env["PATH"] ?? "", ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await firstUrl(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} did not start`);
  return {
    url,
    pid,
    memoryMb: () => residentMb(pid),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return;
    createInterface(child.stdout).on("line", (line) => {
      const url = /Listening on (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`the process ended with ${code}`)));
  });
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Starts the API of a panel over a benchmark's database. */
export function listenPanel(database: {
  readonly url: string;
  readonly folder: string;
}): Promise<Listening> {
  return listen("../src/main.ts", ["start", "--roles", "api"], {
    PANEL_DATABASE_URL: database.url,
    PANEL_DATA: database.folder,
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "warn",
    // As `npm start` does: types are stripped once, not in every process.
    NODE_COMPILE_CACHE: path.join(database.folder, "compile-cache"),
  });
}
