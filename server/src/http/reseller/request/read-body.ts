import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import { BatchFull } from "#database/micro-batch.ts";
import { openKeyedLimiter } from "#database/keyed-limiter.ts";
import { freeBodyBytes, giveBack } from "#http/guard/body-room.ts";
import type { BodyOrigin, BodyPlace, BodyRoom } from "#http/guard/body-room.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";

/** The largest body that is read, encoded or not. */
export const bodyBytesMax = 1024 * 1024;

export type BodyRefusal =
  | { readonly code: "body_too_large"; readonly bytesMax: number }
  | { readonly code: "body_unreadable" }
  | { readonly code: "encoding_unsupported"; readonly encoding: string };

/** A body, and the room that it takes until its request is answered. */
export type HeldBody = {
  readonly bytes: Buffer;
  readonly place: BodyPlace | undefined;
};

const nothing: Result<HeldBody, BodyRefusal> = ok({ bytes: Buffer.alloc(0), place: undefined });
const tooLarge: BodyRefusal = { code: "body_too_large", bytesMax: bodyBytesMax };
const stepBytes = 64 * 1024;

/**
 * Reads a body into memory, if there is room: one that is known to be too large is refused before
 * its first byte. Throws `BatchFull` where there is no room at the moment. `origin` is called only
 * for larger bodies.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  room: BodyRoom,
  origin: () => BodyOrigin,
): Promise<Result<HeldBody, BodyRefusal>> | Result<HeldBody, BodyRefusal> {
  if (request.method === "GET" || request.method === "HEAD") return nothing;
  const { headers } = request;
  const length = headers["content-length"];
  const declared = length === undefined ? undefined : Number(length);
  if (declared !== undefined && declared > bodyBytesMax) return refused(tooLarge);
  const codings = readCodings(headers["content-encoding"]);
  const unknown = codings.find((coding) => !Object.hasOwn(decoders, coding));
  if (unknown !== undefined) {
    return refused({ code: "encoding_unsupported", encoding: unknown.slice(0, 40) });
  }
  const isExpected = headers.expect !== undefined;
  if (codings.length === 0 && declared !== undefined && declared <= freeBodyBytes) {
    if (isExpected) response.writeContinue();
    return readFree(request);
  }
  const from = origin();
  let cut = () => {};
  const bytes = Math.max(declared ?? 0, freeBodyBytes);
  const place = room.take(bytes, from, () => cut());
  if (place === undefined) throw new BatchFull();
  if (isExpected) response.writeContinue();
  const onCut = (run: () => void) => {
    cut = run;
  };
  return readHeld(request, { place, origin: from, codings, onCut });
}

function readFree(request: IncomingMessage): Promise<Result<HeldBody, BodyRefusal>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      resolve(ok({ bytes: joined(chunks), place: undefined }));
    });
    // Also when the client hangs up in the middle: then nobody is left to answer.
    request.on("error", reject);
  });
}

type Reading = {
  readonly place: BodyPlace;
  readonly origin: BodyOrigin;
  readonly codings: readonly string[];
  readonly onCut: (run: () => void) => void;
};

async function readHeld(
  request: IncomingMessage,
  { place, origin, codings, onCut }: Reading,
): Promise<Result<HeldBody, BodyRefusal>> {
  try {
    const sent = await new Promise<Buffer | undefined>((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const stop = () => {
        chunks.length = 0;
        request.removeAllListeners("data");
        request.pause();
      };
      const cut = () => {
        stop();
        reject(new BatchFull());
      };
      onCut(cut);
      request.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > bodyBytesMax) {
          stop();
          resolve(undefined);
        } else if (size > place.bytes && !place.resize(Math.min(size + stepBytes, bodyBytesMax))) {
          cut();
        } else chunks.push(chunk);
      });
      request.on("end", () => {
        const whole = joined(chunks);
        if (chunks.length > 1) chunks.forEach(giveBack);
        resolve(whole);
      });
      request.on("error", reject);
    });
    place.close();
    const decoded =
      sent === undefined ? refused(tooLarge) : await decode(sent, codings, place, origin);
    if (!decoded.ok) place.release();
    return decoded;
  } catch (error) {
    place.release();
    throw error;
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only, ...others] = chunks;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(chunks);
}

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflateWrapped = promisify(inflate);
const inflateBare = promisify(inflateRaw);
const gunzipAsync = promisify(gunzip);

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: gunzipAsync,
  "x-gzip": gunzipAsync,
  // Some clients send it with zlib's header, as defined, and some without.
  deflate: (bytes, options) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateWrapped(bytes, options) : inflateBare(bytes, options),
  br: promisify(brotliDecompress),
};

// A decoder may use sixteen times the memory of its output.
const decoding = openKeyedLimiter<string>({
  subjectMax: 2,
  totalMax: 4,
  waitingMax: 256,
  subjectWaitingMax: 64,
});
const codingsMax = 2;

/** Returns the codings in the order in which they are undone. */
function readCodings(header: string | undefined): string[] {
  if (header === undefined) return [];
  const codings = header
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  return codings.length > codingsMax ? [header] : codings.toReversed();
}

async function decode(
  sent: Buffer,
  codings: readonly string[],
  place: BodyPlace,
  origin: BodyOrigin,
): Promise<Result<HeldBody, BodyRefusal>> {
  if (codings.length === 0) return ok({ bytes: sent, place });
  if (!place.resize(place.bytes + bodyBytesMax)) throw new BatchFull();
  let bytes = sent;
  try {
    for (const coding of codings) {
      const encoded = bytes;
      const decoder = decoders[coding];
      if (decoder === undefined || encoded.length === 0) continue;
      bytes = await decoding.run(origin.addressGroup, () =>
        decoder(encoded, { maxOutputLength: bodyBytesMax }),
      );
    }
  } catch (error) {
    if (error instanceof BatchFull) throw error;
    // Decoding stops at the first byte too many, however much more would come.
    const isTooLarge = error instanceof RangeError;
    return refused(isTooLarge ? tooLarge : { code: "body_unreadable" });
  }
  place.resize(Math.max(bytes.length, freeBodyBytes));
  return ok({ bytes, place });
}
