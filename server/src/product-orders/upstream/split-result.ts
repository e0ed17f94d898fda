/**
 * A provider's goods as `count` items. A list is taken item by item; a text of as many lines, line by
 * line. Where the lines are a multiple, each item has as many of them (a name and a password); of any
 * other number beyond `count` the last item has the rest. Nothing is ever left out, so that the items
 * one below the other are what the provider said. Fewer come back where there are fewer.
 */
export function splitResult(result: string | readonly string[], count: number): string[] {
  if (count < 1) return [];
  if (typeof result !== "string") return gather(result, count, 1);
  if (count === 1) return [result.replace(/(?:\r?\n)+$/, "")];
  const lines = result.split(/\r?\n/).filter((line) => line.trim() !== "");
  const each = lines.length % count === 0 ? Math.max(1, lines.length / count) : 1;
  return gather(lines, count, each);
}

/** Items of `each` lines; the last one has what is left. */
function gather(lines: readonly string[], count: number, each: number): string[] {
  const items: string[] = [];
  for (let at = 0; at < lines.length && items.length < count; at += each) {
    const isLast = items.length === count - 1;
    items.push(lines.slice(at, isLast ? undefined : at + each).join("\n"));
  }
  return items;
}
