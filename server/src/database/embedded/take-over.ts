import { existsSync, lchownSync, lstatSync } from "node:fs";
import { findSharedAccount, isRoot } from "./accounts.ts";
import { listServersOf, waitUntilEnded } from "./process-table.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { runProgram } from "./run-program.ts";
import type { Account } from "./run-program.ts";

const limitMs = 600_000;
const leftoverLimitMs = 60_000;

/**
 * Whether a cluster of this user must be moved to a user of its own: it belongs to the shared user,
 * or was moved only in part.
 */
export async function isForTaking(uid: number): Promise<boolean> {
  return uid === 0 || uid === (await findSharedAccount())?.uid;
}

/**
 * Gives a cluster that root's panel had run as the shared user to the server's own one. First the
 * folder is closed, then everything in it changes owner. After a crash in between, the folder
 * belongs to root and the next start goes on. Throws a refusal where the cluster reaches outside
 * its folder. The caller holds the lock.
 */
export async function takeOver(cluster: string, account: Account | undefined): Promise<void> {
  if (!isRoot() || account === undefined || !existsSync(cluster)) return;
  const { uid } = lstatSync(cluster);
  if (uid === account.uid || !(await isForTaking(uid))) return;
  // A second name of a file may belong to somebody else.
  const links = ["(", "-type", "l", "-o", "-type", "f", "-links", "+1", ")"];
  if ((await find(cluster, links)) !== "") {
    throw new EmbeddedRefusal(
      `The database in ${cluster} still belongs to a user that many services share, and holds links ` +
        "to other places, so that the panel does not give it to a user of its own by itself. Do it " +
        `by hand, for the folder and for what the links lead to: chown -R ${account.uid}:${account.gid} …`,
    );
  }
  // A server that outlived its keeper is about to be ended by its watchdog.
  if (!(await waitUntilEnded(listServersOf(cluster), leftoverLimitMs))) {
    throw new EmbeddedRefusal(`PostgreSQL still runs in ${cluster} with no keeper: end it first.`);
  }
  lchownSync(cluster, 0, 0);
  await giveTo(cluster, account);
  // A process that was inside when the folder was closed could leave something behind until now.
  if ((await find(cluster, ["!", "-user", String(account.uid)])) !== "") {
    throw new EmbeddedRefusal(
      `Somebody changes the database in ${cluster} while it is given to a user of its own. Stop what ` +
        "runs as the shared user there, and start again.",
    );
  }
}

/**
 * Gives a folder and everything in it to a user, without following links. The caller is root, and
 * the folder is closed.
 */
export async function giveTo(folder: string, account: Account): Promise<void> {
  const owner = `${account.uid}:${account.gid}`;
  const ran = await runProgram("chown", ["-R", "-h", "-P", owner, folder], { limitMs });
  if (ran.code !== 0) throw new Error(`${folder} could not be given to ${owner}: ${ran.output}`);
}

/** Returns the first match in a folder, itself included; empty where there is none. */
async function find(folder: string, what: readonly string[]): Promise<string> {
  const ran = await runProgram("find", ["-P", folder, ...what, "-print"], { limitMs });
  if (ran.code !== 0) throw new Error(`${folder} could not be looked through: ${ran.output}`);
  return ran.output;
}
