import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { isTextual } from "./decode-text.ts";

type Options = { readonly maxOutputLength: number };
type Unpack = (body: Buffer, options: Options) => Promise<Buffer>;

const gunzip: Unpack = promisify(zlib.gunzip);
const inflate: Unpack = promisify(zlib.inflate);
const inflateRaw: Unpack = promisify(zlib.inflateRaw);
const brotli: Unpack = promisify(zlib.brotliDecompress);
const zstd: Unpack = promisify(zlib.zstdDecompress);

/**
 * What each label stands for; `deflate` means zlib by the standard, and raw deflate at many
 * servers.
 */
const byLabel: Readonly<Record<string, readonly Unpack[]>> = {
  gzip: [gunzip],
  "x-gzip": [gunzip],
  deflate: [inflate, inflateRaw],
  br: [brotli],
  zstd: [zstd],
};
/** Tried on what is not text, where the label is missing or wrong. */
const unmarked: readonly Unpack[] = [brotli, inflateRaw];
/** How many bytes packing adds to content that it cannot shorten. */
const packingBytes = 16;

/**
 * The most layers that are unpacked, each up to the size limit; nobody packs more often than this.
 */
const layersMax = 3;

/** The body cannot be unpacked. */
export class BodyUndecodable extends Error {
  override name = "BodyUndecodable";
}

/**
 * Returns the content of an answer, unpacked. Labels are believed where they fit: a body packed
 * without one is recognised by its first bytes, and text that is labelled as packed stays as it is.
 * Throws where the body is packed in a way we cannot undo, is cut off, or is too large.
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Buffer> {
  const labels = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "" && label !== "identity")
    .slice(0, layersMax);
  const options = { maxOutputLength: bytesMax };
  let plain = body;
  for (let layer = 0; layer < layersMax && plain.length > 0; layer++) {
    const label = labels.pop();
    const marked = markOf(plain);
    if (marked !== undefined) plain = await marked(plain, options);
    else if (isUtf8(plain) && isTextual(plain)) return plain;
    else if (label !== undefined) plain = await unpackAs(label, plain, options);
    else return (await firstText(unmarked, plain, options)) ?? plain;
  }
  return plain;
}

/** Recognises a packing by the bytes that every body packed that way begins with. */
function markOf(body: Buffer): Unpack | undefined {
  const [first = 0, second = 0] = body;
  if (first === 0x1f && second === 0x8b) return gunzip;
  if (body.length >= 4 && body.readUInt32BE(0) === 0x28b52ffd) return zstd;
  const isZlib = (first & 0x8f) === 0x08 && (first * 256 + second) % 31 === 0;
  return isZlib && !isTextual(body) ? zlibOrRaw : undefined;
}

/** Two bytes prove little: what turns out not to be zlib may be raw deflate. */
async function zlibOrRaw(body: Buffer, options: Options): Promise<Buffer> {
  try {
    return await inflate(body, options);
  } catch (error) {
    const other = isTooLarge(error) ? undefined : await firstText(unmarked, body, options);
    if (other === undefined) throw error;
    return other;
  }
}

async function unpackAs(label: string, body: Buffer, options: Options): Promise<Buffer> {
  const ways = byLabel[label];
  if (ways === undefined) throw new BodyUndecodable(`packed as ${label.slice(0, 40)}`);
  let problem: unknown;
  for (const unpack of ways) {
    try {
      return await unpack(body, options);
    } catch (error) {
      if (isTooLarge(error)) throw error;
      problem ??= error;
    }
  }
  const other = await firstText(unmarked, body, options);
  if (other === undefined && !isTextual(body)) throw problem;
  return other ?? body;
}

/** Without a mark, only a result that is text proves that the body was packed this way. */
async function firstText(
  ways: readonly Unpack[],
  body: Buffer,
  options: Options,
): Promise<Buffer | undefined> {
  for (const unpack of ways) {
    try {
      const plain = await unpack(body, options);
      // An output shorter than its input means that it was something else, whose beginning happened
      // to fit.
      const isWhole = plain.length + packingBytes >= body.length;
      if (isWhole && plain.length > 0 && isUtf8(plain) && isTextual(plain)) return plain;
    } catch (error) {
      if (isTooLarge(error)) throw error;
    }
  }
  return undefined;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
