import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";

const unpackers = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["br", promisify(brotliDecompress)],
]);

/** The body cannot be read as it is packed. */
export class BodyUndecodable extends Error {
  override name = "BodyUndecodable";
}

/** The content of an answer, unpacked; throws where it is packed in a way we cannot undo, or too large. */
export async function decodeBody(
  body: Buffer,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Buffer> {
  const packing = encoding?.trim().toLowerCase() ?? "";
  if (packing === "" || packing === "identity" || body.length === 0) return body;
  const unpack = unpackers.get(packing);
  if (unpack === undefined) throw new BodyUndecodable(`packed as ${packing.slice(0, 40)}`);
  return unpack(body, { maxOutputLength: bytesMax });
}
