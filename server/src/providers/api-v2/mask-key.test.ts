import { describe, expect, test } from "vitest";
import { maskKey } from "./mask-key.ts";

const plain = "0123456789abcdef0123456789abcdef";
const odd = "aB3/+&x'Zq9=Tt7uV2w8Y1pQ4r5S6d0F";
const long = `eyJ${"abcDEF123-_x".repeat(60)}`;
const cyrillic = "пароль-от-всего-на-свете";

const codes = (text: string, write: (code: number) => string) =>
  Array.from(text, (character) => write(character.charCodeAt(0))).join("");
const hex = (code: number, digits = 2) => code.toString(16).padStart(digits, "0");
const base64 = (text: string) => Buffer.from(text).toString("base64");

const spellings: Readonly<Record<string, (key: string) => string>> = {
  "as it is": (key) => key,
  "in capitals": (key) => key.toUpperCase(),
  "as JSON writes it": (key) => JSON.stringify(key).slice(1, -1),
  "as PHP writes JSON": (key) => key.replaceAll("/", "\\/"),
  "in \\u": (key) => codes(key, (code) => `\\u${hex(code, 4)}`),
  "in \\U of capitals": (key) => codes(key, (code) => `\\u${hex(code, 4).toUpperCase()}`),
  "in \\u, escaped once more": (key) => codes(key, (code) => `\\\\u${hex(code, 4)}`),
  "as JSON in JSON": (key) => JSON.stringify(JSON.stringify(key)),
  "as a URL writes it": encodeURIComponent,
  "all in percents": (key) => [...Buffer.from(key)].map((byte) => `%${hex(byte)}`).join(""),
  "in percents of percents": (key) => encodeURIComponent(encodeURIComponent(key)),
  "as HTML writes it": (key) =>
    key.replaceAll("&", "&amp;").replaceAll("'", "&#039;").replaceAll("<", "&lt;"),
  "in HTML by numbers": (key) => codes(key, (code) => `&#${code};`),
  "in HTML by hex": (key) => codes(key, (code) => `&#x${hex(code)};`),
  "in base64": base64,
  "in base64 behind one": (key) => base64(`x${key}yz`),
  "in base64 behind two": (key) => base64(`xx${key}yz`),
  "in base64 of JSON": (key) => base64(JSON.stringify({ action: "add", key, service: 1 })),
  "in base64 for URLs": (key) => Buffer.from(`k=${key}&x`).toString("base64url"),
  "in hexadecimal": (key) => Buffer.from(key).toString("hex"),
  "in HEXADECIMAL": (key) => Buffer.from(key).toString("hex").toUpperCase(),
  "all but its end": (key) => key.slice(0, -6),
  "all but its beginning": (key) => key.slice(6),
  "its middle": (key) => key.slice(4, -4),
};

/** True where 12 characters in a row of a spelling are left. */
function leaks(masked: string, spelled: string): boolean {
  for (let at = 0; at + 12 <= spelled.length; at++) {
    const piece = spelled.slice(at, at + 12);
    if (!/^\d+$/.test(piece) && masked.includes(piece)) return true;
  }
  return false;
}

describe.each([
  ["a usual key", plain],
  ["a key of many signs", odd],
  ["a long token", long],
  ["a key in Cyrillic", cyrillic],
])("%s", (_name, key) => {
  test.each(Object.keys(spellings))("is masked %s", (how) => {
    const spelled = spellings[how]?.(key) ?? "";
    const masked = maskKey(`{"error":"before ${spelled} after","order":23501}`, key);
    expect(masked).toContain("***");
    expect(masked).toMatch(/^\{"error":"before .*after","order":23501\}$/);
    // What surrounds it in base64 may stay.
    const own = how.startsWith("in base64") ? spelled.slice(24, -24) : spelled;
    expect(leaks(masked, own)).toBe(false);
  });
});

describe("what is no key stays as it is", () => {
  test.each([
    [
      "an order's number that its digits have",
      plain,
      '{"order":"01234567890123","x":"0123456789"}',
    ],
    ["a part of a key of digits", "12345678901234567890123456789012", '{"order":12345678901234}'],
    ["words", "password-of-mine", "pass word password of mine"],
    ["a key that is too short", "abc", "abc abc"],
    ["escapes of other things", plain, "\\u0442\\u0435%D1%82&eacute;&#1090;\\/\\n%zz&#99999999;"],
  ])("%s", (_what, key, text) => {
    expect(maskKey(text, key)).toBe(text);
  });
});
