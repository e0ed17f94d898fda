import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeAccess } from "./access.ts";
import { canEnter, isRoot } from "./accounts.ts";
import type { Account } from "./run-program.ts";
import { findBinariesPackage, prepareBinaries } from "./binaries.ts";
import { databaseName, ensureCluster, ownerRole } from "./cluster.ts";
import { replaceFile } from "./files.ts";
import type { Connection } from "./messages.ts";
import {
  clusterOf,
  makeSystemFolder,
  serverLogOf,
  serverPort,
  settingsFileOf,
  socketFolderOf,
} from "./places.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { openServer } from "./server.ts";
import type { Server } from "./server.ts";
import { customSettingsName, fixedSettings, settingsText, usableMemoryBytes } from "./settings.ts";

export type StartedServer = {
  readonly server: Server;
  readonly connection: Connection;
  readonly notes: readonly string[];
};

/**
 * Prepares the programs, makes the cluster unless there is one, writes the settings and starts the
 * server, which may not be ready yet on return. Throws when `signal` aborts. The caller holds the
 * lock.
 */
export async function startServer(options: {
  home: string;
  account: Account | undefined;
  runFolder: string;
  previousRunFolder: string | undefined;
  signal: AbortSignal;
  say: (line: string) => void;
  /** told, in words for a person, what is being done */
  onProgress: (text: string) => void;
}): Promise<StartedServer> {
  const { home, account, runFolder, signal, say, onProgress } = options;
  await assertHomeIsOpen(home, account);
  const binaries = await prepareBinaries({
    packageFolder: findBinariesPackage(),
    copiesFolder: isRoot() ? makeSystemFolder() : home,
    account,
  });
  if (!existsSync(clusterOf(home))) onProgress("The database is being made (first start).");
  const found = await ensureCluster({ home, binaries, account, signal });
  say(`cluster ${found}`);
  onProgress("The database is starting.");
  const hasCustom = existsSync(join(home, customSettingsName));
  const settings = settingsText({
    hasLz4: binaries.hasLz4,
    memoryBytes: usableMemoryBytes(),
    customFile: hasCustom ? customSettingsName : undefined,
  });
  // The file holds nothing secret, and the server's user has to read it.
  replaceFile(settingsFileOf(home), settings, 0o644);
  await writeAccess(home);
  signal.throwIfAborted();
  const server = openServer({
    cluster: clusterOf(home),
    program: binaries.postgres,
    settings: fixedSettings({ home, runFolder }),
    account,
    runFolder,
    previousRunFolder: options.previousRunFolder,
    logFile: serverLogOf(home),
    say,
  });
  const host = socketFolderOf(runFolder);
  const connection = { host, port: serverPort, user: ownerRole, database: databaseName };
  return { server, connection, notes: binaries.notes };
}

/** A cluster may no longer be reachable: this says so in better words than PostgreSQL's. */
async function assertHomeIsOpen(home: string, account: Account | undefined): Promise<void> {
  if (account === undefined || (await canEnter(account, home))) return;
  throw new EmbeddedRefusal(
    `The database lies in ${home}, and the user who runs PostgreSQL for root (${account.name}) ` +
      "cannot get in there any more. Let others pass through that folder and those above it " +
      "(chmod o+x), or start the panel as an ordinary user who owns the folder.",
  );
}
