/**
 * False for what is no text: half of a surrogate pair, a noncharacter, or U+FFFD, which stands where
 * somebody could not read the bytes. Whoever keeps it keeps what nobody wrote, and two different
 * things look alike.
 */
export function isText(text: string): boolean {
  return plain.test(text) || (text.isWellFormed() && !noText.test(text));
}

const plain = /^[\t\n\r -~]*$/;
const noText = /[\ufffd\p{Noncharacter_Code_Point}]/u;

/** True for NUL and its kin, which neither PostgreSQL nor a provider can keep. */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** False where a text of several lines has control characters other than tabs and line ends. */
export function isPrintable(text: string): boolean {
  return isText(text) && !hasControlCharacters(text.replaceAll(/[\t\r\n]/g, " "));
}

/**
 * True for a text by which things are told apart: what is seen is all there is. Nothing invisible, no
 * line ends.
 */
export function isIdentifier(text: string): boolean {
  return /^[ -~]*$/.test(text) || (isText(text) && !unseen.test(text));
}

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * True for a name that people read and choose by: on one line, with nothing in it that is not seen or
 * that turns the direction of what follows. Emoji of several signs and the joiners within words stay.
 */
export function isName(text: string): boolean {
  return isIdentifier(text) || isIdentifier(text.replaceAll(emoji, "").replaceAll(joiners, ""));
}

const emoji = /\p{RGI_Emoji}|[\p{Emoji}\p{S}][\ufe0e\ufe0f]/gv;
const joiners = /(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})/gu;

/** A text as PostgreSQL can keep it: without NUL (or with something in its place), well-formed. */
export function storable(text: string, insteadOfNul = ""): string {
  return text.replaceAll("\u0000", insteadOfNul).toWellFormed();
}

/** A text in one line: without line breaks and without what moves a cursor. Blanks within it stay. */
export function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** A text in one line, its words one blank apart. */
export function singleSpaced(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}

/**
 * The beginning of a text, `lengthMax` UTF-16 units at the most. What people see as one character,
 * an emoji of several signs too, is not cut in two; of a longer pile of signs a part is kept.
 */
export function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Whether a character ends there depends on what is before, and on the code point behind.
  characters ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const character = characters.segment(text.slice(0, lengthMax + 2)).containing(lengthMax);
  const end = character?.index ?? lengthMax;
  if (lengthMax - end <= characterLengthMax) return text.slice(0, end);
  return text.slice(0, lengthMax - (isWithinPair(text, lengthMax) ? 1 : 0));
}

/** Made at its first use: it reads much from the disk, and a command seldom cuts a text. */
let characters: Intl.Segmenter | undefined;
/** Emoji have 15 at the most, families with skin tones 19. */
const characterLengthMax = 32;

function isWithinPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

/** A stranger's words as they can be stored and shown: the beginning of them, in one line. */
export function cleaned(text: string, lengthMax = 200): string {
  return cut(inOneLine(text).toWellFormed(), lengthMax).trimEnd();
}
