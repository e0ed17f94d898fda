import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { binariesPackage } from "./binaries.ts";
import { lastLines, readIfPresent } from "./files.ts";
import { decode, encode, onLines, parseAddress, protocolVersion } from "./messages.ts";
import type { Address, BirthMessage, Connection, EmbeddedRole, KeeperMessage } from "./messages.ts";
import { addressFileOf, findPlace, keeperLogOf, keeperSocketOf, serverLogOf } from "./places.ts";
import type { Place } from "./places.ts";
import { waitUntilEnded } from "./process-table.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { asAccount, plainEnvironment } from "./run-program.ts";

export type { EmbeddedRole };
export { EmbeddedRefusal };

/** A hold on the PostgreSQL of one data folder; the server runs while anybody holds it. */
export type EmbeddedDatabase = {
  /** for `pg`: the socket's folder as host; the user is the owner of everything (a superuser) */
  readonly connection: Connection;
  /** lines that a person should see, such as which folder is really used */
  readonly notes: readonly string[];
  /** fulfilled when the keeper is gone unasked; open again to have the server back */
  readonly lost: Promise<void>;
  /**
   * Lets go. For the last holder it resolves once the server has stopped and the keeper has ended.
   */
  close(): Promise<void>;
};

/** How long to wait for a keeper to talk to: longer than a slow stop of the previous one. */
const noKeeperLimitMs = 120_000;
/** How long a keeper may say nothing. It reports twice a second while it starts the server. */
const silenceLimitMs = 30_000;
const stopLimitMs = 120_000;
const crashesMax = 3;

const keeperFile = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./keeper.ts" : "./keeper.js", import.meta.url),
);

/**
 * Opens the data folder's own PostgreSQL, creating and starting it if needed. Throws
 * `EmbeddedRefusal` when a person has to change something, such as when another process already
 * holds one of the roles. Throws an `Error` with the end of the server's log when the server does
 * not start. The hold alone does not keep this process alive.
 */
export async function openEmbedded(options: {
  dataFolder: string;
  roles: readonly EmbeddedRole[];
  log?: (line: string) => void;
}): Promise<EmbeddedDatabase> {
  binariesPackage(process.platform, process.arch);
  const { roles, log = () => {} } = options;
  const place = await findPlace(options.dataFolder, keeperFile);
  const startedMs = performance.now();
  let crashes = 0;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const address = readAddress(place);
    if (address !== undefined) {
      const opened = await joinKeeper({ address, place, roles, log });
      if (opened !== undefined) return opened;
    }
    const birth = await startKeeper(place);
    if (birth === "crashed" && (crashes += 1) === crashesMax) {
      throw failure(place, "The keeper of the database ended while it started.");
    }
    if (performance.now() - startedMs > noKeeperLimitMs) {
      throw failure(place, `The database's keeper (${holderText(address)}) cannot be reached.`);
    }
    if (birth !== "listening") await delay(pauseMs);
  }
}

type JoinOptions = {
  readonly address: Address;
  readonly place: Place;
  readonly roles: readonly EmbeddedRole[];
  readonly log: (line: string) => void;
};

/**
 * Becomes a client of the keeper at `address`. Undefined when there is none, or it is just leaving.
 */
async function joinKeeper(options: JoinOptions): Promise<EmbeddedDatabase | undefined> {
  const { address, place, log } = options;
  const socket = await connectTo(keeperSocketOf(address.runFolder));
  if (socket === undefined) return undefined;
  const answer = Promise.withResolvers<Extract<KeeperMessage, { type: "ready" }> | undefined>();
  const goodbye = Promise.withResolvers<{ isLast: boolean }>();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {}); // "close" follows.
  socket.setTimeout(silenceLimitMs, () => {
    answer.reject(failure(place, `The database's keeper (${holderText(address)}) says nothing.`));
    socket.destroy();
  });
  void closed.then(() => answer.resolve(undefined));
  let lastText = "";
  onLines(socket, (line) => {
    const message = decode<KeeperMessage>(line, [
      "starting",
      "ready",
      "refused",
      "failed",
      "goodbye",
    ]);
    if (message?.type === "starting" && message.text !== lastText) log((lastText = message.text));
    else if (message?.type === "ready") answer.resolve(message);
    else if (message?.type === "refused") answer.reject(new EmbeddedRefusal(message.text));
    else if (message?.type === "failed") answer.reject(new Error(message.text));
    else if (message?.type === "goodbye") goodbye.resolve(message);
  });
  const { roles } = options;
  socket.write(encode({ type: "hello", protocol: protocolVersion, pid: process.pid, roles }));
  try {
    const ready = await answer.promise;
    if (ready === undefined) return undefined;
    socket.setTimeout(0);
    socket.unref();
    const notes = [...place.notes, ...ready.notes];
    return hold({ address, place, socket, closed, goodbye: goodbye.promise, ready, notes });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function hold(options: {
  address: Address;
  place: Place;
  socket: Socket;
  closed: Promise<void>;
  goodbye: Promise<{ isLast: boolean }>;
  ready: { readonly connection: Connection };
  notes: readonly string[];
}): EmbeddedDatabase {
  const { address, place, socket, closed, goodbye } = options;
  let closing: Promise<void> | undefined;
  const lost = Promise.withResolvers<void>();
  void closed.then(() => {
    if (closing === undefined) lost.resolve();
  });

  async function leave(): Promise<void> {
    if (socket.destroyed) return;
    socket.ref();
    let isOverdue = false;
    socket.setTimeout(stopLimitMs, () => {
      isOverdue = true;
      socket.destroy();
    });
    socket.write(encode({ type: "bye" }));
    const answer = await Promise.race([goodbye, closed]);
    if (answer?.isLast === false) {
      socket.destroy();
      return;
    }
    // The keeper leaves this connection to the kernel, which closes it when the keeper has ended.
    await closed;
    if (isOverdue) throw failure(place, `The database did not stop (${holderText(address)}).`);
    await waitUntilEnded([address.pid], 2_000);
  }

  return {
    connection: options.ready.connection,
    notes: options.notes,
    lost: lost.promise,
    close: () => (closing ??= leave()),
  };
}

function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = new Socket();
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
    socket.connect(path);
  });
}

/**
 * Starts a keeper, which ends at once ("busy") when another one holds the folder. It is in a
 * session of its own, so that Ctrl-C in our terminal does not reach it.
 */
async function startKeeper(place: Place): Promise<"listening" | "busy" | "crashed"> {
  const { dataFolder, home, keeperAccount } = place;
  assertWritable(place);
  // The shell opens the log as the keeper's user: as root we must not follow links in a user's
  // folder. The keeper takes the shell's place.
  const script = 'umask 077; log=$1; shift; exec "$@" >>"$log" 2>&1';
  const keeper = [process.execPath, "--disable-warning=ExperimentalWarning", keeperFile];
  const args = ["-c", script, "sh", keeperLogOf(home), ...keeper, dataFolder, home];
  const child = spawn("/bin/sh", args, {
    ...asAccount(keeperAccount),
    cwd: "/",
    env: plainEnvironment,
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const line = await firstWords(child);
  child.unref();
  const message = decode<BirthMessage>(line, ["listening", "busy", "refused", "failed"]);
  if (message === undefined) return "crashed";
  if (message.type === "refused") throw new EmbeddedRefusal(message.text);
  if (message.type === "failed") {
    throw failure(place, `The keeper of the database could not start: ${message.text}`);
  }
  return message.type;
}

/** Returns what a new keeper says about itself, or nothing when it ends or hangs silently. */
function firstWords(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const pipe = child.stdio[3];
    if (!(pipe instanceof Socket)) throw new Error("The keeper was started without its pipe.");
    const timer = setTimeout(() => pipe.destroy(), silenceLimitMs);
    let text = "";
    pipe.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.includes("\n")) pipe.destroy();
    });
    pipe.on("error", () => {});
    pipe.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
    child.on("error", reject);
  });
}

function assertWritable(place: Place): void {
  try {
    accessSync(place.home, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new EmbeddedRefusal(
      `The user who starts the panel may not write in ${place.home}, where the database is. ` +
        "Start it as the user who did before, or choose another data folder with PANEL_DATA.",
      { cause: error },
    );
  }
}

function readAddress(place: Place): Address | undefined {
  return parseAddress(readIfPresent(addressFileOf(place.home)) ?? "");
}

function holderText(address: Address | undefined): string {
  return address === undefined ? "process unknown" : `process ${address.pid}`;
}

function failure(place: Place, text: string): Error {
  const logs = [keeperLogOf(place.home), serverLogOf(place.home)].map(
    (file) => `The last lines of ${file}:\n${lastLines(file)}`,
  );
  return new Error([text, ...logs].join("\n"));
}
