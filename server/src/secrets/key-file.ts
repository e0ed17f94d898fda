import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import path from "node:path";
import { keyLength } from "./seal.ts";

// The first line says what the file is, so that nobody deletes it for rubbish.
const header = "panelwright-key 1";

/** What a key file holds. */
export type KeyFile =
  | { readonly kind: "key"; readonly key: Buffer }
  | { readonly kind: "missing" }
  | { readonly kind: "damaged" };

/** Reads the key file. Throws where it may not be read. */
export async function readKeyFile(file: string): Promise<KeyFile> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "missing" };
    throw error;
  }
  const [first, encoded = "", ...rest] = text.trim().split(/\r?\n/);
  const key = Buffer.from(encoded.trim(), "base64");
  // A copy by hand may have lost characters, so only a key that reads back the same is accepted.
  const isWhole =
    first?.trim() === header &&
    rest.length === 0 &&
    key.length === keyLength &&
    key.toString("base64") === encoded.trim();
  return isWhole ? { kind: "key", key } : { kind: "damaged" };
}

/**
 * Makes the file with a new key, readable by its owner alone. It is there whole or not at all, even
 * after a power cut. It never replaces a file: returns false where there is one already.
 */
export async function createKeyFile(file: string): Promise<boolean> {
  const folder = path.dirname(file);
  // The user who runs the embedded server has to pass through; nobody else may read the file
  // itself.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${header}\n${randomBytes(keyLength).toString("base64")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
  return true;
}

/** Where a rotation keeps the next key before the database knows it. */
export function nextKeyFile(file: string): string {
  return `${file}.next`;
}

/** Where a rotation leaves the previous key: only it opens backups from before the rotation. */
export function retiredKeyFile(file: string, fingerprint: string): string {
  return `${file}.${fingerprint}.old`;
}

/** The fingerprints of the keys that rotations have left beside the file. */
export async function listRetiredKeys(file: string): Promise<readonly string[]> {
  const start = `${path.basename(file)}.`;
  const names = await readdir(path.dirname(file)).catch(() => []);
  return names
    .filter((name) => name.startsWith(start))
    .map((name) => /^([0-9a-f]{16})\.old$/.exec(name.slice(start.length))?.[1])
    .filter((fingerprint) => fingerprint !== undefined)
    .toSorted();
}

/**
 * Puts the next key in the place of the file, and keeps the previous file under its retired name.
 * `present` is the previous key's fingerprint, or what is wrong with it. Several processes may do
 * so at once, and a crash in between leaves both keys.
 */
export async function promoteNextKey(file: string, present: string | undefined): Promise<void> {
  if (present !== undefined) {
    await unless("EEXIST", () => link(file, retiredKeyFile(file, present)));
    await syncFolder(path.dirname(file));
  }
  await unless("ENOENT", () => rename(nextKeyFile(file), file));
  await syncFolder(path.dirname(file));
}

async function unless(code: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

/** Removes a file that this process has just made and that nothing depends on. */
export async function removeKeyFile(file: string): Promise<void> {
  await unlink(file);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
