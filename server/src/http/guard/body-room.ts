import type { Settings } from "#settings/settings.ts";

/** The room that one body has. It is given back when its request is answered. */
export type BodyPlace = {
  readonly bytes: number;
  /** Changes the room to this many bytes; returns false where there is not enough. */
  resize(bytes: number): boolean;
  /** The body is complete: it is no longer cut off to make room. */
  close(): void;
  release(): void;
};

/** Where a body comes from. */
export type BodyOrigin = {
  readonly addressGroup: string;
  /** Too many wrong keys came from there recently. */
  readonly isBlocked: boolean;
};

/** The memory that bodies of this process may use, from their first byte until their answer. */
export type BodyRoom = {
  /** `cut` is called when a slow body has to make room for another. */
  take(bytes: number, origin: BodyOrigin, cut: () => void): BodyPlace | undefined;
};

/** Smaller bodies need no room: connections are counted, and nearly every request is that small. */
export const freeBodyBytes = 4096;

const mediumBytesMax = 64 * 1024;
const patienceMs = 5000;
const mebibyte = 1024 * 1024;

type Taken = { bytes: number; readonly origin: BodyOrigin };
type Reading = { readonly since: number; readonly cut: () => void };

export function openBodyRoom(settings: () => Settings): BodyRoom {
  // In the order of their arrival.
  const reading = new Map<Taken, Reading>();
  const ofAddress = new Map<string, number>();
  let all = 0;
  let ofBlocked = 0;

  const add = ({ addressGroup, isBlocked }: BodyOrigin, bytes: number) => {
    all += bytes;
    if (isBlocked) ofBlocked += bytes;
    const own = (ofAddress.get(addressGroup) ?? 0) + bytes;
    if (own === 0) ofAddress.delete(addressGroup);
    else ofAddress.set(addressGroup, own);
  };

  /** Large bodies leave a quarter to bodies of common size, and no address takes more than half. */
  const hasRoom = ({ addressGroup, isBlocked }: BodyOrigin, bytes: number, size: number) => {
    const max = settings().body_megabytes_max * mebibyte;
    if (all + bytes > (size > mediumBytesMax ? max * 0.75 : max)) return false;
    if (isBlocked && ofBlocked + bytes > max / 8) return false;
    return (ofAddress.get(addressGroup) ?? 0) + bytes <= max / 2;
  };

  const makeRoom = () => {
    for (const [taken, { since, cut }] of reading) {
      if (performance.now() - since < patienceMs) return;
      reading.delete(taken);
      cut();
      return;
    }
  };

  const resize = (taken: Taken, bytes: number): boolean => {
    const more = bytes - taken.bytes;
    if (more > 0 && !hasRoom(taken.origin, more, bytes)) {
      // The next body benefits: one that was cut off gives its room back a moment later.
      makeRoom();
      return false;
    }
    add(taken.origin, more);
    taken.bytes = bytes;
    return true;
  };

  return {
    take: (bytes, origin, cut) => {
      const taken: Taken = { bytes: 0, origin };
      if (!resize(taken, bytes)) return undefined;
      reading.set(taken, { since: performance.now(), cut });
      return {
        get bytes() {
          return taken.bytes;
        },
        resize: (size) => resize(taken, size),
        close: () => reading.delete(taken),
        release: () => {
          reading.delete(taken);
          add(origin, -taken.bytes);
          taken.bytes = 0;
        },
      };
    },
  };
}

/**
 * Frees at once the memory of bytes that nobody looks at any more. The collector counts only their
 * weight outside its own heap, and takes its time.
 */
export function giveBack(bytes: Buffer): void {
  const { buffer } = bytes;
  // Small buffers share their memory with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) buffer.transfer(0);
}
