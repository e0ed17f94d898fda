import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cleaned,
  cut,
  inOneLine,
  isIdentifier,
  isName,
  isPrintable,
  isText,
  singleSpaced,
  storable,
} from "./text.ts";

const unit = "binary";

test("whatever is text comes back from UTF-8 as it was, and never reads as something lost", () => {
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 50 }), (text) => {
      if (!isText(text)) return;
      expect(Buffer.from(text, "utf8").toString("utf8")).toBe(text);
      expect(text).not.toContain("\ufffd");
    }),
  );
});

test.each(["\ufffd", "a\ufffdb", "\ud800", "a\udc00", "\ufffe", "\uffff", "\ufdd0", "\u{10ffff}"])(
  "%j is no text",
  (text) => {
    expect([isText, isPrintable, isIdentifier, isName].map((is) => is(text))).toEqual(
      Array(4).fill(false),
    );
  },
);

test("lines may have tabs and no other control characters", () => {
  expect(isPrintable("a\tb\r\nc 👩‍👩‍👧")).toBe(true);
  for (const text of ["a\u0000", "\u001b[2J", "\u007f", "\u0085", "\u009b2J"]) {
    expect(isPrintable(text)).toBe(false);
  }
});

test("an identifier has nothing in it that is not seen", () => {
  for (const text of ["order-7", "заказ 7", "注文", "é", "e\u0301", "#!"]) {
    expect(isIdentifier(text), text).toBe(true);
  }
  const unseen =
    "\u200b \u200d \u202e \u2066 \ufeff \u00ad \u2060 \u3164 \u034f \u2028 \u{e0041} \t";
  for (const sign of unseen.split(" ")) expect(isIdentifier(`a${sign}b`)).toBe(false);
});

test("a name may have emoji and joined letters, and nothing that deceives", () => {
  const good = ["Followers 👩‍👩‍👧 ❤️ ✔️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Likes", "می‌خواهم", "क्‍ष", "1️⃣ Views ♻️", "© ™️"];
  for (const name of good) expect(isName(name), name).toBe(true);
  const bad = ["a\u200bb", "\u202eabc", "a\u2066b", "\ufeffa", "pay\u00adpal", "a\nb", "a\u200d b"];
  for (const name of bad) expect(isName(name), JSON.stringify(name)).toBe(false);
});

const family = "👩🏽‍👩🏽‍👧🏽‍👦🏽";
const signs = fc.constantFrom(
  family,
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "🇩🇪",
  "1️⃣",
  "क्‍ष",
  "e\u0301",
  "\r\n",
  "\ud83d",
  "\u0000",
  " ",
  "a",
);
const strange = fc
  .array(fc.oneof(signs, fc.string({ unit, maxLength: 3 })), { maxLength: 20 })
  .map((parts) => parts.join(""));
const charactersOf = (text: string) =>
  Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);

test("what is stored has no NUL and no half of a pair, and everything else as it was", () => {
  fc.assert(
    fc.property(strange, (text) => {
      const stored = storable(text);
      expect(stored.isWellFormed()).toBe(true);
      expect(stored).not.toContain("\u0000");
      expect(stored).toBe(storable(stored));
      expect(stored).toHaveLength(text.replaceAll("\u0000", "").length);
      expect(storable(text, " ")).toHaveLength(text.length);
      if (text.isWellFormed() && !text.includes("\u0000")) expect(stored).toBe(text);
    }),
  );
});

test("a cut takes as many whole characters as fit", () => {
  fc.assert(
    fc.property(strange, fc.nat(60), (text, lengthMax) => {
      const characters = charactersOf(text);
      fc.pre(characters.every(({ length }) => length <= 32));
      let fitting = "";
      for (const character of characters) {
        if (fitting.length + character.length > lengthMax) break;
        fitting += character;
      }
      expect(cut(text, lengthMax)).toBe(fitting);
    }),
  );
});

test("of a pile of signs that is no character of anybody's a part is kept, without half a pair", () => {
  expect(cut(`a${"\u0301".repeat(500)}`, 200)).toHaveLength(200);
  expect(cut(`a${"\u{1e8d0}".repeat(500)}`, 200)).toBe(`a${"\u{1e8d0}".repeat(99)}`);
});

test("cleaned words stand in one line, are as long as was asked at the most, and stay as they are", () => {
  fc.assert(
    fc.property(strange, fc.integer({ min: 1, max: 60 }), (text, lengthMax) => {
      const clean = cleaned(text, lengthMax);
      expect(clean).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(clean.length).toBeLessThanOrEqual(lengthMax);
      expect(clean.isWellFormed()).toBe(true);
      expect(cleaned(clean, lengthMax)).toBe(clean);
    }),
  );
  expect(cleaned(`${"x".repeat(199)}${family}`)).toBe("x".repeat(199));
});

test("one line keeps the blanks within it, single spacing does not", () => {
  expect(inOneLine(" a  b\r\n\u001b[2J\u2028c ")).toBe("a  b [2J c");
  expect(singleSpaced(" a  b\r\n \u001b[2J\u2028c ")).toBe("a b [2J c");
});
