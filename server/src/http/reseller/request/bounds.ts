/** How many fields one request may have, each item of a list counted. */
export const fieldsMax = 12_000;
/** For a multipart body: each part costs many times what a field of a form does. */
export const partsMax = 2000;

/**
 * The most ids that one request may name; the documents promise 100. A little above it each id gets its
 * answer; far above it the answer itself would be a flood.
 */
export const idsMax = 1000;

const depthMax = 32;
// A shorter text cannot be expensive to parse.
const checkedLength = 4096;

/** Whether `piece` occurs in a text more than `max` times; looks no further than needed. */
export function hasMore(text: string | Buffer, piece: string, max: number): boolean {
  if (text.length <= max) return false;
  let at = -1;
  for (let count = 0; count <= max; count++) {
    at = text.indexOf(piece, at + 1);
    if (at === -1) return false;
  }
  return true;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Scans JSON before it is parsed: parsing costs many times more. */
export function findExcess(json: string): "too_many" | "too_deep" | undefined {
  if (json.length <= checkedLength) return undefined;
  let depth = 0;
  let commas = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at + 1);
    // Brackets differ from braces by 0x20 alone: [ { and ] }.
    else if ((code | 0x20) === 0x7b) {
      if (++depth > depthMax) return "too_deep";
    } else if ((code | 0x20) === 0x7d) depth--;
    else if (code === comma && ++commas >= fieldsMax) return "too_many";
  }
  return undefined;
}

/** Finds the closing quote of the string that begins here. */
function endOfString(json: string, from: number): number {
  for (let end = json.indexOf('"', from); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
