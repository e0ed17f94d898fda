import { currentLanguage } from "./language.ts";

/** A count for people, with Latin digits in every language: they stand beside code and ids. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(currentLanguage(), { numberingSystem: "latn" }).format(count);
}

/** A size such as `1 MB`, with Latin digits. */
export function formatMegabytes(bytes: number): string {
  return new Intl.NumberFormat(currentLanguage(), {
    numberingSystem: "latn",
    style: "unit",
    unit: "megabyte",
    maximumFractionDigits: 1,
  }).format(bytes / (1024 * 1024));
}
