import { isUtf8 } from "node:buffer";

/** Names and values as they were sent, in their order. */
export type Pairs = Iterable<readonly [string, string]>;

/**
 * The charset that a content type declares, by a name that can be decoded; `undefined` for UTF-8,
 * for none, and for an unknown one.
 */
export function declaredCharset(contentType: string): string | undefined {
  const label = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  return label === undefined || /^utf-?8$/i.test(label) ? undefined : knownCharset(label);
}

function knownCharset(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label);
    return encoding === "utf-8" ? undefined : encoding;
  } catch {
    return undefined;
  }
}

/**
 * The text of these bytes. Valid UTF-8 is read as UTF-8, whatever is declared: libraries declare
 * what they were built with. Otherwise the declared charset decides. Bytes that are neither become
 * U+FFFD, for which their field is refused.
 */
export function textOf(bytes: Buffer, charset: string | undefined): string {
  const marked = charsetOfMark(bytes) ?? charset;
  const isOther = marked !== undefined && (!isUtf8(bytes) || (isWide(marked) && bytes.includes(0)));
  const text = isOther ? new TextDecoder(marked).decode(bytes) : bytes.toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

// The byte order mark of UTF-16, which never occurs in UTF-8.
function charsetOfMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
}

function isWide(charset: string): boolean {
  return charset.startsWith("utf-16");
}

/** A body, and its text in the declared charset. */
export type BodyText = {
  readonly body: Buffer;
  readonly charset: string | undefined;
  readonly text: string;
};

/** The pairs of a form, whose escaped bytes may be in another charset than UTF-8. */
export function readForm({ body, charset, text }: BodyText): Pairs {
  if (charset === undefined || isWide(charset)) return readPairs(text);
  const read = (part: string) => textOf(bytesOf(part), charset);
  return body
    .toString("latin1")
    .split("&")
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [read(name), read(value.join("="))];
    });
}

/** The pairs of a form or a query string. */
export function readPairs(text: string): Pairs {
  // Nearly every body is a few plain pairs, which take a fraction of the time that URLSearchParams
  // needs for them. Everything else (a plus, a broken escape, bytes that are not UTF-8) is left to
  // it.
  if (text.includes("+")) return new URLSearchParams(text);
  const isEscaped = text.includes("%");
  try {
    return text.split("&").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      const name = at === -1 ? pair : pair.slice(0, at);
      const value = at === -1 ? "" : pair.slice(at + 1);
      return isEscaped ? [decodeURIComponent(name), decodeURIComponent(value)] : [name, value];
    });
  } catch {
    return new URLSearchParams(text);
  }
}

/** The bytes behind a part of a form, in which each character stands for one byte. */
function bytesOf(part: string): Buffer {
  const bytes = part
    .replaceAll("+", " ")
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
  return Buffer.from(bytes, "latin1");
}

/** The pairs of a multipart body; files are left out. Throws where it is not one. */
export async function readMultipart(body: Buffer, contentType: string): Promise<Pairs> {
  if (isUtf8(body)) return textPairs(await formDataOf(body, contentType));
  // Each byte becomes the character of its number, and is turned back when the parts have been
  // separated.
  const bytes = body.toString("latin1");
  const part = /\r\ncontent-type:([^\r\n]*)/i.exec(bytes)?.[1];
  const charset = declaredCharset(contentType) ?? declaredCharset(part ?? "");
  const read = (text: string) => textOf(Buffer.from(text, "latin1"), charset);
  const pairs = textPairs(await formDataOf(Buffer.from(bytes), contentType));
  return pairs.map(([name, value]): [string, string] => [read(name), read(value)]);
}

function formDataOf(body: Buffer, contentType: string): Promise<FormData> {
  const headers = { "content-type": contentType };
  return new Response(new Uint8Array(body), { headers }).formData();
}

function textPairs(form: FormData): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [name, value] of form) if (typeof value === "string") pairs.push([name, value]);
  return pairs;
}

/** A header as UTF-8; Node reads each of its bytes as one character. */
export function headerText(value: string): string {
  return hasOnlyAscii(value) ? value : textOf(Buffer.from(value, "latin1"), undefined);
}

function hasOnlyAscii(text: string): boolean {
  return /^[\t -~]*$/.test(text);
}
