/**
 * False for what is not text: half of a surrogate pair, a noncharacter, or U+FFFD, which stands
 * where bytes could not be read. To store it would be to store what nobody wrote, and two different
 * things would look alike.
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
 * True for a text that may identify something: what is seen is all there is. Nothing invisible, no
 * line ends.
 */
export function isIdentifier(text: string): boolean {
  return /^[ -~]*$/.test(text) || (isText(text) && !unseen.test(text));
}

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/**
 * True for a name that people read and choose by: on one line, with nothing invisible in it and
 * nothing that turns the direction of what follows. Emoji of several characters and the joiners
 * within words stay.
 */
export function isName(text: string): boolean {
  return isIdentifier(text) || isIdentifier(text.replaceAll(emoji, "").replaceAll(joiners, ""));
}

const emoji = /\p{RGI_Emoji}|[\p{Emoji}\p{S}][\ufe0e\ufe0f]/gv;
const joiners = /(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})/gu;

/** A text that PostgreSQL can store: well-formed, with every NUL replaced or removed. */
export function storable(text: string, insteadOfNul = ""): string {
  return text.replaceAll("\u0000", insteadOfNul).toWellFormed();
}

/**
 * A text on one line, without line breaks and without anything that moves a cursor. Blanks within
 * it stay.
 */
export function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** A text on one line, with single blanks between its words. */
export function singleSpaced(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}

/**
 * The beginning of a text, at most `lengthMax` UTF-16 units. What people see as one character, such
 * as an emoji of several code points, is not cut in two; a longer pile of code points is.
 */
export function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Whether a character ends there depends on what comes before and on the next code point.
  characters ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const character = characters.segment(text.slice(0, lengthMax + 2)).containing(lengthMax);
  const end = character?.index ?? lengthMax;
  if (lengthMax - end <= characterLengthMax) return text.slice(0, end);
  return text.slice(0, lengthMax - (isWithinPair(text, lengthMax) ? 1 : 0));
}

/** Made at first use: it reads much from the disk, and a command seldom cuts a text. */
let characters: Intl.Segmenter | undefined;
/** Emoji have at most 15; families with skin tones have 19. */
const characterLengthMax = 32;

function isWithinPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

/** A stranger's words in a form that can be stored and shown: their beginning, on one line. */
export function cleaned(text: string, lengthMax = 200): string {
  return cut(inOneLine(text).toWellFormed(), lengthMax).trimEnd();
}
