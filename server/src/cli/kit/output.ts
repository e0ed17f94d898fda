import stringWidth from "string-width";
import { inOneLine } from "#values/text.ts";

/** In terminal columns. */
const cellWidthMax = 60;

/**
 * Rows as aligned columns. Headers that end with `>` are right-aligned, as for numbers. Long cells
 * are cut.
 */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
  whenEmpty: string,
): string {
  if (rows.length === 0) return whenEmpty;
  const isRight = headers.map((header) => header.endsWith(">"));
  const cells = [
    headers.map((header) => header.replace(/>$/, "")),
    ...rows.map((row) => row.map((cell) => shorten(cell === undefined ? "-" : String(cell)))),
  ];
  const widths = headers.map((_, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ""))),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)));
        return isRight[column] === true ? padding + cell : cell + padding;
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}

const segmenter = new Intl.Segmenter();

/** Cuts between what people see as characters, never within an emoji or before its accent. */
function shorten(text: string): string {
  const line = inOneLine(text);
  if (stringWidth(line) <= cellWidthMax) return line;
  let cut = "";
  let width = 0;
  for (const { segment } of segmenter.segment(line)) {
    width += stringWidth(segment);
    if (width >= cellWidthMax) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** A date and time for people, in UTC. */
export function shownTime(time: Date | null | undefined): string | undefined {
  return time?.toISOString().slice(0, 16).replace("T", " ");
}
