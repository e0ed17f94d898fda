import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { canEnter, canUse, findAccount, findOwnAccount, isRoot } from "./accounts.ts";
import type { Account } from "./run-program.ts";
import { createFile, errorCode, makeFolder, readIfPresent } from "./files.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { isForTaking } from "./take-over.ts";

/**
 * Where a panel started as root keeps what the server's user could not reach in its usual place.
 */
const systemFolder = "/var/lib/panelwright";

/** Where everything of one data folder's database lies. All paths are real paths. */
export type Place = {
  readonly dataFolder: string;
  /** holds the cluster, the lock, the logs: the data folder itself unless that is out of reach */
  readonly home: string;
  /** the user who runs the keeper, where that is not the user of this process */
  readonly keeperAccount: Account | undefined;
  readonly notes: readonly string[];
};

export const clusterOf = (home: string): string => join(home, "postgres");
export const lockFileOf = (home: string): string => join(home, "keeper.lock");
export const addressFileOf = (home: string): string => join(home, "keeper.json");
export const keeperLogOf = (home: string): string => join(home, "keeper.log");
export const serverLogOf = (home: string): string => join(home, "postgres.log");
export const accessFileOf = (home: string): string => join(home, "postgres.hba");
export const usersFileOf = (home: string): string => join(home, "postgres.ident");
export const settingsFileOf = (home: string): string => join(home, "postgres.conf");

/** Inside the run folder: PostgreSQL's socket folder, open to the server's user only. */
export const socketFolderOf = (runFolder: string): string => join(runFolder, "pg");
export const keeperSocketOf = (runFolder: string): string => join(runFolder, "keeper.sock");
export const serverPort = 5432;
export const serverSocketOf = (runFolder: string): string =>
  join(socketFolderOf(runFolder), `.s.PGSQL.${serverPort}`);

/** Names, in the data folder, the folder that is used instead of it. */
const recordFileOf = (dataFolder: string): string => join(dataFolder, "postgres.location");

/** The folders of a data folder's database that nobody but the server's user (and root) may enter. */
export function privateFolders(dataFolder: string): string[] {
  const home = readIfPresent(recordFileOf(dataFolder))?.trim() ?? dataFolder;
  return [clusterOf(home), socketFolderOf(join(home, "run"))];
}

/** Makes the data folder if needed, and finds where its database lies or is to be made. */
export async function findPlace(dataFolderGiven: string, keeperFile: string): Promise<Place> {
  const dataFolder = makeDataFolder(resolve(dataFolderGiven));
  const keeperAccount = isRoot() ? await ownerToActAs(dataFolder, keeperFile) : undefined;
  const recorded = readIfPresent(recordFileOf(dataFolder))?.trim();
  if (recorded !== undefined) return { ...recordedPlace(dataFolder, recorded), keeperAccount };
  const here = { dataFolder, home: dataFolder, keeperAccount, notes: [] };
  if (!isRoot() || keeperAccount !== undefined) return here;
  if (existsSync(join(clusterOf(dataFolder), "PG_VERSION"))) return here;
  if (await canEnter(await findOwnAccount(dataFolder), dataFolder)) return here;
  return placeElsewhere(dataFolder);
}

/**
 * The user who runs PostgreSQL, which refuses to run as root; undefined means the user of this
 * process. The owner of an existing cluster decides; a cluster whose user is shared is taken over
 * (`takeOver`).
 */
export async function findServerAccount(home: string): Promise<Account | undefined> {
  const owner = statIfPresent(clusterOf(home));
  if (!isRoot()) {
    if (owner === undefined || owner.uid === process.getuid?.()) return undefined;
    throw new EmbeddedRefusal(
      `The database in ${home} belongs to the user number ${owner.uid}. ` +
        "Start the panel as that user, or as root.",
    );
  }
  if (owner === undefined || (await isForTaking(owner.uid))) return findOwnAccount(home);
  const account = await findAccount(owner.uid); // In a container it may have no name.
  return account ?? { uid: owner.uid, gid: owner.gid, name: `number ${owner.uid}` };
}

/**
 * Makes the folders for the sockets and returns the outer one. They lie in `home`; with
 * `besideHome`, or when that path is too long for a socket, in a fresh folder in /tmp with a name
 * that nobody could have taken beforehand.
 */
export function makeRunFolder(
  home: string,
  server: Account | undefined,
  besideHome: boolean,
): string {
  const inHome = join(home, "run");
  const isFit = !besideHome && Buffer.byteLength(serverSocketOf(inHome)) <= socketPathBytesMax;
  if (isFit) makeFolder(inHome, 0o700);
  const runFolder = isFit ? inHome : mkdtempSync(temporaryRunPrefix);
  // The server's user has to pass through to its own folder, and may do nothing more.
  chmodSync(runFolder, server === undefined ? 0o700 : 0o711);
  const sockets = socketFolderOf(runFolder);
  makeFolder(sockets, 0o700);
  if (!lstatSync(sockets).isDirectory()) throw new Error(`${sockets} is not a folder.`);
  chmodSync(sockets, 0o700); // Whatever somebody has made of it since.
  if (server !== undefined) chownSync(sockets, server.uid, server.gid);
  return runFolder;
}

/** Removes a run folder outside of `home`; the one inside stays for the next start. */
export function removeRunFolder(runFolder: string): void {
  if (!runFolder.startsWith(temporaryRunPrefix) || runFolder.includes("/..")) return;
  const found = statIfPresent(runFolder);
  if (found?.uid === process.getuid?.()) rmSync(runFolder, { recursive: true, force: true });
}

/** The longest path of a Unix socket: the kernel's field less its closing zero. */
const socketPathBytesMax = process.platform === "darwin" ? 103 : 107;
const temporaryRunPrefix = "/tmp/panelwright-";

function makeDataFolder(folder: string): string {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    // As root: another user, the server's, has to pass through it to the cluster.
    makeFolder(folder, isRoot() ? 0o711 : 0o700);
    return realpathSync(folder);
  } catch (error) {
    if (errorCode(error) !== "EACCES") throw error;
    throw new EmbeddedRefusal(
      `The user who starts the panel may not use the data folder ${folder}. Start it as the ` +
        "owner of that folder, or choose another folder with PANEL_DATA.",
      { cause: error },
    );
  }
}

function recordedPlace(dataFolder: string, home: string): Place {
  if (!isAbsolute(home) || !existsSync(home)) {
    throw new EmbeddedRefusal(
      `${recordFileOf(dataFolder)} says that the database is kept in "${home}", and there is no ` +
        "such folder (or no permission to see it). Bring it back; or, to begin with an empty " +
        "database, remove that file.",
    );
  }
  return { dataFolder, home, keeperAccount: undefined, notes: [elsewhereNote(dataFolder, home)] };
}

/**
 * For root in a data folder of an ordinary user: that user, so that no file there comes to belong
 * to root and the user can start the panel again. Undefined where that user could not run the
 * keeper.
 */
async function ownerToActAs(dataFolder: string, keeper: string): Promise<Account | undefined> {
  const { uid } = statSync(dataFolder);
  const cluster = statIfPresent(clusterOf(dataFolder));
  if (uid === 0 || (cluster !== undefined && cluster.uid !== uid)) return undefined;
  const owner = await findAccount(uid);
  if (owner === undefined) return undefined;
  const isAble =
    (await canEnter(owner, dataFolder)) &&
    (await canUse(owner, { file: keeper, program: process.execPath }));
  return isAble ? owner : undefined;
}

function placeElsewhere(dataFolder: string): Place {
  const hash = createHash("sha256").update(dataFolder).digest("hex").slice(0, 12);
  const home = firstWithoutCluster(join(makeSystemFolder(), hash));
  makeFolder(home, 0o711);
  if (!createFile(recordFileOf(dataFolder), `${home}\n`, 0o644)) {
    // Another process chose at the same moment; its choice stands.
    return recordedPlace(dataFolder, readIfPresent(recordFileOf(dataFolder))?.trim() ?? "");
  }
  return { dataFolder, home, keeperAccount: undefined, notes: [elsewhereNote(dataFolder, home)] };
}

/** Makes and names the folder for what root keeps outside of a data folder. */
export function makeSystemFolder(): string {
  mkdirSync(dirname(systemFolder), { recursive: true, mode: 0o755 });
  makeFolder(systemFolder, 0o755);
  return systemFolder;
}

/**
 * A cluster of this name that no record points at belonged to a data folder that was removed. A new
 * data folder must begin empty, and an old database must not be lost, so the next name is taken.
 */
function firstWithoutCluster(base: string): string {
  for (let number = 1; ; number += 1) {
    const home = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(clusterOf(home))) return home;
  }
}

function elsewhereNote(dataFolder: string, home: string): string {
  return (
    `The database is kept in ${home}, because the user who runs PostgreSQL for root cannot get ` +
    `into the data folder ${dataFolder}. Keep both folders together when you copy the files.`
  );
}

function statIfPresent(path: string): { readonly uid: number; readonly gid: number } | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
