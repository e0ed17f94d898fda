import { TextDecoder } from "node:util";

/**
 * The text of a feed's bytes, in the encoding that its first bytes, the server or the XML declaration
 * name, in this order; UTF-8 where none does, or one that nobody knows.
 */
export function decodeFeed(bytes: Buffer, contentType: string | undefined): string {
  const mark = markOf(bytes);
  const head = bytes.subarray(0, 200).toString("latin1");
  const declared =
    mark ??
    /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? "")?.[1] ??
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1] ??
    "utf-8";
  return decoderFor(declared).decode(bytes);
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}
