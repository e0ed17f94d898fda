import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const hasProc = process.platform === "linux";

/**
 * Whether process `pid` runs. A zombie does not: it has ended, but where process 1 does not collect
 * zombies (containers) it would seem to run for ever.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return !stateOf(pid).startsWith("Z");
}

/** Whether `pid` is a running PostgreSQL process whose working folder is `cluster` (a real path). */
export function isServerOf(pid: number, cluster: string): boolean {
  if (!isRunning(pid)) return false;
  if (hasProc) {
    return readProc(pid, "comm").trim() === "postgres" && workingFolderOf(pid) === cluster;
  }
  return psField(pid, "command").includes(cluster);
}

/** All PostgreSQL processes whose working folder is `cluster`. Empty where there is no /proc. */
export function listServersOf(cluster: string): readonly number[] {
  if (!hasProc) return [];
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => isServerOf(pid, cluster));
}

/** Sends a signal to a process that may have ended in the meantime. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone, which is what most signals here are for.
  }
}

/** Waits until none of the processes runs. Returns false when some still do after `limitMs`. */
export async function waitUntilEnded(pids: readonly number[], limitMs: number): Promise<boolean> {
  const startedMs = performance.now();
  while (pids.some(isRunning)) {
    if (performance.now() - startedMs > limitMs) return false;
    await delay(10);
  }
  return true;
}

function stateOf(pid: number): string {
  if (!hasProc) return psField(pid, "stat");
  const stat = readProc(pid, "stat");
  return stat.slice(stat.lastIndexOf(")") + 2);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

function psField(pid: number, field: string): string {
  return spawnSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}
