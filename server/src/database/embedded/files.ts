import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** The code of a file system error, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The text of a file, or undefined when there is none. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Writes a file so that readers, even after a power cut, see either all of it or the old one. One
 * writer at a time.
 */
export function replaceFile(file: string, text: string, mode: number): void {
  const draft = `${file}.new`;
  writeDraft(draft, text, mode);
  renameSync(draft, file);
  syncPath(dirname(file));
}

/**
 * Like `replaceFile`, but only where there is no such file. Returns false when another one was
 * there first.
 */
export function createFile(file: string, text: string, mode: number): boolean {
  const draft = `${file}.${process.pid}.new`;
  writeDraft(draft, text, mode);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft);
  }
  syncPath(dirname(file));
  return true;
}

/** Makes what was written to a file, or to the list of names in a folder, survive a power cut. */
export function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder with exactly this mode, whatever the umask; an existing one is left as it is. */
export function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    throw error;
  }
  chmodSync(folder, mode);
}

/** Returns the last lines of a log, from byte `from` on; empty when it cannot be read. */
export function lastLines(file: string, from = 0, linesMax = 15): string {
  const bytesMax = 16_384;
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const { size } = fstatSync(handle);
    const start = Math.max(size < from ? 0 : from, size - bytesMax);
    const buffer = Buffer.alloc(size - start);
    const length = readSync(handle, buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8", 0, length).trimEnd().split("\n");
    return lines.slice(-linesMax).join("\n");
  } catch {
    return "";
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function writeDraft(draft: string, text: string, mode: number): void {
  rmSync(draft, { force: true });
  const handle = openSync(draft, "wx", mode);
  try {
    fchmodSync(handle, mode); // Whatever the umask is.
    writeSync(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}
