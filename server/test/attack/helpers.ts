import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Attacked, AttackerTask } from "./attacker.ts";
import type { CustomersTask, Served } from "./customers.ts";

/** A process with a task. `result` is what it reports at its end. */
export type Helper<Result> = {
  readonly result: Promise<Result>;
  /** Ends it before its time. */
  stop(): void;
};

/** Honest customers in a process of their own. */
export function sendCustomers(task: CustomersTask): Helper<Served> {
  return start<Served>("customers.ts", task);
}

/** An attacker in a process of his own. */
export function sendAttacker(task: AttackerTask): Helper<Attacked> {
  return start<Attacked>("attacker.ts", task);
}

/** The address of the hostile feeds. */
export async function serveHostileFeeds(): Promise<{ readonly url: string; stop(): void }> {
  const { result, stop } = start<{ url: string }>("hostile-feeds.ts");
  return { url: (await result).url, stop };
}

function start<Result>(script: string, task?: CustomersTask | AttackerTask): Helper<Result> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, script), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const result = new Promise<Result>((resolve, reject) => {
    child.once("message", (said) => resolve(said as Result));
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  // A caller who stops it early does not wait for a result.
  result.catch(() => {});
  if (task !== undefined) child.send(task);
  return { result, stop: () => child.disconnect() };
}

const ticksPerSecond = 100;

/** The processor time that a process has used so far, in seconds. */
function cpuOf(stat: string, withEnded: boolean): number {
  // The name is in brackets and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, withEnded ? 15 : 13);
  return ticks.reduce((sum, ticked) => sum + Number(ticked), 0) / ticksPerSecond;
}

/** Processor time of a process and its living and ended children, in seconds. */
export function cpuSecondsOf(pid: number): number {
  let sum = cpuOf(readFileSync(`/proc/${pid}/stat`, "utf8"), true);
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = readOr(`/proc/${name}/stat`);
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (Number(parent) === pid) sum += cpuOf(stat, true);
  }
  return sum;
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** The most memory that a process has held so far, in MB; 0 if it is gone. */
export function peakMemoryMb(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

export function isAlive(pid: number): boolean {
  const stat = readOr(`/proc/${pid}/stat`);
  return stat !== "" && !stat.includes(") Z ");
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Prints the figures of a run on the terminal: this command is for measuring. */
export function report(what: string, figures: Readonly<Record<string, unknown>>): void {
  const words = Object.entries(figures).map(([name, value]) => {
    return `${name} ${JSON.stringify(typeof value === "number" ? Number(value.toFixed(3)) : value)}`;
  });
  process.stderr.write(`  ${what}: ${words.join(", ")}\n`);
}

/** What blocked a panel's event loop, according to its watchdog, for the report. */
export function blockagesIn(output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line.includes("event loop was blocked"));
  return lines.map((line) => /"ms":\d+,"what":"[^"]*"/.exec(line)?.[0] ?? line);
}
