import { statfs } from "node:fs/promises";
import type { Clock } from "#values/clock.ts";
import { sqlState } from "./transaction.ts";

/** What keeps a write from being kept. */
export type WriteTrouble = "full" | "broken" | "read_only";

const troubles: Readonly<Record<string, WriteTrouble>> = {
  "53100": "full",
  "58030": "broken",
  "25006": "read_only",
  ENOSPC: "full",
  EDQUOT: "full",
  EIO: "broken",
  EROFS: "read_only",
};

/**
 * What a failure, or its cause, says about the storage; `undefined` for failures of another kind.
 */
export function writeTrouble(error: unknown): WriteTrouble | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = sqlState(cause) ?? ("code" in cause ? String(cause.code) : "");
    if (Object.hasOwn(troubles, code)) return troubles[code];
  }
  return undefined;
}

/** Knows whether this process can currently write to the database. */
export type StorageWatch = {
  /** Called with every failure. */
  note(error: unknown): void;
  /** Measures the free space again. */
  measure(): Promise<void>;
  /** Why nothing can be written, as a sentence; `undefined` where all is well. */
  problem(): string | undefined;
};

/** How long a failed write counts as the present state. */
const notedMs = 15_000;
const freeBytesMin = 8 * 1024 * 1024;

const words: Readonly<Record<WriteTrouble, string>> = {
  full: "the disk of the database is full",
  broken: "the disk of the database does not work",
  read_only: "the database takes no writes",
};

/** `folder` is where an embedded database lies: its free space is measured as well. */
export function openStorageWatch(clock: Clock, folder?: string): StorageWatch {
  let noted: { readonly trouble: WriteTrouble; readonly atMs: number } | undefined;
  let isFull = false;
  return {
    note: (error) => {
      const trouble = writeTrouble(error);
      if (trouble !== undefined) noted = { trouble, atMs: clock.now() };
    },
    measure: async () => {
      if (folder !== undefined) isFull = (await freeBytes(folder)) < freeBytesMin;
    },
    problem: () => {
      const isNew = noted !== undefined && clock.now() - noted.atMs < notedMs;
      if (isNew && noted !== undefined) return words[noted.trouble];
      return isFull ? words.full : undefined;
    },
  };
}

/** How much an ordinary user may still write where this folder lies. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
