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

const wordLengthMax = 200;

/** A stranger's text as it can be stored and shown. */
export function cleaned(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .slice(0, wordLengthMax)
    .toWellFormed()
    .trim();
}
