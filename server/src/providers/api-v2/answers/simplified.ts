const known = new Map<string, string>();
const knownMax = 2000;
const lengthMax = 40;

/** A name or word without letter case, blanks, hyphens and underscores. */
export function simplified(word: string): string {
  const found = known.get(word);
  if (found !== undefined) return found;
  const simple = word.toLowerCase().replaceAll(/[\s_-]+/g, "");
  // The same few names occur in every row of every answer.
  if (word.length <= lengthMax && known.size < knownMax) known.set(word, simple);
  return simple;
}
