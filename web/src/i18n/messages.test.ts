import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { languages } from "./languages.ts";

const webFolder = path.resolve(import.meta.dirname, "../..");
const messagesFolder = path.join(webFolder, "public/messages");

function messagesOf(language: string): Record<string, string> {
  return JSON.parse(readFileSync(path.join(messagesFolder, `${language}.json`), "utf8"));
}

const english = messagesOf("en");
const others = Object.keys(languages).filter((language) => language !== "en");

test("every language of the registry has its file, and every file its line", () => {
  const files = readdirSync(messagesFolder).map((name) => path.parse(name).name);

  expect(files.toSorted()).toEqual(Object.keys(languages).toSorted());
});

test.each(others)("%s says all that English says, with the same figures and code in it", (code) => {
  const messages = messagesOf(code);
  expect(Object.keys(messages)).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(messages)) {
    expect(text.trim(), key).not.toBe("");
    expect(partsOf(text), key).toEqual(partsOf(english[key] ?? ""));
  }
});

test("every text that a page names exists", () => {
  const folder = path.join(webFolder, "src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
  const named = sources.flatMap((source) =>
    [...source.matchAll(/(?:\bt\(|message=|intro=)\s*"([^"]+)"/g)].map((found) => found[1] ?? ""),
  );

  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((key) => !Object.hasOwn(english, key))).toEqual([]);
});

// Placeholders, and what stands between tags: code must not be translated.
function partsOf(text: string): string[] {
  return [...text.matchAll(/\{\{\w+\}\}|<(code|ltr)>.*?<\/\1>/g)].map(([part]) => part).toSorted();
}
