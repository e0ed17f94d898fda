import { chownSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./run-program.ts";
import type { Binaries } from "./binaries.ts";
import { errorCode, readIfPresent, syncPath } from "./files.ts";
import { clusterOf } from "./places.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { runProgram } from "./run-program.ts";

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
 * All is made, and written to disk, under another name: a rename is the moment the cluster exists.
 * Whatever ends us before leaves a draft, which the next start removes.
 */
async function makeCluster(options: ClusterOptions): Promise<void> {
  const draft = mkdtempSync(join(options.home, draftPrefix)); // Its mode is 0700.
  const { account } = options;
  if (account !== undefined) chownSync(draft, account.uid, account.gid);
  try {
    await initialise(draft, options);
    // The rest of the tree was written to disk by initdb and by the checkpoint of the last command.
    renameSync(draft, clusterOf(options.home));
    syncPath(options.home);
  } catch (error) {
    removeDraft(draft);
    throw error;
  }
}

async function initialise(draft: string, options: ClusterOptions): Promise<void> {
  const { binaries, account, signal } = options;
  const run = { account, signal, limitMs: initLimitMs };
  // The order of text is PostgreSQL's own, alike on every computer. The C library only says what a
  // letter is to text search, so any locale that knows Unicode will do.
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
  // This mode ends with 0 whatever the commands did, so its words decide.
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
    // Who reaches the socket is decided by its folder, which is the server's alone (and root's).
    "--auth-local=trust",
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

/** An initdb that outlived its keeper may still write into it: then a later start removes it. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // Left for the next start.
  }
}
