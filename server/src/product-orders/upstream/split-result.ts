/**
 * Splits a provider's goods into `count` items. A list is taken item by item; a text of as many
 * lines, line by line. If the number of lines is a multiple, each item gets equally many (a name
 * and a password); for any other number beyond `count`, the last item gets the rest. Nothing is
 * left out, so the items one below the other are what the provider said. Returns fewer where there
 * are fewer.
 */
export function splitResult(result: string | readonly string[], count: number): string[] {
  if (count < 1) return [];
  if (typeof result !== "string") return gather(result, count, 1);
  if (count === 1) return [result.replace(/(?:\r?\n)+$/, "")];
  const lines = result.split(/\r?\n/).filter((line) => line.trim() !== "");
  const each = lines.length % count === 0 ? Math.max(1, lines.length / count) : 1;
  return gather(lines, count, each);
}

/** Items of `each` lines. The last one gets the rest. */
function gather(lines: readonly string[], count: number, each: number): string[] {
  const items: string[] = [];
  for (let at = 0; at < lines.length && items.length < count; at += each) {
    const isLast = items.length === count - 1;
    items.push(lines.slice(at, isLast ? undefined : at + each).join("\n"));
  }
  return items;
}
