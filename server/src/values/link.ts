import { hasControlCharacters, isText } from "./text.ts";

/** The longest link that is taken, in UTF-16 code units. */
export const linkLengthMax = 2048;

/**
 * The text that an order acts on. Resellers send addresses, but also bare names and ids, so only
 * what no provider could read is turned down: nothing, too much, control characters, or no text.
 */
export function parseLink(text: string): string | undefined {
  const link = text.trim();
  const isGood = link !== "" && link.length <= linkLengthMax && isText(link);
  return isGood && !hasControlCharacters(link) ? link : undefined;
}
