import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import type { Account } from "./run-program.ts";
import type { Binaries } from "./binaries.ts";
import { findSharedAccount } from "./accounts.ts";
import { errorCode, readIfPresent, syncPath } from "./files.ts";
import { clusterOf } from "./places.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { runProgram } from "./run-program.ts";
import { giveTo, takeOver } from "./take-over.ts";

export const ownerRole = "panelwright_owner";
export const databaseName = "panelwright";

const initLimitMs = 180_000;
const draftPrefix = "postgres.init-";

type ClusterOptions = {
  readonly home: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly signal: AbortSignal;
};

/**
 * Makes the cluster of `home` unless there is one. Throws a refusal when what is there was written
 * by another major version, or is no cluster. The caller holds the keeper's lock.
 */
export async function ensureCluster(options: ClusterOptions): Promise<"found" | "made"> {
  const { home, binaries } = options;
  for (const name of readdirSync(home)) {
    if (name.startsWith(draftPrefix)) removeDraft(join(home, name));
  }
  const cluster = clusterOf(home);
  await takeOver(cluster, options.account);
  const major = readIfPresent(join(cluster, "PG_VERSION"))?.trim();
  if (major === binaries.major) return "found";
  if (major !== undefined) {
    throw new EmbeddedRefusal(
      `The database in ${cluster} was written by PostgreSQL ${major}, and this version of the ` +
        `panel brings PostgreSQL ${binaries.major}, which cannot read it. Make a backup with the ` +
        "version of the panel that wrote it, then restore that backup with this version into an " +
        "empty data folder.",
    );
  }
  if (!isAbsentOrEmpty(cluster)) {
    throw new EmbeddedRefusal(
      `${cluster} holds files, but no database. Move it away to begin with an empty database, ` +
        "or bring back the files that are missing.",
    );
  }
  await makeCluster(options);
  return "made";
}

/**
 * Everything is made, and written to disk, under another name; the rename is the moment the cluster
 * exists. A process that ends before leaves a draft, which the next start removes.
 */
async function makeCluster(options: ClusterOptions): Promise<void> {
  const draft = mkdtempSync(join(options.home, draftPrefix)); // Its mode is 0700.
  const made = join(draft, "cluster");
  const { account } = options;
  try {
    mkdirSync(made, { mode: 0o700 });
    if (account === undefined) await initialise(made, options);
    else await initialiseFor(account, draft, made, options);
    // The rest of the tree was written to disk by initdb and by the checkpoint of the last command.
    renameSync(made, clusterOf(options.home));
    syncPath(options.home);
  } finally {
    removeDraft(draft);
  }
}

/**
 * `initdb` requires a user that has a name, and the server's own user has none. So it runs as the
 * shared user, in a group that nobody else is in, behind a folder that only this group may enter.
 * No other process of the shared user gets in or gets hold of initdb (which takes the same group).
 */
async function initialiseFor(
  account: Account,
  draft: string,
  made: string,
  options: ClusterOptions,
): Promise<void> {
  const shared = await findSharedAccount();
  if (shared === undefined) {
    throw new EmbeddedRefusal(
      'PostgreSQL cannot be set up by root, and this computer has no user "nobody" to do it. ' +
        "Start the panel as an ordinary user, or set PANEL_DATABASE_URL.",
    );
  }
  chownSync(draft, 0, account.gid);
  chmodSync(draft, 0o710);
  chownSync(made, shared.uid, account.gid);
  await initialise(made, { ...options, account: { ...shared, gid: account.gid } });
  chmodSync(draft, 0o700);
  await giveTo(made, account);
}

async function initialise(draft: string, options: ClusterOptions): Promise<void> {
  const { binaries, account, signal } = options;
  const run = { account, signal, limitMs: initLimitMs };
  // Text is ordered by PostgreSQL's own rules, alike on every computer. The C library only tells
  // text search what a letter is, so any locale that knows Unicode will do.
  let output = "";
  for (const letters of ["C.UTF-8", "en_US.UTF-8", "C"]) {
    const ran = await runProgram(binaries.initdb, initdbArguments(draft, letters), run);
    output = ran.output;
    if (ran.code === 0) break;
    if (!output.includes("invalid locale name")) throw initError("initdb", output);
  }
  if (readIfPresent(join(draft, "PG_VERSION")) === undefined) throw initError("initdb", output);
  const single = await runProgram(binaries.postgres, ["--single", "-D", draft, "postgres"], {
    ...run,
    input: `create database ${databaseName}\n`,
  });
  // This mode exits with 0 whatever the commands did, so its output decides.
  if (single.code !== 0 || /\b(ERROR|FATAL|PANIC):/.test(single.output)) {
    throw initError("postgres --single", single.output);
  }
}

function initdbArguments(folder: string, letters: string): readonly string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${ownerRole}`,
    "--data-checksums",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    `--lc-ctype=${letters}`,
    // A file of the panel's own (access.ts) decides who may connect; this one is never read.
    "--auth-local=reject",
    "--auth-host=reject",
    "--no-instructions",
  ];
}

function initError(program: string, output: string): Error {
  const lines = output.split("\n").slice(-15).join("\n");
  return new Error(`The database could not be made. The last lines of ${program}:\n${lines}`);
}

function isAbsentOrEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw error;
  }
}

/**
 * An initdb that outlived its keeper may still write into the draft: then a later start removes it.
 */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // Left for the next start.
  }
}
