import { describe, expect, test } from "vitest";
import { serviceTypes } from "./index.ts";
import type { OrderedService, ServiceType } from "./service-type.ts";

const link = "https://example.com/p/1";
const service: OrderedService = { min: 2, max: 10, dripfeed: false };

function read(type: ServiceType, fields: Record<string, string>, ordered = service) {
  return type.read((name) => fields[name], ordered);
}

function refusal(code: string, field: string, details: object = {}) {
  return { ok: false, refusal: { code, field, ...details } };
}

describe("links", () => {
  const order = (text: string) => read(serviceTypes.package, { link: text });

  test("a link is kept without surrounding blanks", () => {
    expect(order(` ${link}\r\n`)).toMatchObject({ ok: true, value: { link } });
  });

  test("a missing or unreadable link is refused", () => {
    expect(read(serviceTypes.package, {})).toEqual(refusal("bad_link", "link"));
    for (const text of [" ", "a\0b", "a\nb", "x".repeat(2049)]) {
      expect(order(text)).toEqual(refusal("bad_link", "link"));
    }
  });

  test("media is read like a link", () => {
    const fields = { link, quantity: "5", media: "x".repeat(2049) };
    expect(read(serviceTypes.mentions_media_likers, fields)).toEqual(refusal("bad_link", "media"));
  });
});

describe("quantities", () => {
  const order = (quantity: string) => read(serviceTypes.default, { link, quantity });

  test("min and max themselves are taken, and blanks around a quantity", () => {
    expect(order("2")).toMatchObject({ ok: true, value: { quantity: 2 } });
    expect(order(" 10\t")).toMatchObject({ ok: true, value: { quantity: 10 } });
  });

  test("one below min and one above max are refused with the bound", () => {
    expect(order("1")).toEqual(refusal("quantity_below_min", "quantity", { min: 2 }));
    expect(order("11")).toEqual(refusal("quantity_above_max", "quantity", { max: 10 }));
  });

  test("a missing quantity is told from one that is no whole number", () => {
    expect(read(serviceTypes.default, { link })).toEqual(refusal("quantity_required", "quantity"));
    expect(order("  ")).toEqual(refusal("quantity_required", "quantity"));
    for (const text of ["5.0", "5e0", "-5", "+5", "٥", "0x5", "5 5", "9007199254740992"]) {
      expect(order(text), text).toEqual(refusal("quantity_invalid", "quantity"));
    }
  });

  test("a package is one piece whatever the bounds and the quantity sent", () => {
    const read1 = read(serviceTypes.package, { link, quantity: "abc" });
    expect(read1).toEqual({ ok: true, value: { link, quantity: 1 } });
    const fields = { link, comments: "one", quantity: "7" };
    const read2 = read(serviceTypes.custom_comments_package, fields);
    expect(read2).toEqual({
      ok: true,
      value: { link, quantity: 1, fields: { comments: ["one"] } },
    });
  });
});

describe("lists", () => {
  const wide: OrderedService = { min: 1, max: 1_000_000, dripfeed: false };
  const comment = (comments: string, ordered = wide) =>
    read(serviceTypes.custom_comments, { link, comments }, ordered);
  const mention = (usernames: string) =>
    read(serviceTypes.mentions_custom_list, { link, usernames }, wide);
  const kept = (comments: readonly string[]) => ({
    ok: true,
    value: { link, quantity: comments.length, fields: { comments } },
  });

  test("every kind of line break ends a line, and blank lines do not count", () => {
    expect(comment("a\r\nb\nc\rd\n\n \t\n e ")).toEqual(kept(["a", "b", "c", "d", "e"]));
  });

  test("the characters backslash and n end a line only where no line break is sent", () => {
    expect(comment(String.raw`a\nb\n`)).toEqual(kept(["a", "b"]));
    expect(comment(String.raw`a\r\nb`)).toEqual(kept(["a", "b"]));
    expect(comment("a\\nb\nc")).toEqual(kept(["a\\nb", "c"]));
  });

  test("commas separate usernames, hashtags and keywords, but not comments or groups", () => {
    const mentioned = mention("a, b,,c\nd");
    expect(mentioned).toMatchObject({ value: { fields: { usernames: ["a", "b", "c", "d"] } } });
    expect(mention(String.raw`a,b\nc`)).toMatchObject({ value: { quantity: 3 } });
    const tagged = { link, quantity: "5", usernames: "a", hashtags: "#x,#y" };
    expect(read(serviceTypes.mentions_with_hashtags, tagged)).toMatchObject({
      value: { quantity: 5, fields: { hashtags: ["#x", "#y"] } },
    });
    const searched = { link, quantity: "5", keywords: "red shoes,boots" };
    expect(read(serviceTypes.seo, searched)).toMatchObject({
      value: { fields: { keywords: ["red shoes", "boots"] } },
    });
    expect(comment("nice, really")).toEqual(kept(["nice, really"]));
    const invited = { link, quantity: "5", groups: "a,b" };
    expect(read(serviceTypes.invites_from_groups, invited)).toMatchObject({
      value: { fields: { groups: ["a,b"] } },
    });
  });

  test("the number of lines is the quantity: bounded, whatever quantity is sent", () => {
    const sent = { link, comments: "a\nb\nc", quantity: "junk" };
    expect(read(serviceTypes.custom_comments, sent)).toMatchObject({ value: { quantity: 3 } });
    expect(comment("a", service)).toEqual(refusal("quantity_below_min", "comments", { min: 2 }));
    const eleven = "a\n".repeat(11);
    expect(comment(eleven, service)).toEqual(
      refusal("quantity_above_max", "comments", { max: 10 }),
    );
    const usernames = { link, usernames: "a" };
    expect(read(serviceTypes.mentions_custom_list, usernames)).toEqual(
      refusal("quantity_below_min", "usernames", { min: 2 }),
    );
    const replies = { link, username: "anna", comments: "a\nb" };
    expect(read(serviceTypes.comment_replies, replies)).toEqual({
      ok: true,
      value: { link, quantity: 2, fields: { username: "anna", comments: ["a", "b"] } },
    });
  });

  test("a list without a line is as good as none", () => {
    expect(comment(" \n\r\n")).toEqual(refusal("comments_required", "comments"));
    expect(comment(String.raw`\n\n`)).toEqual(refusal("comments_required", "comments"));
    expect(mention(" ,\n,")).toEqual(refusal("field_required", "usernames"));
    const packaged = read(serviceTypes.custom_comments_package, { link, comments: "\n" });
    expect(packaged).toEqual(refusal("comments_required", "comments"));
  });

  test("the longest list is taken and one line more is refused", () => {
    expect(comment("a\n\n".repeat(10_000))).toMatchObject({ value: { quantity: 10_000 } });
    expect(comment("a\n".repeat(10_001))).toEqual(
      refusal("list_too_long", "comments", { max: 10_000 }),
    );
  });

  test("a control character inside a line is refused, but not a tab", () => {
    expect(comment("a\tb")).toEqual(kept(["a\tb"]));
    for (const text of ["a\0b", "ok\na\u001bb", "a\u007fb", "a\vb"]) {
      expect(comment(text)).toMatchObject(refusal("field_invalid", "comments"));
    }
  });

  test("what is no text is refused, and whole emoji and both directions are kept", () => {
    for (const text of ["ok\na\ud83d", "a\ufffdb", "a\ufffe"]) {
      expect(comment(text)).toMatchObject(refusal("field_invalid", "comments"));
    }
    const lines = ["👩‍👩‍👧 ❤️", "שלום\u200f abc", "می‌خواهم", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301"];
    expect(comment(lines.join("\n"))).toEqual(kept(lines));
  });
});

describe("single-line texts", () => {
  const order = (hashtag: string) =>
    read(serviceTypes.mentions_hashtag, { link, quantity: "5", hashtag });

  test("a text is kept whole", () => {
    const longest = "x".repeat(2048);
    expect(order(` ${longest} `)).toMatchObject({ value: { fields: { hashtag: longest } } });
  });

  test("too long a text, control characters and what is no text are refused", () => {
    const expected = "one line of at most 2048 characters";
    for (const text of ["x".repeat(2049), "a\0b", "a\nb", "a\ud83d", "\ufffd"]) {
      expect(order(text)).toEqual(refusal("field_invalid", "hashtag", { expected }));
    }
    expect(order(" ")).toEqual(refusal("field_required", "hashtag"));
  });

  test("a missing username has a code of its own", () => {
    const fields = { link, quantity: "5", comments: "a\nb", username: " " };
    const { comment_likes, comment_replies, mentions_user_followers } = serviceTypes;
    for (const type of [comment_likes, comment_replies, mentions_user_followers]) {
      expect(read(type, fields)).toEqual(refusal("username_required", "username"));
    }
  });
});

describe("poll", () => {
  const order = (answerNumber: string) =>
    read(serviceTypes.poll, { link, quantity: "5", answerNumber });

  test("an answer's number is kept digit by digit", () => {
    const long = "18446744073709551615";
    expect(order(` ${long} `)).toMatchObject({ value: { fields: { answerNumber: long } } });
  });

  test("an answer's number consists of ASCII digits", () => {
    for (const text of ["first", "-1", "1.5", "٣"]) {
      expect(order(text)).toEqual(
        refusal("field_invalid", "answerNumber", { expected: "a whole number" }),
      );
    }
  });
});

describe("1DG types", () => {
  test("Special keeps its list line by line", () => {
    const fields = { link, quantity: "5", list: "red shoes, cheap\nboots" };
    expect(read(serviceTypes.special_1dg, fields)).toEqual({
      ok: true,
      value: { link, quantity: 5, fields: { list: ["red shoes, cheap", "boots"] } },
    });
  });

  test("Special 1 asks for suggest, search or both", () => {
    const order = (fields: Record<string, string>) =>
      read(serviceTypes.special_1_1dg, { link, quantity: "5", ...fields });

    expect(order({ suggest: "\n" })).toEqual(refusal("field_required", "suggest"));
    expect(order({ suggest: "v" })).toHaveProperty("value.fields", { suggest: ["v"] });
    expect(order({ search: "s" })).toHaveProperty("value.fields", { search: ["s"] });
    expect(order({ suggest: "v", search: "s" })).toHaveProperty("value.fields", {
      suggest: ["v"],
      search: ["s"],
    });
  });
});
