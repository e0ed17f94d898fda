import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkKeyOf, normalLink } from "./link-key.ts";

const key = (link: string) => normalLink(link).key;

describe("the same link in other spellings", () => {
  test.each<[string, ...string[]]>([
    [
      "https://example.com/a",
      "http://example.com/a",
      "HTTPS://EXAMPLE.COM/a",
      "example.com/a",
      "//example.com/a",
      "www.example.com/a/",
      "https://m.example.com/a",
      "https://www.m.example.com/a",
      "https://example.com:443/a",
      "http://example.com:80/a//",
      "https://example.com./a",
      "https://somebody:secret@example.com/a",
      "https://example.com/%61",
      "https://example.com/b/../a",
      "https://example.com/a?utm_source=x&utm_medium=y",
      "https://example.com/a?fbclid=1&igsh=2&si=3",
      "https://example.com/a?empty=",
      "https://example.com/a#comments",
      "  https://example.com/a  ",
      "https:\\\\example.com\\a",
    ],
    [
      "https://example.com/a?x=1&y=2",
      "https://example.com/a?y=2&x=1",
      "example.com/a/?x=1&y=2&gclid=7",
    ],
    [
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
      "https://youtu.be/dQw4w9WgXcQ?si=abc",
      "https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&feature=share",
      "https://youtube.com/shorts/dQw4w9WgXcQ",
      "https://www.youtube.com/embed/dQw4w9WgXcQ",
      "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
    ],
    [
      "https://www.instagram.com/reel/Cabc/",
      "https://instagram.com/p/Cabc/?igsh=MzRl",
      "https://l.instagram.com/?u=https%3A%2F%2Finstagram.com%2Freels%2FCabc",
    ],
    [
      "https://instagram.com/Some.Body",
      "instagram.com/some.body/?igshid=1",
      "https://instagr.am/some.body",
    ],
    [
      "https://x.com/a/status/1",
      "https://twitter.com/a/status/1?s=20&t=abc",
      "mobile.twitter.com/a/status/1",
    ],
    ["https://t.me/channel/5", "https://telegram.me/channel/5", "https://t.me/s/channel/5"],
    ["@Somebody", "somebody", " SOMEBODY "],
  ])("%s", (first, ...others) => {
    for (const other of others) expect([other, key(other)]).toEqual([other, key(first)]);
  });
});

describe("other links stay other links", () => {
  test.each([
    ["https://example.com/a", "https://example.com/b"],
    ["https://example.com/a", "https://example.com/A"],
    ["https://example.com/a", "https://example.com:8443/a"],
    ["https://example.com/a", "https://example.com/a?id=1"],
    ["https://example.com/a?id=1", "https://example.com/a?id=2"],
    ["https://example.com/a", "https://a.example.com/a"],
    ["https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcq"],
    ["https://example.com/#!/a", "https://example.com/#!/b"],
    ["https://example.com/a?s=1", "https://example.com/a?s=2"],
    ["https://m.com/a", "https://www.com/a"],
  ])("%s is not %s", (a, b) => {
    expect(key(a)).not.toBe(key(b));
  });
});

test("no text makes it fail, and what it made of a link it makes of that again", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.webUrl()), (link) => {
      expect(linkKeyOf(link)).toMatch(/^[0-9a-f]{32}$/);
      expect(linkKeyOf(link)).toBe(linkKeyOf(` ${link} `));
    }),
    { numRuns: 3000 },
  );
});
