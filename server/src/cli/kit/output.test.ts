import { describe, expect, test } from "vitest";
import { table } from "./output.ts";

/** Names as panels sell them, with the columns of a terminal that each takes. */
const names: readonly (readonly [string, number])[] = [
  ["Instagram Followers [Refill: 30 Days] [Max: 1M]", 47],
  ["🔥 TikTok Views ⚡️ Instant", 26],
  ["🇧🇷 Instagram Seguidores Brasileiros 👩‍👩‍👧‍👦", 38],
  ["متابعين انستقرام 🇸🇦 ضمان", 24],
  ["مُتابِعون", 7],
  ["微博 粉丝 ★高质量", 17],
  ["ｽﾎﾟﾃｨﾌｧｲ 再生回数", 17],
  ["인스타그램 팔로워", 17],
  ["1️⃣ Cafe\u0301 ✔️ Premium", 18],
];

describe("a table", () => {
  test.each(names)("leaves room for %s", (name, width) => {
    const lines = table(
      ["name", "rate>"],
      [
        [name, "1.25"],
        ["x".repeat(width), "12.50"],
      ],
      "",
    );
    expect(lines.split("\n").slice(1)).toEqual([`${name}   1.25`, `${"x".repeat(width)}  12.50`]);
  });

  test("cuts what is too wide between two characters, to a width that still fits", () => {
    const cut = (name: string) => table(["name"], [[name]], "").split("\n")[1];

    expect(cut("x".repeat(61))).toBe(`${"x".repeat(59)}…`);
    expect(cut("x".repeat(60))).toBe("x".repeat(60));
    expect(cut("粉".repeat(31))).toBe(`${"粉".repeat(29)}…`);
    expect(cut(`${"x".repeat(58)}👩‍👩‍👧‍👦xx`)).toBe(`${"x".repeat(58)}…`);
    expect(cut(`${"x".repeat(58)}e\u0301xxx`)).toBe(`${"x".repeat(58)}e\u0301…`);
  });
});
