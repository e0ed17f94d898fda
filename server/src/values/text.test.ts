import fc from "fast-check";
import { expect, test } from "vitest";
import { isIdentifier, isName, isPrintable, isText } from "./text.ts";

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
