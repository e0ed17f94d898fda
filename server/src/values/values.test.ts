import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseId } from "./ids.ts";
import { linkLengthMax, parseLink, withoutUnseen } from "./link.ts";
import { isFinal, orderTransitions, parseOrderStatus, wireStatus } from "./order-status.ts";
import type { OrderStatus } from "./order-status.ts";
import { deliveredOf, parseQuantity, quantityMax } from "./quantity.ts";

const statuses = Object.keys(wireStatus) as OrderStatus[];

describe("ids and quantities", () => {
  test("come back as they went out", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(parseQuantity(String(value))).toBe(value);
        expect(parseId(String(value))).toBe(value === 0 ? undefined : value);
      }),
    );
    expect(parseQuantity(String(quantityMax))).toBe(quantityMax);
  });

  test("are ASCII digits and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (/^[0-9]{1,16}$/.test(text)) return;
        expect(parseQuantity(text)).toBeUndefined();
        expect(parseId(text)).toBeUndefined();
      }),
    );
  });

  test.each(["9007199254740992", "9007199254740993", "9999999999999999", "00000000000000001"])(
    "%s is beyond what a number holds",
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
      expect(parseId(text)).toBeUndefined();
    },
  );

  test("what was delivered lies between nothing and the quantity", () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, fc.integer({ min: -2_000_000, max: 2_000_000 }), (quantity, remains) => {
        const delivered = deliveredOf(quantity, remains);
        expect(delivered).toBeGreaterThanOrEqual(0);
        expect(delivered).toBeLessThanOrEqual(quantity);
        if (remains >= 0 && remains <= quantity) expect(delivered + remains).toBe(quantity);
      }),
    );
  });
});

describe("links", () => {
  test("are kept as they are but for blanks around them and signs that nobody sees, and can always be stored", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        const link = parseLink(text);
        if (link === undefined) return;
        expect(link).toBe(withoutUnseen(text).trim());
        expect(link.isWellFormed()).toBe(true);
        expect(link).not.toMatch(/\p{Cc}/u);
        expect(link).not.toBe("");
      }),
    );
  });

  test("have a length", () => {
    expect(parseLink("l".repeat(linkLengthMax))).toHaveLength(linkLengthMax);
    expect(parseLink("l".repeat(linkLengthMax + 1))).toBeUndefined();
    expect(parseLink(` ${"l".repeat(linkLengthMax)} `)).toHaveLength(linkLengthMax);
  });

  test.each([
    "",
    " ",
    "\t",
    "a\u0000",
    "a\nb",
    "\u007f",
    "\u0085",
    "\u001b[31m",
    "a\ufffdb",
    "a\ud83d",
    "\udfff",
    "a\ufffe",
    "\u{1ffff}",
  ])("are not %j", (text) => {
    expect(parseLink(text)).toBeUndefined();
  });
});

describe("states of an order", () => {
  test("are six words, spelt as every client knows them", () => {
    expect(Object.values(wireStatus)).toEqual([
      "Pending",
      "Processing",
      "In progress",
      "Completed",
      "Partial",
      "Canceled",
    ]);
  });

  test("are read in any letter case, with blanks or hyphens", () => {
    for (const status of statuses) {
      for (const text of [status, wireStatus[status], wireStatus[status].toUpperCase()]) {
        expect(parseOrderStatus(text)).toBe(status);
      }
    }
    expect(parseOrderStatus(" In-Progress ")).toBe("in_progress");
    for (const text of ["", "cancelled", "inprogress", "__proto__", "constructor"]) {
      expect(parseOrderStatus(text)).toBeUndefined();
    }
  });

  test("that give money back lead nowhere that takes it again", () => {
    expect(orderTransitions.canceled).toEqual([]);
    for (const status of statuses.filter(isFinal)) {
      expect(orderTransitions[status].every(isFinal)).toBe(true);
      expect(orderTransitions[status]).not.toContain("completed");
    }
  });
});

test("a link is a name, an id, or an http address; no other kind of address, however written", () => {
  const taken = [
    "anna",
    "@anna",
    "12345",
    "t.me/x",
    "//example.com/x",
    "example.com:8080/x",
    "localhost:3000",
    "UID:12345678",
    "UID: 12345678 Anna",
    "Link: https://example.com/a",
    "see https://example.com/p",
    "spotify:track:6rqhFgbbKwnb9MLmUQDhG6",
    "https://example.com/javascript:void(0)",
    "https://example.com/?u=data:text/html",
    "HTTP://EXAMPLE.COM/%3A",
    "50% off",
    "имя:фамилия",
  ];
  for (const link of taken) expect([link, parseLink(link)]).toEqual([link, link]);
  const refused = [
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java script:alert(1)",
    "\u200bjavascript:alert(1)",
    "java\u00adscript:alert(1)",
    "java\u2028script:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "javascript%3Aalert(1)",
    "javascript%253Aalert(1)",
    "%6aavascript:alert(1)",
    "javascript：alert(1)",
    "ｊａｖａｓｃｒｉｐｔ:alert(1)",
    "javascript:1",
    "(javascript:alert(1))",
    "data:text/html,hello",
    "data:1",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "blob:https://example.com/1",
    "view-source:https://example.com",
    "mailto:anna@example.com",
    "tel:123",
    "ftp://example.com",
    "tg://resolve?domain=x",
    "intent://x#Intent;end",
    "foo:bar",
    "feed:https://example.com/feed",
  ];
  for (const link of refused) expect([link, parseLink(link)]).toEqual([link, undefined]);
});

test("signs that nobody sees are taken away before anybody looks at a link", () => {
  expect(parseLink("\ufeffhttps://exam\u200bple.com/a\u00adb\u202e")).toBe(
    "https://example.com/ab",
  );
  expect(parseLink("\u2066@anna\u2069")).toBe("@anna");
  expect(parseLink("\u200b\u200d")).toBeUndefined();
  expect(parseLink("https://example.com/❤️")).toBe("https://example.com/❤️");
});
