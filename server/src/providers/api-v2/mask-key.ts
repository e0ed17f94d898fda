/** What stands in place of a key. */
export const mask = "***";

/** Shorter keys are found in ordinary words and numbers, which must stay as they are. */
const lengthMin = 6;
/**
 * A piece of a key of this length is not found by accident; for longer keys it may be a little
 * longer.
 */
const pieceMin = 12;
const pieceMax = 24;
const keysMax = 16;

/**
 * A text without the key and without long pieces of it, in any spelling: in either letter case,
 * escaped as in JSON, URLs and HTML (also more than once), in base64 or in hexadecimal.
 */
export function maskKey(text: string, key: string): string {
  if (key.length < lengthMin || text.length < lengthMin) return text;
  const known = spellingsOf(key);
  // A text of many megabytes is scanned quickly; hardly any text holds a key.
  if (known.parts?.test(unescaped(text)) === false) return text;
  return known.spellings.reduce((kept, spelling) => maskSpelling(kept, spelling), text);
}

/** One spelling of a key: its `pieces`, all of one length, are looked for. */
type Spelling = { readonly length: number; readonly pieces: ReadonlySet<string> };
type Spellings = {
  readonly spellings: readonly Spelling[];
  /** Matches wherever a piece does; `undefined` for a key with characters beyond ASCII. */
  readonly parts: RegExp | undefined;
};
const spellingsByKey = new Map<string, Spellings>();

function spellingsOf(key: string): Spellings {
  const known = spellingsByKey.get(key);
  if (known !== undefined) return known;
  const hex = Buffer.from(key).toString("hex");
  const all = [key, ...base64Of(key), hex].map((text) => small(text));
  const made = {
    spellings: all.map((text) => ({ length: text.length, pieces: piecesOf(text) })),
    parts: /^[\x20-\x7e]*$/.test(key) ? new RegExp(all.flatMap(partsOf).join("|")) : undefined,
  };
  if (spellingsByKey.size >= keysMax) spellingsByKey.clear();
  spellingsByKey.set(key, made);
  return made;
}

/** The parts of the key's base64 that are certain, wherever the key begins in a longer text. */
function base64Of(key: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(key)]);
    const first = Math.ceil((before * 8) / 6);
    const whole = Math.floor((bytes.length * 8) / 6);
    const text = bytes.toString("base64").slice(first, whole);
    const forUrls = text.replaceAll("+", "-").replaceAll("/", "_");
    return forUrls === text ? [text] : [text, forUrls];
  });
}

function pieceLength(length: number): number {
  return Math.min(length, Math.max(pieceMin, Math.min(pieceMax, Math.ceil(length / 3))));
}

function piecesOf(spelling: string): Set<string> {
  const size = pieceLength(spelling.length);
  const count = spelling.length - size + 1;
  return new Set(Array.from({ length: count }, (_, at) => spelling.slice(at, at + size)));
}

/** Splits a spelling into consecutive parts, so that every piece contains one whole part. */
function partsOf(spelling: string): string[] {
  const piece = pieceLength(spelling.length);
  const size = piece === spelling.length ? piece : Math.floor((piece + 1) / 2);
  const count = Math.floor(spelling.length / size);
  return Array.from({ length: count }, (_, at) =>
    spelling.slice(at * size, (at + 1) * size).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`),
  );
}

// Backslashes alone; \u0041, \u{41}, \x41; %41; %d0%bf; &#65; &#x41; &amp;#65; &amp;
const escapes =
  /\\+(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))?|((?:%(?:25)*[89a-f][0-9a-f])+)|%(?:25)*([0-7][0-9a-f])|&(?:amp;)*#x0*([0-9a-f]{1,6});|&(?:amp;)*#0*([0-9]{1,7});|&(?:amp;)*(amp|lt|gt|quot|apos|plus|sol|equals);/g;

const byName: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  plus: "+",
  sol: "/",
  equals: "=",
};

const hexEscapes = /(?:\\+(?:u(?:00|\{0*)|x)|%(?:25)*|&(?:amp;)*#x0*)([2-7][0-9a-f])[;}]?/g;
const decimalEscapes = /&(?:amp;)*#0*([0-9]{2,3});/g;
const namedEscapes = /&(?:amp;)*(amp|lt|gt|quot|apos|plus|sol|equals);/g;

/**
 * In small letters, with everything unescaped that a key of ASCII may consist of. For detection
 * only: it is not the exact text.
 */
function unescaped(text: string): string {
  const lower = text.toLowerCase();
  if (!/[\\%&]/.test(lower)) return lower;
  return lower
    .replaceAll(hexEscapes, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)).toLowerCase(),
    )
    .replaceAll(decimalEscapes, (_, code: string) =>
      String.fromCharCode(Number(code)).toLowerCase(),
    )
    .replaceAll(namedEscapes, (_, name: string) => byName[name] ?? "")
    .replaceAll("\\", "");
}

/** What an escape stands for, from its match and groups. */
function meantBy([
  ,
  braced,
  unit,
  byte,
  urls,
  url,
  hex,
  decimal,
  name,
]: readonly unknown[]): string {
  if (typeof name === "string") return byName[name] ?? "";
  if (typeof urls === "string") {
    return small(Buffer.from(urls.replaceAll(/%(?:25)*/g, ""), "hex").toString("utf8"));
  }
  const digits = [braced, unit, byte, url, hex].find((group) => typeof group === "string");
  const code =
    typeof digits === "string" ? Number.parseInt(digits, 16) : Number(decimal ?? Number.NaN);
  return code >= 0 && code <= 0x10ffff ? small(String.fromCodePoint(code)) : "";
}

/** In small letters and of the same length, so that positions match those in the text. */
function small(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A text unescaped, and for each of its characters where it begins and ends in the original. */
function meaningOf(text: string): { meant: string; from: number[]; to: number[] } {
  const lower = small(text);
  const meant: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const add = (characters: string, start: number, end: number) => {
    for (let at = 0; at < characters.length; at++) {
      meant.push(characters.charAt(at));
      from.push(start);
      to.push(end);
    }
  };
  let at = 0;
  const addPlain = (end: number) => {
    for (; at < end; at++) add(lower.charAt(at), at, at + 1);
  };
  for (const match of lower.matchAll(escapes)) {
    addPlain(match.index);
    at = match.index + match[0].length;
    add(meantBy(match), match.index, at);
  }
  addPlain(lower.length);
  return { meant: meant.join(""), from, to };
}

/** Masks every stretch that is made of pieces. */
function maskSpelling(text: string, { length, pieces }: Spelling): string {
  const size = pieceLength(length);
  const { meant, from, to } = meaningOf(text);
  let masked = "";
  let kept = 0;
  for (let at = 0; at + size <= meant.length; at++) {
    if (!pieces.has(meant.slice(at, at + size))) continue;
    let end = at + size;
    while (pieces.has(meant.slice(end - size + 1, end + 1)) && end < meant.length) end++;
    // A part of a key of digits may be an ordinary number.
    const isNumber = end - at < length && /^[0-9]+$/.test(meant.slice(at, end));
    if (!isNumber) {
      masked += text.slice(kept, from[at]) + mask;
      kept = to[end - 1] ?? text.length;
    }
    at = end - 1;
  }
  return masked + text.slice(kept);
}
