/** The longest link that is taken, in UTF-16 code units. */
export const linkLengthMax = 2048;

/**
 * The text that an order acts on. Resellers send addresses, but also bare names and ids, so only
 * what no provider could read is turned down: nothing, too much, or control characters.
 */
export function parseLink(text: string): string | undefined {
  const link = text.trim();
  if (link === "" || link.length > linkLengthMax || hasControlCharacters(link)) return undefined;
  return link.toWellFormed();
}

/** True for NUL and its kin, which neither PostgreSQL nor a provider can keep. */
export function hasControlCharacters(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- finding control characters is the point.
  return /[\u0000-\u001f\u007f]/.test(text);
}
