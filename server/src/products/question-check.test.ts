import { describe, expect, test } from "vitest";
import { checkAnswer, parseQuestionCheck } from "./question-check.ts";

describe("an answer", () => {
  test.each<[check: string | undefined, good: string[], bad: string[]]>([
    [
      undefined,
      ["anything", "two\nlines", "🦊", "مرحبا", "x".repeat(2000)],
      ["", "  ", "x".repeat(2001), "a\u0000b", "\ud800"],
    ],
    ["line", ["one line"], ["two\nlines", "two\rlines", "a\u2028b", "x".repeat(501)]],
    [
      "email",
      ["a@b.example", " a@b.example ", "name.tag+1@sub.domain.example", "用户@例子.公司"],
      ["a", "a@b", "@b.example", "a@b..example", "a b@c.example", "a@b@c.example", "a@.b."],
    ],
    [
      "url",
      ["https://example.com/a?b=c", "http://example.com"],
      [
        "example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://a b.example",
        "https://",
      ],
    ],
    ["username", ["anna", "@anna.b_c-d"], ["@", "two words", "a/b", "a@b", "x".repeat(101)]],
    ["number", ["0", "123456789012345678901234567890"], ["1.5", "-1", "1e3", "１２", "a"]],
    ["one_of:Red| Light blue", ["red", "LIGHT BLUE", " Red "], ["", "blue", "Red|Light blue"]],
  ])("to %s", (check, good, bad) => {
    for (const answer of good)
      expect([answer, checkAnswer(check, answer).ok]).toEqual([answer, true]);
    for (const answer of bad)
      expect([answer, checkAnswer(check, answer).ok]).toEqual([answer, false]);
  });

  test("that will not do is answered with what is expected", () => {
    expect(checkAnswer("email", "x")).toEqual({
      ok: false,
      expected: "an e-mail address, at most 254 characters",
    });
    expect(checkAnswer("one_of:A|B", "c")).toEqual({ ok: false, expected: "one of: A, B" });
  });

  test("of a megabyte is judged at once, whatever it is made of", () => {
    const started = performance.now();
    for (const check of ["text", "email", "url", "username", "number", "one_of:A|B"]) {
      for (const part of ["a@", " .", "1", "a.", "\u0301"]) {
        expect(checkAnswer(check, part.repeat(500_000)).ok).toBe(false);
      }
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test.each([
  "",
  "Email",
  "toString",
  "__proto__",
  "one_of:",
  "one_of:A",
  "one_of:A|a",
  "one_of:A||B",
])("%j is no check", (text) => {
  const expected = expect.stringMatching(/^a check: text,|^2 to 100 different choices/);
  expect(parseQuestionCheck(text)).toEqual({
    ok: false,
    refusal: { code: "question_check_invalid", expected },
  });
});
