import { simplified } from "#providers/api-v2/answers/simplified.ts";
import { quantityMax } from "#values/quantity.ts";

/** How to read rows of a provider's list that say too little, or say it in words of their own. */
export type ListTerms = {
  /**
   * Wire names of types by the provider's words for them. A word that ends in `*` stands for all
   * words that begin that way, an empty one for a row without a type.
   */
  readonly types: Readonly<Record<string, string>>;
  /** For rows without one; a zero counts as none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
};

/** A change of the terms: `undefined` as a type removes its word, `null` removes a bound. */
export type ListTermsChange = {
  readonly types?: Readonly<Record<string, string | undefined>>;
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
};

export type ListTermsRefusal =
  | { readonly code: "list_bounds_invalid" }
  | { readonly code: "type_word_invalid"; readonly word: string };

export const noListTerms: ListTerms = { types: {}, min: undefined, max: undefined };

const wordLengthMax = 100;
const wordsMax = 200;

/** True where nothing is to be changed. */
export function isNoChange({ types = {}, min, max }: ListTermsChange): boolean {
  return Object.keys(types).length === 0 && min === undefined && max === undefined;
}

/** The terms after a change; words that differ only in spelling count as one. */
export function changedListTerms(terms: ListTerms, change: ListTermsChange): ListTerms {
  const types = new Map(Object.entries(terms.types));
  for (const [word, type] of Object.entries(change.types ?? {})) {
    for (const known of types.keys()) {
      if (simplified(known) === simplified(word)) types.delete(known);
    }
    if (type !== undefined) types.set(word.trim(), type);
  }
  const { min = terms.min, max = terms.max } = change;
  return { types: Object.fromEntries(types), min: min ?? undefined, max: max ?? undefined };
}

/** What is wrong with terms; `undefined` where nothing is. */
export function checkListTerms({ types, min, max }: ListTerms): ListTermsRefusal | undefined {
  const words = Object.keys(types);
  const long = words.find((word) => word.length > wordLengthMax) ?? words[wordsMax];
  if (long !== undefined) return { code: "type_word_invalid", word: long };
  const isRight =
    (min ?? 1) >= 1 && (max ?? 1) <= quantityMax && (min ?? 1) <= (max ?? Number.POSITIVE_INFINITY);
  return isRight ? undefined : { code: "list_bounds_invalid" };
}

/**
 * The wire name for a provider's word. An operator's entry for exactly this word comes first, then
 * the names that everybody knows, then entries for all words that begin that way, the longest
 * first.
 */
export function mappedType(
  { types }: ListTerms,
  word: string,
  findTypeName: (name: string) => string | undefined,
): string | undefined {
  const wanted = simplified(word);
  const words = Object.keys(types);
  const exact = words.find((known) => !isPattern(known) && simplified(known) === wanted);
  if (exact !== undefined) return types[exact];
  const name = findTypeName(word);
  if (name !== undefined) return name;
  const [longest] = words
    .filter((known) => isPattern(known) && wanted.startsWith(simplified(known).slice(0, -1)))
    .toSorted((a, b) => simplified(b).length - simplified(a).length);
  return longest === undefined ? undefined : types[longest];
}

function isPattern(word: string): boolean {
  return word.trim().endsWith("*");
}

/** The terms in words, as the command takes them. */
export function listTermsText({ types, min, max }: ListTerms): string {
  const said = [
    ...Object.entries(types).map(([word, type]) => `type ${JSON.stringify(word)} is ${type}`),
    ...(min === undefined ? [] : [`min ${min} where a row has none`]),
    ...(max === undefined ? [] : [`max ${max} where a row has none`]),
  ];
  return said.length === 0 ? "rows as they are listed" : said.join(", ");
}
