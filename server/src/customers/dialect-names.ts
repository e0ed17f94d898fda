/**
 * The dialects that keys and settings may name. They are listed here because the dialects
 * themselves stand on a higher floor. A test compares this list with
 * `http/reseller/dialects/index.ts`.
 */
export const dialectNames: readonly string[] = ["v2", "v2-1dg"];
