import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "./run-program.ts";
import { lastLines, readIfPresent } from "./files.ts";
import { serverSocketOf, socketFolderOf } from "./places.ts";
import {
  isRunning,
  isServerOf,
  listServersOf,
  sendSignal,
  waitUntilEnded,
} from "./process-table.ts";
import { asAccount, plainEnvironment } from "./run-program.ts";

/** A running PostgreSQL, started again whenever it ends without being asked to. */
export type Server = {
  /** Fulfilled when it accepts connections (again); rejected when it does not start. */
  ready(): Promise<void>;
  /** Fulfilled when it has ended and does not start any more, or has ended too often. */
  readonly givenUp: Promise<Error>;
  /** From now on it is not started again when it ends. */
  expectEnd(): void;
  /** Stops it cleanly; resolves when all its processes have ended. */
  stop(): Promise<void>;
};

export type ServerOptions = {
  readonly cluster: string;
  readonly program: string;
  /** settings on the command line, besides the cluster */
  readonly settings: readonly string[];
  readonly account: Account | undefined;
  readonly runFolder: string;
  /** of the keeper before us, whose server may still listen there */
  readonly previousRunFolder: string | undefined;
  readonly logFile: string;
  readonly say: (line: string) => void;
};

/** Recovery after a crash reads at most the log of max_wal_size, which takes its time. */
const startLimitMs = 300_000;
/** How long leftovers of a killed server may keep a new one from starting. */
const leftoverLimitMs = 20_000;
const fastStopLimitMs = 60_000;
const immediateStopLimitMs = 10_000;
/** How often a server that was killed before it was ready is started again. */
const killsMax = 3;
const restartsMax = 10;
const restartsWindowMs = 60_000;

const passingTrouble = /lock file ".*" already exists|pre-existing shared memory block/;

/** Starts the server of a cluster and keeps it running. The caller holds the keeper's lock. */
export function openServer(options: ServerOptions): Server {
  const { say, cluster } = options;
  const giveUp = Promise.withResolvers<Error>();
  const endedAtMs: number[] = [];
  let isStopping = false;
  let launched: Launched | undefined;
  let starting = start();

  async function start(): Promise<void> {
    const startedMs = performance.now();
    let kills = 0;
    for (;;) {
      await endLeftovers(options);
      if (isStopping) throw new Error("The server was asked to stop while it started.");
      launched = launch(options);
      const outcome = await Promise.race([launched.ready, launched.ended]);
      if (outcome === "ready") {
        void launched.ended.then(restart);
        return;
      }
      if (outcome.wasKilled) kills += 1;
      const isPassing = outcome.wasKilled ? kills < killsMax : passingTrouble.test(outcome.log);
      if (isStopping || !isPassing || performance.now() - startedMs > leftoverLimitMs) {
        throw startError(outcome.log);
      }
      await delay(100);
    }
  }

  function restart(): void {
    if (isStopping) return;
    const nowMs = performance.now();
    endedAtMs.push(nowMs);
    const recent = endedAtMs.filter((endedMs) => nowMs - endedMs < restartsWindowMs);
    if (recent.length > restartsMax) {
      giveUp.resolve(new Error(`PostgreSQL ended ${recent.length} times within a minute.`));
      return;
    }
    say("PostgreSQL ended by itself and is started again");
    starting = start();
    starting.catch((error: unknown) => giveUp.resolve(asError(error)));
  }

  async function stop(): Promise<void> {
    isStopping = true;
    if (launched?.hasEnded() === false) await stopProcess(launched.pid, launched.hasEnded);
    await starting.catch(() => {});
    const rest = listServersOf(cluster);
    if (!(await waitUntilEnded(rest, 2_000))) await killAll(listServersOf(cluster));
  }

  const expectEnd = (): void => {
    isStopping = true;
  };
  return { ready: () => starting, givenUp: giveUp.promise, expectEnd, stop };
}

/** How a server ended: what it logged since it was started, and whether it was kill -9. */
type End = { readonly log: string; readonly wasKilled: boolean };

type Launched = {
  readonly pid: number;
  readonly ready: Promise<"ready">;
  readonly ended: Promise<End>;
  hasEnded(): boolean;
};

function launch(options: ServerOptions): Launched {
  const { cluster, account, logFile } = options;
  const log = openSync(logFile, "a", 0o600);
  const logStart = statSync(logFile).size;
  const child = spawn(options.program, ["-D", cluster, ...options.settings], {
    ...asAccount(account),
    cwd: "/",
    env: plainEnvironment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const end = Promise.withResolvers<End>();
  const pid = child.pid ?? 0;
  let hasEnded = child.pid === undefined;
  child.on("error", (error) => end.resolve({ log: error.message, wasKilled: false }));
  if (child.pid !== undefined) {
    const letGo = watch(pid, options);
    child.on("exit", (_code, signal) => {
      hasEnded = true;
      letGo();
      end.resolve({ log: lastLines(logFile, logStart), wasKilled: signal === "SIGKILL" });
    });
  }
  const ready = untilReady(pid, cluster, () => hasEnded).then(async (isReady) => {
    if (isReady) return "ready" as const;
    if (!hasEnded) await stopProcess(pid, () => hasEnded).catch(() => {});
    return new Promise<never>(() => {}); // How it ended is told by `ended`.
  });
  return { pid, ready, ended: end.promise, hasEnded: () => hasEnded };
}

/**
 * The server writes its state into the eighth line of its lock file. Returns false when that did
 * not happen in time.
 */
async function untilReady(pid: number, cluster: string, ended: () => boolean): Promise<boolean> {
  const startedMs = performance.now();
  while (!ended() && performance.now() - startedMs < startLimitMs) {
    const lines = readIfPresent(lockFileIn(cluster))?.split("\n") ?? [];
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return true;
    await delay(10);
  }
  return false;
}

/**
 * Ends the server when the keeper is killed, so that it never runs for ever with nobody to stop it.
 * A shell in a session of its own waits for the end of a pipe that only the keeper holds open.
 * Returns a function to call when the server has ended.
 */
function watch(pid: number, { account, cluster }: ServerOptions): () => void {
  const script =
    'read -r word || { read -r pid < "$2" && test "$pid" = "$1" && kill -INT "$pid"; }';
  const args = ["-c", script, "panelwright-watchdog", String(pid), lockFileIn(cluster)];
  const shell = spawn("/bin/sh", args, {
    ...asAccount(account),
    cwd: "/",
    env: plainEnvironment,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {}); // Without it the next start still ends a server left behind.
  shell.stdin.on("error", () => {});
  return () => shell.stdin.end("done\n");
}

/**
 * Ends what a killed keeper or server left behind. Any such process would keep a new server from
 * starting. Worse, a server in another container, which cannot see it, would write to the same
 * cluster.
 */
async function endLeftovers(options: ServerOptions): Promise<void> {
  const { cluster, runFolder, previousRunFolder, say } = options;
  const pid = Number(readIfPresent(lockFileIn(cluster))?.split("\n")[0] ?? 0);
  if (pid > 0 && isServerOf(pid, cluster)) {
    say(`stopping PostgreSQL (process ${pid}), whose keeper was killed`);
    await stopProcess(pid, () => !isRunning(pid));
  }
  const children = listServersOf(cluster);
  if (!(await waitUntilEnded(children, 2_000))) await killAll(children);
  for (const folder of new Set([previousRunFolder ?? runFolder, runFolder])) {
    await untilNobodyListens(serverSocketOf(folder));
  }
  rmSync(lockFileIn(cluster), { force: true });
  const sockets = socketFolderOf(runFolder);
  for (const name of readdirSync(sockets)) rmSync(join(sockets, name), { force: true });
}

async function untilNobodyListens(socketPath: string): Promise<void> {
  const startedMs = performance.now();
  while (await isListening(socketPath)) {
    if (performance.now() - startedMs > leftoverLimitMs) {
      throw new Error(`Another PostgreSQL still serves this data folder at ${socketPath}.`);
    }
    await delay(50);
  }
}

function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => finish(true));
    socket.on("error", () => finish(false));
  });
}

/** Fast stop, then immediate stop (the next start recovers; nothing acknowledged is lost). */
async function stopProcess(pid: number, hasEnded: () => boolean): Promise<void> {
  sendSignal(pid, "SIGINT");
  if (await untilTrue(hasEnded, fastStopLimitMs)) return;
  sendSignal(pid, "SIGQUIT");
  if (await untilTrue(hasEnded, immediateStopLimitMs)) return;
  await killAll([pid]);
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) sendSignal(pid, "SIGKILL");
  if (await waitUntilEnded(pids, immediateStopLimitMs)) return;
  throw new Error(`Processes of PostgreSQL do not end: ${pids.join(", ")}.`);
}

async function untilTrue(isTrue: () => boolean, limitMs: number): Promise<boolean> {
  const startedMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedMs > limitMs) return false;
    await delay(10);
  }
  return true;
}

function startError(log: string): Error {
  return new Error(`PostgreSQL did not start. The last lines of its log:\n${log}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

const lockFileIn = (cluster: string): string => join(cluster, "postmaster.pid");
