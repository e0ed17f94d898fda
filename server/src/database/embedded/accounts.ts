import { runProgram } from "./run-program.ts";
import type { Account } from "./run-program.ts";

const limitMs = 10_000;

/** Whether this process may act as another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user with this name or number; undefined when the computer has no such user. */
export async function findAccount(nameOrId: string | number): Promise<Account | undefined> {
  const script = 'id -un "$1" && id -u "$1" && id -g "$1"';
  const ran = await runProgram("/bin/sh", ["-c", script, "sh", String(nameOrId)], { limitMs });
  const [name, uid, gid] = ran.output.split("\n");
  if (ran.code !== 0 || name === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * Whether `account` really gets into a folder, tried by a process of that user: permission bits
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
