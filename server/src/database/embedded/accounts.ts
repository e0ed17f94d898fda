import { createHash } from "node:crypto";
import { EmbeddedRefusal } from "./refusal.ts";
import { runProgram } from "./run-program.ts";
import type { Account } from "./run-program.ts";

const limitMs = 10_000;

/** Whether this process may act as another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Returns the user with this name or number; undefined when the computer has no such user. */
export async function findAccount(nameOrId: string | number): Promise<Account | undefined> {
  const script = 'id -un "$1" && id -u "$1" && id -g "$1"';
  const ran = await runProgram("/bin/sh", ["-c", script, "sh", String(nameOrId)], { limitMs });
  const [name, uid, gid] = ran.output.split("\n");
  if (ran.code !== 0 || name === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * Numbers that people, system users, containers and systemd do not use, all below 2^16, so that
 * they exist in a container too.
 */
const ownNumbers = { first: 60_706, count: 478 };

/**
 * For root: the user number to run this folder's server as. It has no name, so that no login and no
 * other service has the server's rights. The same folder always gets the same number.
 */
export async function findOwnAccount(home: string): Promise<Account> {
  const start = createHash("sha256").update(home).digest().readUInt32LE();
  for (let step = 0; step < ownNumbers.count; step += 1) {
    const id = ownNumbers.first + ((start + step) % ownNumbers.count);
    if (!(await isTaken(id))) return { uid: id, gid: id, name: `number ${id}` };
  }
  throw new EmbeddedRefusal(
    "PostgreSQL does not run as root, and this computer has no user number left to run it as. Start " +
      "the panel as an ordinary user, or set PANEL_DATABASE_URL.",
  );
}

async function isTaken(id: number): Promise<boolean> {
  const script = 'id -un "$1" || getent group "$1"';
  return (await runProgram("/bin/sh", ["-c", script, "sh", String(id)], { limitMs })).code === 0;
}

/** The user that many services share: each of them has the rights of all the others. */
export async function findSharedAccount(): Promise<Account | undefined> {
  return findAccount("nobody");
}

/**
 * Whether `account` can really enter a folder, tried by a process of that user: permission bits
 * alone do not tell (access lists, security modules, network file systems).
 */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  const ran = await runProgram("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { account, limitMs });
  return ran.code === 0;
}

/** Whether `account` can read a file and run a program. */
export async function canUse(
  account: Account,
  paths: { readonly file: string; readonly program: string },
): Promise<boolean> {
  const script = 'test -r "$1" && test -x "$2"';
  const args = ["-c", script, "sh", paths.file, paths.program];
  return (await runProgram("/bin/sh", args, { account, limitMs })).code === 0;
}
