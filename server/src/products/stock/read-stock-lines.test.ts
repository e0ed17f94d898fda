import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { must } from "#test/panel.ts";
import { readStockLines } from "./read-stock-lines.ts";

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: string | Uint8Array, size = 7) {
  const lines: [line: number, text: string][] = [];
  const bytes = typeof source === "string" ? Buffer.from(source) : source;
  const done = await readStockLines(inChunks(bytes, size), (text, line) =>
    lines.push([line, text]),
  );
  return { done, lines };
}

describe("lines of a stock file", () => {
  test("end with LF, CR LF or CR, wherever the pieces of the file are cut", async () => {
    for (let size = 1; size <= 12; size++) {
      const { done, lines } = await read("a\r\nb\nc\rd\r\n\r\ne", size);
      expect(lines).toEqual([
        [1, "a"],
        [2, "b"],
        [3, "c"],
        [4, "d"],
        [6, "e"],
      ]);
      expect(must(done)).toEqual({ empty: 1 });
    }
  });

  test("lose a byte order mark, and blanks and tabs at their ends, and nothing else", async () => {
    const { lines } = await read("\uFEFF  a b\t\n\uFEFFx\u00a0\n\t 🦊‍🔥 \n\u200fمفتاح 12\u200f\n");
    expect(lines).toEqual([
      [1, "a b"],
      [2, "\uFEFFx\u00a0"],
      [3, "🦊‍🔥"],
      [4, "\u200fمفتاح 12\u200f"],
    ]);
  });

  test("in which nothing is seen are counted as empty", async () => {
    const { done, lines } = await read("\n \t\n\u200b\u200f\n\u00a0\nkey\n\n");
    expect(lines).toEqual([[5, "key"]]);
    expect(must(done)).toEqual({ empty: 5 });
  });

  test("come back as they were written, whatever they hold", async () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter(
        (each) =>
          !/[\r\n\0\uFEFF]/.test(each) && each === each.trim() && /[\p{L}\p{N}]/u.test(each),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        async (texts, size) => {
          const { lines } = await read(texts.join("\r\n"), size);
          expect(lines).toEqual(texts.map((each, index) => [index + 1, each]));
        },
      ),
    );
  });

  test.each<[problem: string, line: number, source: Uint8Array | string]>([
    ["not_utf8", 2, Buffer.from([97, 10, 0xff, 0xfe, 10])],
    ["not_utf8", 1, Buffer.from([0xff, 0xfe, 97, 0])],
    ["not_utf8", 1, Buffer.from([0xed, 0xa0, 0x80])],
    ["nul", 3, "a\nb\nc\u0000d\n"],
    ["nul", 1, Buffer.from("key", "utf16le")],
    ["too_long", 2, `a\n${"x".repeat(4001)}\n`],
    ["too_long", 2, `a\n${"x".repeat(1_000_000)}`],
    ["too_long", 1, "🦊".repeat(4001)],
  ])("that are %s refuse the file, with the number %i", async (problem, line, source) => {
    for (const size of [1000, 65_536]) {
      const { done } = await read(source, size);
      expect(done).toEqual({ ok: false, refusal: { code: "stock_line_invalid", line, problem } });
    }
  });

  test("of 4000 characters are taken, however many bytes those are", async () => {
    for (const longest of ["x".repeat(4000), "🦊".repeat(4000)]) {
      const { lines } = await read(`${longest}\nb`, 65_536);
      expect(lines).toEqual([
        [1, longest],
        [2, "b"],
      ]);
    }
  });

  test("too many for one file are refused", async () => {
    const { done } = await read("x\n".repeat(250_001), 65_536);
    expect(done).toMatchObject({ ok: false, refusal: { code: "stock_too_large" } });
    const { done: wide } = await read(`${"x".repeat(4000)}\n`.repeat(17_000), 65_536);
    expect(wide).toMatchObject({ ok: false, refusal: { code: "stock_too_large" } });
    const { done: empty } = await read(Buffer.alloc(300_000, 10), 65_536);
    expect(empty).toMatchObject({ ok: false, refusal: { code: "stock_too_large" } });
  });
});
