import { TextDecoder } from "node:util";

/**
 * Decodes a feed's bytes. The bytes themselves outrank what is said about them: a byte order mark,
 * UTF-16 recognised by its zeros, and valid UTF-8 with characters beyond ASCII decide. Only then
 * are the server or the XML declaration believed, where they can be true at all.
 */
export function decodeFeed(bytes: Buffer, contentType: string | undefined): string {
  const marked = markOf(bytes) ?? zerosOf(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  const utf8 = new TextDecoder().decode(bytes);
  if (isMostlyUtf8(utf8)) return utf8;
  const head = bytes.subarray(0, 1000).toString("latin1");
  const said = [
    /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? "")?.[1],
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1],
  ];
  for (const label of said) {
    const decoder = label === undefined ? undefined : possibleDecoder(label);
    if (decoder !== undefined) return decoder.decode(bytes);
  }
  return utf8;
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** UTF-16 without a mark: a feed begins with an ASCII character. */
function zerosOf(bytes: Buffer): string | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return "utf-16le";
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return "utf-16be";
  return undefined;
}

const charactersForOneBroken = 20;

/**
 * True where the bytes, read as UTF-8, have characters beyond ASCII and hardly anything broken.
 * Titles cut in the middle of a character do not make it another encoding.
 */
function isMostlyUtf8(text: string): boolean {
  const broken = countOf(text, /\uFFFD/g);
  // Escape sequences within plain ASCII, as in ISO-2022-JP, are no sign of UTF-8.
  const beyond = countOf(text, /[^\0-\u007F\uFFFD]/gu);
  if (broken === 0) return beyond > 0 || !text.includes("\u001B");
  return beyond >= broken * charactersForOneBroken;
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count++;
  return count;
}

/**
 * The bytes are neither UTF-8 nor UTF-16, whatever the label says. An unknown label says nothing.
 */
function possibleDecoder(label: string): TextDecoder | undefined {
  try {
    const decoder = new TextDecoder(label);
    return decoder.encoding.startsWith("utf-") ? undefined : decoder;
  } catch {
    return undefined;
  }
}
