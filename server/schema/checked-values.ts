import type { CatalogueTable } from "./catalogue.sql.ts";

/**
 * The columns that may hold a few texts only, as a check says: `status in ('enabled', 'disabled')`,
 * alone or joined to others by "and".
 */
export function checkedValues(table: CatalogueTable): Map<string, string[]> {
  const term =
    /(?:CHECK \(+|AND \()(\w+) = ANY \(ARRAY\[((?:'\w+'::text(?:, )?)+)\]\)(?=\)* AND|\)+$)/g;
  const found = new Map<string, string[]>();
  for (const { kind, definition } of table.constraints) {
    if (kind !== "check" || /\b(?:OR|CASE|NOT|COALESCE)\b/.test(definition)) continue;
    for (const [, column = "", values = ""] of definition.matchAll(term)) {
      found.set(
        column,
        [...values.matchAll(/'(\w+)'/g)].map(([, value = ""]) => value),
      );
    }
  }
  return found;
}
