import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Connection } from "#database/embedded/messages.ts";
import { addressFileOf, clusterOf } from "#database/embedded/places.ts";
import {
  isRunning,
  listServersOf,
  sendSignal,
  waitUntilEnded,
} from "#database/embedded/process-table.ts";

/** What client.ts prints. */
export type TestEvent = {
  readonly event: string;
  readonly text?: string;
  readonly notes?: readonly string[];
  readonly connection?: Connection;
};

/** A process that holds a data folder's database, or tried to. */
export type TestClient = {
  readonly pid: number;
  /** The next event it prints; undefined when it has ended. */
  next(): Promise<TestEvent | undefined>;
  tell(word: "close" | "end"): void;
  kill(): void;
  ended: Promise<void>;
};

/** Commits a row that `select n from kept` finds again. */
export const keepSeven = "drop table if exists kept; create table kept as select 7 as n";

const clientFile = fileURLToPath(new URL("./client.ts", import.meta.url));
const folders: string[] = [];
const clients: TestClient[] = [];
const waitLimitMs = 20_000;

/** Makes a new folder that other users can pass through. `cleanUp` removes it. */
export function makeTestFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), "panelwright-test-"));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

/** Remembers a folder that `cleanUp` has to remove. */
export function removeLater(folder: string): void {
  folders.push(folder);
}

/** Ends all clients, waits for their keepers and servers to end, and removes the test folders. */
export async function cleanUp(kept: readonly string[] = []): Promise<void> {
  for (const client of clients.splice(0)) client.kill();
  const made = folders.splice(0);
  for (const folder of [...made, ...kept]) {
    await until(`all processes of ${folder} ended`, () => processesOf(folder).length === 0);
  }
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}

/** Starts a process that opens the data folder. */
export function startClient(dataFolder: string, roles = "command"): TestClient {
  const child = spawn(process.execPath, [clientFile, dataFolder, roles], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const client: TestClient = {
    pid: child.pid ?? 0,
    next: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : (JSON.parse(line.value) as TestEvent);
    },
    tell: (word) => void child.stdin.write(`${word}\n`),
    kill: () => void child.kill("SIGKILL"),
    ended: new Promise((resolve) => child.on("exit", () => resolve())),
  };
  child.stdin.on("error", () => {}); // It was killed.
  clients.push(client);
  return client;
}

/** Starts a process that opens the data folder, and waits until it has. */
export async function openClient(
  dataFolder: string,
  roles = "command",
): Promise<{ client: TestClient; connection: Connection; notes: readonly string[] }> {
  const client = startClient(dataFolder, roles);
  const said = await client.next();
  if (said?.event !== "opened" || said.connection === undefined) {
    throw new Error(`not opened: ${JSON.stringify(said)}`);
  }
  return { client, connection: said.connection, notes: said.notes ?? [] };
}

/** Closes a client and waits until it says that it has. */
export async function closeClient(client: TestClient): Promise<void> {
  client.tell("close");
  const said = await client.next();
  if (said?.event !== "closed") throw new Error(`not closed: ${JSON.stringify(said)}`);
}

/** Runs one statement over a connection of its own, and returns the rows. */
export async function query(
  connection: Connection,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  client.on("error", () => {}); // The server is killed in some tests.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Repeats a statement until it works, while the server is being restarted. */
export async function queryWhenUp(
  connection: Connection,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const startedMs = performance.now();
  for (;;) {
    try {
      return await query(connection, sql);
    } catch (error) {
      if (performance.now() - startedMs > waitLimitMs) throw error;
      await delay(20);
    }
  }
}

/** The process id of a home's keeper, from its address file. */
export function keeperOf(home: string): number {
  const address: unknown = JSON.parse(readFileSync(addressFileOf(home), "utf8"));
  return (address as { pid: number }).pid;
}

/** The process id of a home's postmaster, from its lock file. */
export function postmasterOf(home: string): number {
  return Number(readFileSync(join(clusterOf(home), "postmaster.pid"), "utf8").split("\n")[0]);
}

/** Kills processes and waits until they have ended. */
export async function killNow(pids: readonly number[]): Promise<void> {
  for (const pid of pids) sendSignal(pid, "SIGKILL");
  if (!(await waitUntilEnded(pids, waitLimitMs))) throw new Error("killed processes still run");
}

/** Every process that belongs to a folder, by its command line or working folder. */
export function processesOf(folder: string): readonly number[] {
  const listed = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).stdout.split("\n");
  const named = listed
    .filter((line) => line.includes(folder) && !line.includes("embedded/client.ts"))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => isRunning(pid));
  return [...new Set([...named, ...listServersOf(clusterOf(folder))])];
}

/** Waits until a condition holds. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedMs > waitLimitMs)
      throw new Error(`it never came to be: ${what}`);
    await delay(15);
  }
}
