import { expect, test } from "vitest";
import { pickLanguage } from "./languages.ts";

test("the first known language of a browser wins, whatever its country", () => {
  expect(pickLanguage(["fr-FR", "ar-EG", "en-US"])).toBe("ar");
});

test("a browser of which no language is known reads English", () => {
  expect(pickLanguage(["fr", "de-AT"])).toBe("en");
  expect(pickLanguage([])).toBe("en");
});
