/**
 * The dialects that keys and settings may name, known here because the dialects themselves stand
 * above. A test holds this list against `http/reseller/dialects/index.ts`.
 */
export const dialectNames: readonly string[] = ["v2", "v2-1dg"];
