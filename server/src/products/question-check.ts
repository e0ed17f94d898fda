import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { isPrintable } from "#values/text.ts";

/** Whether an answer passes; `expected` is for the buyer, and ends a sentence. */
export type AnswerVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly expected: string };

/** A way to check a buyer's answer. Operators never give patterns. */
type NamedCheck = {
  /** The longest answer, in UTF-16 units. */
  readonly lengthMax: number;
  readonly isMultiline?: true;
  readonly expected: string;
  /** Called with an answer that has no blanks around it, is not empty and is not too long. */
  readonly isFit: (answer: string) => boolean;
};

const digits = /^[0-9]+$/;
const wordCharacters = /^[A-Za-z0-9._-]+$/;

/** Every check that needs no more than its name. */
const namedChecks = {
  text: { lengthMax: 2000, isMultiline: true, expected: "some text", isFit: () => true },
  line: { lengthMax: 500, expected: "one line of text", isFit: () => true },
  email: { lengthMax: 254, expected: "an e-mail address", isFit: isEmail },
  url: { lengthMax: 2000, expected: "an address that begins with https://", isFit: isUrl },
  username: { lengthMax: 100, expected: "a user name", isFit: isUsername },
  number: { lengthMax: 30, expected: "a number in digits", isFit: (text) => digits.test(text) },
} as const satisfies Record<string, NamedCheck>;

/** The checks by name, for words that list them. */
export const questionCheckNames: readonly string[] = [...Object.keys(namedChecks), "one_of:A|B|C"];

const choicesPrefix = "one_of:";
const choicesMax = 100;
const choiceLengthMax = 200;

/** A check after reading: give it to `checkAnswer`. */
export type QuestionCheck =
  | { readonly kind: "named"; readonly name: keyof typeof namedChecks }
  | { readonly kind: "one_of"; readonly choices: readonly string[] };

/** Reads a check such as `email` or `one_of:Red|Green`. */
export function parseQuestionCheck(
  text: string,
): Result<QuestionCheck, { readonly code: "question_check_invalid"; readonly expected: string }> {
  if (isNamed(text)) return ok({ kind: "named", name: text });
  if (!text.startsWith(choicesPrefix)) {
    const expected = `a check: ${questionCheckNames.join(", ")}`;
    return refused({ code: "question_check_invalid", expected });
  }
  const choices = text
    .slice(choicesPrefix.length)
    .split("|")
    .map((choice) => choice.trim());
  const isGood =
    choices.length >= 2 &&
    choices.length <= choicesMax &&
    choices.every((choice) => choice !== "" && choice.length <= choiceLengthMax) &&
    new Set(choices.map(folded)).size === choices.length;
  if (isGood) return ok({ kind: "one_of", choices });
  const expected = `2 to ${choicesMax} different choices of at most ${choiceLengthMax} characters`;
  return refused({ code: "question_check_invalid", expected });
}

/**
 * Checks a buyer's answer, ignoring blanks around it. `check` is as the product stores it; left
 * out, any text passes. A check that cannot be read lets any text pass: it was good when it was
 * set.
 */
export function checkAnswer(check: string | undefined, answer: string): AnswerVerdict {
  const parsed = parseQuestionCheck(check ?? "text");
  const good = parsed.ok ? parsed.value : ({ kind: "named", name: "text" } as const);
  const trimmed = answer.trim();
  if (good.kind === "one_of") {
    const wanted = trimmed.length > choiceLengthMax ? undefined : folded(trimmed);
    const isChosen = good.choices.some((choice) => folded(choice) === wanted);
    return verdict(isChosen, `one of: ${good.choices.join(", ")}`);
  }
  const named: NamedCheck = namedChecks[good.name];
  const isBounded = trimmed !== "" && trimmed.length <= named.lengthMax;
  const isOneLine = named.isMultiline === true || !/[\r\n\u2028\u2029]/.test(trimmed);
  const isFit = isPrintable(trimmed) && isBounded && isOneLine && named.isFit(trimmed);
  return verdict(isFit, `${named.expected}, at most ${named.lengthMax} characters`);
}

function verdict(isFit: boolean, expected: string): AnswerVerdict {
  return isFit ? { ok: true } : { ok: false, expected };
}

function isNamed(text: string): text is keyof typeof namedChecks {
  return Object.hasOwn(namedChecks, text);
}

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** One @, something before it, a domain with a dot behind it, and no blanks. */
function isEmail(text: string): boolean {
  const [local = "", domain = "", ...more] = text.split("@");
  const labels = domain.split(".");
  return (
    more.length === 0 &&
    local !== "" &&
    labels.length >= 2 &&
    labels.every((label) => label !== "") &&
    !/\s/.test(text)
  );
}

function isUrl(text: string): boolean {
  if (/\s/.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:");
}

/** With or without the @ that people write before it. */
function isUsername(text: string): boolean {
  return wordCharacters.test(text.replace(/^@/, ""));
}
