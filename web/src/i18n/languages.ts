export type Direction = "ltr" | "rtl";

/**
 * Every language of the app: its name in itself and the way it is written. Adding one: a line here
 * and a file of the same name in `public/messages`.
 */
export const languages = {
  en: { name: "English", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
} as const satisfies Record<string, { readonly name: string; readonly direction: Direction }>;

export type Language = keyof typeof languages;

/** Stands in for whatever another language has no text for. */
export const fallbackLanguage: Language = "en";

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code);
}

/** The first language of the list that the app knows: `ar-EG` is `ar`. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const code of wanted) {
    const [base = ""] = code.toLowerCase().split("-");
    if (isLanguage(base)) return base;
  }
  return fallbackLanguage;
}
