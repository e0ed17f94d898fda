import type { ListTermsChange } from "#catalog/list-terms.ts";
import type { Given } from "./command.ts";
import { optional, repeatable, UsageError } from "./option.ts";
import { count, serviceType, text } from "./readers.ts";

// How to read rows of a provider's list that say too little, or say it in words of their own.

const type = repeatable(
  "--type <word=type>",
  "what the provider's word for a type means, such as 'Custom Comment=custom-comments' or " +
    "'fb_*=default'; may be repeated; without a type the word is forgotten",
  typeWord,
);
const min = optional(
  "--min <number>",
  'smallest quantity of rows that have none; "" for none',
  bound,
);
const max = optional(
  "--max <number>",
  'largest quantity of rows that have none, or zero; "" for none',
  bound,
);

export const listTermsOptions = [type, min, max];

/** The list terms that were typed. */
export function givenListTerms(given: Given): ListTermsChange {
  return { types: Object.fromEntries(given(type)), min: given(min), max: given(max) };
}

function typeWord(typed: string): [string, string | undefined] {
  const at = typed.lastIndexOf("=");
  if (at < 0) throw new UsageError("expected word=type, such as 'Custom Comment=custom-comments'");
  const [word, meaning] = [text(typed.slice(0, at)).trim(), typed.slice(at + 1).trim()];
  return [word, meaning === "" ? undefined : serviceType(meaning).wireName];
}

function bound(typed: string): number | null {
  return typed.trim() === "" ? null : count(typed);
}
