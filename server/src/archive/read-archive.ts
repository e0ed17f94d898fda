import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createZstdDecompress } from "node:zlib";
import {
  checksumFrameLength,
  headerFrameLength,
  readChecksumFrame,
  readHeaderFrame,
  readRecord,
} from "./format.ts";
import type { ArchiveHeader, ArchiveRecord } from "./format.ts";

const lineLengthMax = 1 << 20;
const dataLengthMax = 1 << 24;

/** A message for the operator: this file is not, or no longer, what `backup` wrote. */
export class DamagedArchive extends Error {
  override name = "DamagedArchive";
}

/** An archive of which every byte is as it was written. */
export type CheckedArchive = {
  readonly header: ArchiveHeader;
  readonly bytes: number;
  /**
   * The records from the start; each `data` comes with its bytes. Each call reads the file anew.
   */
  records(): AsyncGenerator<ReadRecord, void, undefined>;
};

export type ReadRecord =
  | Exclude<ArchiveRecord, { kind: "data" }>
  | { readonly kind: "data"; readonly content: Buffer };

/** Reads the whole file once and checks it. Throws `DamagedArchive`. */
export async function openArchive(file: string): Promise<CheckedArchive> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const head = await readAt(handle, 0, Math.min(8, size));
    const headerLength = headerFrameLength(head);
    if (headerLength === undefined) {
      throw new DamagedArchive(
        size === 0 ? "The file is empty." : "The file is not a backup of this panel.",
      );
    }
    if (size < headerLength + checksumFrameLength) throw cutOff();
    const end = size - checksumFrameLength;
    const expected = readChecksumFrame(await readAt(handle, end, checksumFrameLength));
    if (expected === undefined) throw cutOff();
    if ((await sha256Of(file, end)) !== expected) {
      throw new DamagedArchive(
        "The file was changed or damaged after the backup: its checksum does not fit.",
      );
    }
    const header = readHeaderFrame(await readAt(handle, 0, headerLength));
    if (header === undefined) throw new DamagedArchive("The file's header cannot be read.");
    return { header, bytes: size, records: () => readRecords(file, headerLength, end) };
  } finally {
    await handle.close();
  }
}

function cutOff(): DamagedArchive {
  return new DamagedArchive("The file is not whole: its end is missing or damaged.");
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function sha256Of(file: string, end: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytesOf(createReadStream(file, { end: end - 1 }))) hash.update(chunk);
  return hash.digest("hex");
}

async function* readRecords(
  file: string,
  start: number,
  end: number,
): AsyncGenerator<ReadRecord, void, undefined> {
  const source = createReadStream(file, { start, end: end - 1 });
  const plain = createZstdDecompress();
  source.on("error", (error) => plain.destroy(error));
  source.pipe(plain);
  const reader = new ByteReader(bytesOf(plain));
  try {
    for (;;) {
      const line = await reader.line();
      if (line === undefined) return;
      const record = readRecord(line);
      if (record === undefined) throw new DamagedArchive("A record of the file cannot be read.");
      if (record.kind !== "data") yield record;
      else yield { kind: "data", content: await reader.bytes(record.bytes) };
    }
  } catch (error) {
    if (error instanceof DamagedArchive || !isZstdError(error)) throw error;
    throw new DamagedArchive("The file's content cannot be unpacked.", { cause: error });
  } finally {
    source.destroy();
    plain.destroy();
  }
}

/** Cuts a stream of bytes into lines and pieces of a given length. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its end; `undefined` at the end of the stream. */
  async line(): Promise<string | undefined> {
    for (let searched = 0; ;) {
      const end = this.#rest.indexOf(10, searched);
      if (end >= 0) return this.#take(end + 1).toString("utf8", 0, end);
      searched = this.#rest.length;
      if (searched > lineLengthMax) throw new DamagedArchive("A record of the file is too long.");
      if (!(await this.#more())) {
        if (this.#rest.length === 0) return undefined;
        throw new DamagedArchive("The file ends within a record.");
      }
    }
  }

  async bytes(length: number): Promise<Buffer> {
    if (length > dataLengthMax) throw new DamagedArchive("A record of the file is too long.");
    while (this.#rest.length < length) {
      if (!(await this.#more())) throw new DamagedArchive("The file ends within a record.");
    }
    return this.#take(length);
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}

async function* bytesOf(stream: AsyncIterable<unknown>): AsyncIterable<Buffer> {
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes gave something else");
    yield chunk;
  }
}

function isZstdError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return String(error.code).startsWith("ZSTD_");
}
