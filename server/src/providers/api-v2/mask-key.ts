/** What stands in place of a key. */
export const mask = "***";

/** Keys this short are found in ordinary words and numbers, which must stay as they are. */
const lengthMin = 6;

/** A text without the key, also where it stands in it as JSON or a URL would write it. */
export function maskKey(text: string, key: string): string {
  if (key.length < lengthMin) return text;
  const spellings = new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]);
  let masked = text;
  for (const spelling of spellings) masked = masked.replaceAll(spelling, mask);
  return masked;
}
