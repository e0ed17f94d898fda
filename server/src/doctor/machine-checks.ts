import { stat } from "node:fs/promises";
import type { Stats } from "node:fs";
import path from "node:path";
import { findSharedAccount } from "#database/embedded/accounts.ts";
import { privateFolders } from "#database/embedded/places.ts";
import { freeBytes } from "#database/storage.ts";
import { bad, fine, warn } from "./check.ts";
import type { Finding } from "./check.ts";

const mebibyte = 1024 * 1024;
const freeWarn = 2048 * mebibyte;
const freeBad = 256 * mebibyte;

/** The oldest Node.js whose zlib reads and writes Zstandard, which backups are packed with. */
const nodeNeeded = [22, 15] as const;

/** `version` is spelled as in `process.versions.node`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isGood = major > nodeNeeded[0] || (major === nodeNeeded[0] && minor >= nodeNeeded[1]);
  if (isGood) return fine("node", `Node.js ${version}`);
  return bad(
    "node",
    `Node.js ${version} is too old`,
    `Start the panel with npm start, which brings its own, or with Node.js ${nodeNeeded.join(".")}.`,
  );
}

/**
 * Nobody else may be able to change what lies in the data folder, or to reach the database in it.
 */
export async function checkDataFolder(folder: string): Promise<Finding> {
  const found = await statIfPresent(folder);
  if (found === undefined) {
    return warn(
      "data folder",
      `${folder} does not exist`,
      "The first start makes it. If there was one, PANEL_DATA names the wrong folder.",
    );
  }
  if (!found.isDirectory()) {
    return bad("data folder", `${folder} is not a folder`, "Name a folder in PANEL_DATA.");
  }
  if ((found.mode & 0o002) !== 0) {
    return bad("data folder", `Everybody may write into ${folder}`, `Run: chmod o-w ${folder}`);
  }
  const shared = await findSharedAccount();
  for (const place of privateFolders(folder)) {
    const { mode = 0, uid } = (await statIfPresent(place)) ?? {};
    if (uid !== undefined && uid === shared?.uid) {
      return warn(
        "data folder",
        `The database in ${place} runs as ${shared.name}, as many services do`,
        "Start the panel as a user of its own, or as root, who gives the database one.",
      );
    }
    if ((mode & 0o077) !== 0) {
      return bad(
        "data folder",
        `Others may get at the database in ${place}`,
        `Run: chmod 700 ${place}`,
      );
    }
  }
  if ((found.mode & 0o020) !== 0) {
    const who = `The group ${found.gid} may write into ${folder}`;
    return warn("data folder", who, `Unless that is you alone: chmod g-w ${folder}`);
  }
  return fine("data folder", folder);
}

/** `expected` is the fingerprint that the database requires, `found` that of the file. */
export async function checkSecretFile(
  file: string,
  expected: string | undefined,
  found: string | undefined,
): Promise<Finding> {
  const name = "encryption key";
  const stats = await statIfPresent(file);
  if (stats === undefined) {
    return expected === undefined
      ? fine(name, `${file} will be made at the first start`)
      : bad(
          name,
          `${file} is missing; the database wants the key ${expected}`,
          "Put it back from where you keep it, or name it in PANEL_SECRET_FILE.",
        );
  }
  if (found === undefined || (expected !== undefined && found !== expected)) {
    return bad(
      name,
      `${file} is not the key file of this database (${expected ?? "damaged"})`,
      "Put the right one back from where you keep it, or name it in PANEL_SECRET_FILE.",
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    return bad(name, `Others may read ${file}`, `Run: chmod 600 ${file}`);
  }
  return fine(name, `${file} holds the key ${found}; keep a copy apart from the backups`);
}

/** Checks the free space where the data folder lies or will lie. */
export async function checkDisk(folder: string): Promise<Finding> {
  const name = "disk";
  let place = path.resolve(folder);
  while ((await statIfPresent(place)) === undefined && path.dirname(place) !== place) {
    place = path.dirname(place);
  }
  const free = await freeBytes(place);
  const text = `${(free / mebibyte / 1024).toFixed(1)} GiB free at ${place}`;
  const advice = "Make room: a database that cannot write stops selling.";
  if (free < freeBad) return bad(name, text, advice);
  return free < freeWarn ? warn(name, text, advice) : fine(name, text);
}

async function statIfPresent(file: string): Promise<Stats | undefined> {
  return stat(file).catch(() => undefined);
}
