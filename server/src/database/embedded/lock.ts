import { DatabaseSync } from "node:sqlite";

/** A lock held by this process. The kernel frees it when the process ends, however it ends. */
export type Lock = { release(): void };

/**
 * Takes the lock on `file`, or returns undefined when another process still holds it after `waitMs`
 * (this blocks the whole process). SQLite's exclusive transaction is an fcntl lock: the one lock
 * that the kernel frees by itself and that Node offers on every platform. Nothing is ever written
 * into the file. The caller must keep a reference to the result: garbage collection would free the
 * lock.
 */
export function takeLock(file: string, waitMs: number): Lock | undefined {
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    // Otherwise it would make a journal beside the file, which fails on a full disk.
    database.exec("pragma journal_mode = memory");
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === 5) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
