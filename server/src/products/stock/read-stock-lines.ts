import { setImmediate as breathe } from "node:timers/promises";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { isText } from "#values/text.ts";

/** Why a file of lines is refused as a whole; `line` is counted from 1. */
export type StockLinesRefusal =
  | {
      readonly code: "stock_line_invalid";
      readonly line: number;
      readonly problem: "not_utf8" | "nul" | "too_long";
    }
  | { readonly code: "stock_too_large"; readonly expected: string };

/** The longest line, in characters as people count them (code points). */
export const stockLineCharactersMax = 4000;
/** One file is held in memory, so larger stocks come in several files. */
const stockLinesMax = 250_000;
const bytesMax = 64 * 1024 * 1024;
/** The most bytes of one line: a character has at most 4. */
const lineBytesMax = 4 * stockLineCharactersMax;
const linesPerBreath = 500;

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Reads text in UTF-8, one line for each item, and hands over every line that is not empty with its
 * number. Lines end with LF, CR LF or CR. A byte order mark before the first is left out, and so
 * are blanks and tabs at both ends of a line: nobody sees them, and they would make one line look
 * like two. Everything else stays as it is, byte for byte. Lets other work run in between. Returns
 * how many lines were empty.
 */
export async function readStockLines(
  chunks: AsyncIterable<Uint8Array>,
  take: (text: string, line: number) => void,
): Promise<Result<{ readonly empty: number }, StockLinesRefusal>> {
  let bytes = 0;
  let line = 0;
  let empty = 0;
  let taken = 0;
  for await (const piece of splitLines(chunks)) {
    bytes += piece.length + 1;
    if (piece.length > lineBytesMax + 3) {
      return refused({ code: "stock_line_invalid", line: line + 1, problem: "too_long" });
    }
    line++;
    if (line % linesPerBreath === 0) await breathe();
    const text = decode(line === 1 ? withoutMark(piece) : piece);
    if (!text.ok) return refused({ code: "stock_line_invalid", line, problem: text.refusal });
    const kept = withoutBlanks(text.value);
    if (isNothing(kept)) {
      empty++;
      // The number of empty lines is limited as well.
      if (empty > stockLinesMax) return refused(tooLarge());
      continue;
    }
    if (++taken > stockLinesMax || bytes > bytesMax) return refused(tooLarge());
    take(kept, line);
  }
  return ok({ empty });
}

function tooLarge(): StockLinesRefusal {
  const expected = `at most ${stockLinesMax} lines and ${bytesMax / 1024 / 1024} MB`;
  return { code: "stock_too_large", expected };
}

/**
 * Yields the bytes between line ends. A line that is far too long is cut and yielded before its
 * end.
 */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let isAfterReturn = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== lineFeed && byte !== carriageReturn) {
        isAfterReturn = false;
        continue;
      }
      // The second half of CR LF, perhaps in another chunk.
      const isSecondHalf = byte === lineFeed && isAfterReturn;
      isAfterReturn = byte === carriageReturn;
      if (!isSecondHalf) {
        yield Buffer.concat([...pending, chunk.subarray(start, at)]);
        pending = [];
        pendingBytes = 0;
      }
      start = at + 1;
    }
    const rest = chunk.subarray(start);
    if (rest.length > 0) pending.push(rest);
    pendingBytes += rest.length;
    // Without line ends, no more is read than shows that the line is too long.
    if (pendingBytes > lineBytesMax + 3) break;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): Result<string, "not_utf8" | "nul" | "too_long"> {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return refused("not_utf8");
  }
  if (!isText(text)) return refused("not_utf8");
  if (text.includes("\u0000")) return refused("nul");
  const isLong = text.length > stockLineCharactersMax && codePoints(text) > stockLineCharactersMax;
  return isLong ? refused("too_long") : ok(text);
}

function codePoints(text: string): number {
  return Array.from(text).length;
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/**
 * Removes blanks and tabs at both ends. Done by hand: a pattern would scan long runs again and
 * again.
 */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** True for text that a buyer would not see: blanks, controls, invisible characters. */
function isNothing(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}\p{Z}]/u.test(text);
}
