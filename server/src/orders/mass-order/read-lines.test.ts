import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linesMax, readMassLines } from "./read-lines.ts";
import type { MassLine } from "./read-lines.ts";

function readOne(text: string): MassLine | undefined {
  const lines = readMassLines(text);
  expect(lines).toHaveLength(1);
  return lines?.[0];
}

describe("a line that can be read in one way", () => {
  const address = "https://x.example/a";
  test.each<[string, string, string, string | undefined]>([
    [`12 | ${address} | 100`, "12", address, "100"],
    [`12 | 100 | ${address}`, "12", address, "100"],
    [`12|${address}|100`, "12", address, "100"],
    [`12\t${address}\t100`, "12", address, "100"],
    [`12\t100\t${address}`, "12", address, "100"],
    [`12, ${address}, 100`, "12", address, "100"],
    [`12;100;${address}`, "12", address, "100"],
    [`  12   |   ${address} |\t100  `, "12", address, "100"],
    // The separator in the link.
    [`12,${address},b,100`, "12", `${address},b`, "100"],
    [`12,100,${address},b`, "12", `${address},b`, "100"],
    [`12|${address}|b|100`, "12", `${address}|b`, "100"],
    ["12|https://maps.example/@48.1,11.5|100", "12", "https://maps.example/@48.1,11.5", "100"],
    ['12,"https://maps.example/@48,11",100', "12", "https://maps.example/@48,11", "100"],
    // A name in place of an address, and a package.
    ["12 | @somebody | 100", "12", "@somebody", "100"],
    [`12 | ${address}`, "12", address, undefined],
    [`12 | ${address}#top`, "12", `${address}#top`, undefined],
  ])("%j", (text, service, link, quantity) => {
    expect(readOne(text)).toEqual({
      kind: "order",
      line: 1,
      text: text.trim(),
      service,
      link,
      quantity,
    });
  });
});

describe("a line that is not read", () => {
  test.each([
    ["12 | 100 | 200", "two_readings"],
    ["12 | 100", "two_readings"],
    ["12,https://x.example/a,1,000", "two_readings"],
    ["12,1,000,https://x.example/a", "two_readings"],
    ["12,100,https://x.example/a,200", "two_readings"],
    ["12,https://maps.example/@48,11,100", "two_readings"],
    ["12 | https://x.example/a, 100", "two_readings"],
    ["12,https://x.example/a | 100", "two_readings"],
    ["12\thttps://x.example/a, 100", "two_readings"],
    ["12 | https://x.example/a https://x.example/b | 100", "blank_in_link"],
    ["12 | https://x.example/a 100", "blank_in_link"],
    ["12 | https://x.example/a | 10O", "no_quantity"],
    ["12 | https://x.example/a | 100.5", "no_quantity"],
    ["12 | https://x.example/a | -100", "no_quantity"],
    ["12 | https://x.example/a | 1 000", "no_quantity"],
    ["12 | https://x.example/a | 100 |", "no_quantity"],
    ["12\t|\thttps://x.example/a\t|\t100", "blank_in_link"],
    ["12 |  | 100", "no_link"],
    ["12 |", "no_link"],
    ["12 https://x.example/a 100", "no_service"],
    ["service | link | quantity", "no_service"],
    ["https://x.example/a | 12 | 100", "no_service"],
    ["| 12 | https://x.example/a | 100 |", "no_service"],
    ["-12 | https://x.example/a | 100", "no_service"],
    [`12 | ${"x".repeat(5000)} | 100`, "too_long"],
  ])("%j: %s", (text, why) => {
    expect(readOne(text)).toMatchObject({ kind: "unreadable", why });
  });
});

test("blank lines, comments, a byte order mark and every kind of line end; lines keep their number", () => {
  const text = "\uFEFF1|a|10\r\n\r\n  # 2|b|20\n3|c|30\r4|d|40\n\n";
  const lines = readMassLines(text)?.map(({ line, kind }) => [line, kind]);
  expect(lines).toEqual([
    [1, "order"],
    [4, "order"],
    [5, "order"],
  ]);
});

test("one line more than may be is not read at all; comments do not count", () => {
  const full = `${"# comment\n".repeat(10)}${"1|a|10\n".repeat(linesMax)}`;
  expect(readMassLines(full)).toHaveLength(linesMax);
  expect(readMassLines(`${full}1|a|10`)).toBeUndefined();
});

test("never throws, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      readMassLines(text);
    }),
    { numRuns: 2000 },
  );
});

const separators = fc.constantFrom("|", " | ", "\t", ",", ", ", ";", " ; ");
const piece = fc.constantFrom(...Array.from("|,;\t 0123456789ab/:.@?=&#-"));
const link = fc
  .oneof(
    fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.webUrl(),
  )
  .map((text) => text.trim())
  .filter((text) => text !== "" && !/[\r\n]/.test(text));
const number = fc.integer({ min: 1, max: 999_999 }).map(String);

test("what was written in either order is read as it was meant, or not at all", () => {
  let read = 0;
  fc.assert(
    fc.property(
      number,
      link,
      number,
      separators,
      fc.boolean(),
      (service, address, quantity, separator, isLast) => {
        const fields = isLast ? [service, address, quantity] : [service, quantity, address];
        const [line] = readMassLines(fields.join(separator)) ?? [];
        if (line?.kind !== "order") return;
        read++;
        expect(line).toMatchObject({ service, link: address, quantity });
      },
    ),
    { numRuns: 5000 },
  );
  // Were everything refused, the promise would be empty.
  expect(read).toBeGreaterThan(500);
});

test("a line of two fields is read as it was meant, or not at all", () => {
  fc.assert(
    fc.property(number, link, separators, (service, address, separator) => {
      const [line] = readMassLines([service, address].join(separator)) ?? [];
      if (line?.kind !== "order") return;
      // What has a quantity after all could have been meant so, and says so by its link.
      if (line.quantity === undefined) expect(line).toMatchObject({ service, link: address });
      else expect(address.split(/[|,;\t]/).length).toBeGreaterThan(1);
    }),
    { numRuns: 5000 },
  );
});
