import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { fallbackLanguage, isLanguage, languages, pickLanguage } from "./languages.ts";
import type { Language } from "./languages.ts";
import { recall, remember } from "./remembered.ts";

const namespace = "messages";

/** Fetches the texts of the language that this browser chose or prefers. Rejects without English. */
export async function startLanguage(): Promise<void> {
  const chosen = recall("panel.language");
  const language = pickLanguage(chosen === undefined ? navigator.languages : [chosen]);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: fallbackLanguage,
    ns: [namespace],
    defaultNS: namespace,
    resources: {},
    // Keys are whole: "api.title" is one name, not a path. React escapes what it prints.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  await Promise.all([loadMessages(fallbackLanguage), loadMessages(language)]);
  await i18next.changeLanguage(language);
  markPage(language);
}

/** Changes the language of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  await loadMessages(language);
  await i18next.changeLanguage(language);
  markPage(language);
  remember("panel.language", language);
  remember("panel.direction", languages[language].direction);
}

/** The language that the page is in. */
export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : fallbackLanguage;
}

function markPage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = languages[language].direction;
}

async function loadMessages(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, namespace)) return;
  const response = await fetch(`/messages/${language}.json`);
  if (!response.ok) throw new Error(`the texts of ${language} answered ${response.status}`);
  i18next.addResourceBundle(language, namespace, readMessages(await response.json()));
}

function readMessages(json: unknown): Record<string, string> {
  const messages: Record<string, string> = {};
  if (typeof json !== "object" || json === null) return messages;
  for (const [key, text] of Object.entries(json)) {
    if (typeof text === "string") messages[key] = text;
  }
  return messages;
}
