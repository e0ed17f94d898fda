/**
 * The keeper: the process that is PostgreSQL's parent for one data folder. Clients hold a
 * connection to it, which the kernel closes however they end. When the last client is gone, the
 * keeper stops the server and ends. Started by embedded.ts as `keeper.ts <data folder> <home>`.
 */
import { once } from "node:events";
import { closeSync, rmSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import type { Server as SocketServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "./run-program.ts";
import { createClients } from "./clients.ts";
import type { Clients } from "./clients.ts";
import { readIfPresent, replaceFile } from "./files.ts";
import { takeLock } from "./lock.ts";
import { trimLogs } from "./logs.ts";
import { encode, parseAddress } from "./messages.ts";
import type { BirthMessage } from "./messages.ts";
import * as places from "./places.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { startServer } from "./start-server.ts";
import type { StartedServer } from "./start-server.ts";

const birthDescriptor = 3;
/**
 * A keeper that is just ending frees the lock within this time; a working one holds it for long.
 */
const lockWaitMs = 100;
/** How long the server outlives a client that was killed, so that its successor finds it running. */
const lingerMs = 300;
/** How long the process that started the keeper has to connect. */
const firstClientMs = 3_000;
/**
 * How long clients have to leave after SIGTERM: systemd sends it to them and to the keeper at once.
 */
const graceMs = 5_000;
/** How long clients have to read why they get no database. */
const farewellMs = 1_000;

let hasToldStarter = false;

const [dataFolder, home] = process.argv.slice(2);
if (dataFolder === undefined || home === undefined) throw new Error("keeper <data folder> <home>");
// A log that cannot be written, on a full disk, is not a reason to stop the database.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
await keep(dataFolder, home);

async function keep(dataFolder: string, home: string): Promise<void> {
  process.umask(0o077);
  try {
    const lock = takeLock(places.lockFileOf(home), lockWaitMs);
    if (lock === undefined) {
      tellStarter({ type: "busy" });
      return;
    }
    await serve(dataFolder, home);
    lock.release();
  } catch (error) {
    say(`failed: ${textOf(error)}`);
    tellStarter({
      type: error instanceof EmbeddedRefusal ? "refused" : "failed",
      text: textOf(error),
    });
  }
  process.exit();
}

/** Resolves when everything is stopped and tidied up. The caller holds the lock. */
async function serve(dataFolder: string, home: string): Promise<void> {
  say("keeper started");
  const trimming = trimLogs([places.serverLogOf(home), places.keeperLogOf(home)]);
  const previous = parseAddress(readIfPresent(places.addressFileOf(home)) ?? "");
  const account = await places.findServerAccount(home);
  const cancel = new AbortController();
  const leave = Promise.withResolvers<string>();
  let started: StartedServer | undefined;
  let progress = "The database is starting.";

  const clients = createClients({
    dataFolder,
    ready: async () => {
      const { server, connection, notes } = await begun;
      await server.ready();
      return { connection, notes };
    },
    progress: () => progress,
    onLastGone: (how) => void letGo(how),
  });
  const { runFolder, listener } = await listen(home, account, clients.welcome);
  const address = { pid: process.pid, runFolder };
  replaceFile(places.addressFileOf(home), `${JSON.stringify(address)}\n`, 0o600);
  const begun = begin();
  tellStarter({ type: "listening" });

  async function begin(): Promise<StartedServer> {
    started = await startServer({
      home,
      account,
      runFolder,
      previousRunFolder: previous?.runFolder,
      signal: cancel.signal,
      say,
      onProgress: (text) => (progress = text),
    });
    if (cancel.signal.aborted) await started.server.stop();
    void started.server.givenUp.then((error) => leave.resolve(error.message));
    await started.server.ready();
    say("PostgreSQL is ready");
    return started;
  }

  async function letGo(how: "bye" | "lost"): Promise<void> {
    if (how === "lost") await delay(lingerMs);
    if (clients.isEmpty()) leave.resolve("the last client is gone");
  }

  let signals = 0;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      signals += 1;
      leave.resolve(signal);
      started?.server.expectEnd();
    });
  }
  process.on("uncaughtException", (error) => {
    say(`a bug: ${error.stack ?? error.message}`);
    leave.resolve("a bug");
  });
  begun.then(
    () => void delay(firstClientMs).then(() => letGo("bye")),
    (error: unknown) => {
      say(`not started: ${textOf(error)}`);
      const type = error instanceof EmbeddedRefusal ? "refused" : "failed";
      clients.refuseAll({ type, text: textOf(error) });
      leave.resolve("not started");
    },
  );

  say(`leaving: ${await leave.promise}`);
  listener.close();
  clients.closeDoor();
  const patienceMs = signals > 0 ? graceMs : farewellMs;
  const startedMs = performance.now();
  while (!clients.isEmpty() && signals < 2 && performance.now() - startedMs < patienceMs) {
    await delay(20);
  }
  cancel.abort();
  await started?.server.stop();
  await begun.catch(() => {});
  say("PostgreSQL has stopped");
  clearInterval(trimming);
  rmSync(places.addressFileOf(home), { force: true });
  places.removeRunFolder(runFolder);
}

/** Listens in the home, or in /tmp where the home's file system has no sockets. */
async function listen(
  home: string,
  account: Account | undefined,
  welcome: Clients["welcome"],
): Promise<{ runFolder: string; listener: SocketServer }> {
  for (const besideHome of [false, true]) {
    const runFolder = places.makeRunFolder(home, account, besideHome);
    const socketPath = places.keeperSocketOf(runFolder);
    rmSync(socketPath, { force: true }); // Left by a killed keeper: we hold its lock now.
    const listener = createServer(welcome);
    try {
      listener.listen(socketPath);
      await once(listener, "listening");
      return { runFolder, listener };
    } catch (error) {
      say(`no socket in ${runFolder}: ${textOf(error)}`);
      places.removeRunFolder(runFolder);
      if (besideHome) throw error;
    }
  }
  throw new Error("unreachable");
}

/** Only once: the descriptor's number may mean another file afterwards. */
function tellStarter(message: BirthMessage): void {
  if (hasToldStarter) return;
  hasToldStarter = true;
  try {
    writeSync(birthDescriptor, encode(message));
    closeSync(birthDescriptor);
  } catch {
    // The process that started the keeper is gone.
  }
}

/** Standard output is the keeper's log file. */
function say(line: string): void {
  const time = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    timeZone: "UTC",
  }).format();
  process.stdout.write(`${time} [${process.pid}] ${line}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
