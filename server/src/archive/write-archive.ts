import { createHash, randomBytes } from "node:crypto";
import type { Hash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { checksumFrame, headerFrame } from "./format.ts";
import type { ArchiveHeader } from "./format.ts";

/** The file exists and must not be replaced. */
export class FileExists extends Error {
  override name = "FileExists";
}

/**
 * Writes an archive so that `file` is there whole or not at all: into a draft beside it, then to
 * the disk, then under its name. Memory use does not grow with `records`.
 */
export async function writeArchive(
  file: string,
  header: ArchiveHeader,
  records: AsyncIterable<Buffer>,
  options: { readonly isReplacing: boolean },
): Promise<{ bytes: number }> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.partial`;
  // It holds customers' addresses and orders: only the operator may read them.
  const handle = await open(draft, "wx", 0o600);
  try {
    let bytes = 0;
    try {
      const hash = createHash("sha256");
      bytes += await append(handle, hash, [headerFrame(header)]);
      bytes += await append(handle, hash, compressed(records));
      bytes += await append(handle, createHash("sha256"), [checksumFrame(hash.digest("hex"))]);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(draft, file, options.isReplacing);
    return { bytes };
  } finally {
    await rm(draft, { force: true });
  }
}

async function* compressed(records: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const compressor = createZstdCompress();
  const done = pipeline(Readable.from(records), compressor);
  // The loop throws the same failure; this only keeps the rejection from going unhandled.
  done.catch(() => {});
  for await (const chunk of compressor) yield asBuffer(chunk);
  await done;
}

async function append(
  handle: FileHandle,
  hash: Hash,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    for (let at = 0; at < chunk.length;) {
      at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
    }
    bytes += chunk.length;
  }
  return bytes;
}

/** Gives the draft its name. Without `isReplacing`, a file that appeared in the meantime stays. */
async function publish(draft: string, file: string, isReplacing: boolean): Promise<void> {
  if (isReplacing) {
    await rename(draft, file);
  } else {
    try {
      await linkOrCopy(draft, file);
    } catch (error) {
      if (codeOf(error) === "EEXIST") throw new FileExists(file, { cause: error });
      throw error;
    }
  }
  const folder = await open(path.dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Some file systems (USB sticks, shared folders) do not support a second name for a file. */
async function linkOrCopy(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) {
      throw error;
    }
    await copyFile(draft, file, constants.COPYFILE_EXCL);
    const handle = await open(file, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function asBuffer(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes gave something else");
  return chunk;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
