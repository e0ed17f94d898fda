/** A name or word without letter case, blanks, hyphens and underscores. */
export function simplified(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]+/g, "");
}
