/** How many bytes decide whether something is text. */
const sampleMax = 4096;
const shownBytes = 8;

/**
 * Returns the text of an answer. Valid UTF-8 is read as UTF-8, whatever is declared. Otherwise a
 * mark at its beginning or the declared character set counts, and what cannot be read becomes
 * U+FFFD. For bytes that are not text, it returns how many there are and how they begin, so that no
 * note ever holds them.
 */
export function decodeText(body: Buffer, contentType: string | undefined): string {
  const wide = wideSetOf(body);
  if (wide !== undefined) return new TextDecoder(wide).decode(body);
  if (!isTextual(body)) {
    const begins = body.subarray(0, shownBytes).toString("hex");
    return `(${body.length} bytes that are no text, beginning with ${begins})`;
  }
  const plain = body.toString("utf8");
  if (!plain.includes("\uFFFD")) return plain;
  const declared = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? "")?.[1];
  return decodeAs(declared, body) ?? plain;
}

/** False where there are bytes that no text holds: control characters beyond line ends and tabs. */
export function isTextual(body: Buffer): boolean {
  if (wideSetOf(body) !== undefined) return true;
  for (const byte of body.subarray(0, sampleMax)) {
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return false;
  }
  return true;
}

/**
 * Recognises two bytes a character: by its mark, or by the zeros beside the first characters of
 * JSON and XML.
 */
function wideSetOf(body: Buffer): "utf-16le" | "utf-16be" | undefined {
  const [first, second, third, fourth] = body;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const isVisible = (byte: number | undefined) => byte !== undefined && byte >= 0x09 && byte < 0x7f;
  if (isVisible(first) && second === 0 && isVisible(third) && fourth === 0) return "utf-16le";
  if (first === 0 && isVisible(second) && third === 0 && isVisible(fourth)) return "utf-16be";
  return undefined;
}

function decodeAs(set: string | undefined, body: Buffer): string | undefined {
  if (set === undefined || /^(?:utf|ucs|unicode)/i.test(set)) return undefined;
  try {
    return new TextDecoder(set).decode(body);
  } catch {
    // An unknown character set says nothing.
    return undefined;
  }
}
