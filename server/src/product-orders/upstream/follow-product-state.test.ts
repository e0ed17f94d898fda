import fc from "fast-check";
import { expect, test } from "vitest";
import { isProductOrderFinal, productOrderStatuses } from "#values/product-order-status.ts";
import { followProductState, goodsOf } from "./follow-product-state.ts";
import { splitResult } from "./split-result.ts";

const line = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => text.trim() !== "" && !/[\r\n]/.test(text));

test("a text of as many lines as items is cut line by line", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 2, maxLength: 20 }), (lines) => {
      expect(splitResult(lines.join("\r\n"), lines.length)).toEqual(lines);
      expect(splitResult(lines, lines.length)).toEqual(lines);
    }),
  );
});

test("nothing is left out, and there are never more items than asked for", () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      (lines, count) => {
        for (const result of [lines, lines.join("\n")]) {
          const items = splitResult(result, count);
          expect(items.length).toBeLessThanOrEqual(count);
          expect(items.join("\n")).toBe(lines.join("\n"));
          if (lines.length >= count) expect(items).toHaveLength(count);
        }
      },
    ),
  );
});

test.each([
  ["a\nb\nc\nd", 2, ["a\nb", "c\nd"]],
  ["a\nb\nc", 2, ["a", "b\nc"]],
  ["a\n\nb\n", 2, ["a", "b"]],
  ["a", 2, ["a"]],
  ["a\nb\n\n", 1, ["a\nb"]],
])("%j as %d items", (result, count, items) => {
  expect(splitResult(result, count)).toEqual(items);
});

test("an order ends only with what was delivered, and never goes back", () => {
  const orders = fc
    .record({
      quantity: fc.integer({ min: 1, max: 10 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ quantity, share }) => ({ quantity, delivered: Math.floor(share * (quantity - 1)) }));
  const statuses = fc.constantFrom(undefined, ...productOrderStatuses);
  fc.assert(
    fc.property(
      orders,
      statuses,
      fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
      fc.integer({ min: 0, max: 10 }),
      fc.boolean(),
      (order, status, remains, fresh, isRepeated) => {
        const standing = {
          ...order,
          status: order.delivered > 0 ? ("in_progress" as const) : ("pending" as const),
        };
        const said = {
          kind: "state" as const,
          status,
          word: "x",
          charge: undefined,
          remains,
          note: undefined,
          result: undefined,
        };
        const { expected } = goodsOf(standing, "auto", said);
        const delivered = Math.min(order.delivered + fresh, order.quantity);
        const repeated = isRepeated ? [{ line: 1, holder: 9 }] : [];
        const after = followProductState(standing, said, expected, { delivered, repeated });
        switch (after.status) {
          case "completed":
            expect(delivered).toBe(order.quantity);
            break;
          case "partial":
            expect(delivered).toBeGreaterThan(0);
            expect(delivered).toBeLessThan(order.quantity);
            break;
          case "canceled":
            expect(delivered).toBe(0);
            break;
          case "pending":
            expect(standing.status).toBe("pending");
            break;
          case "in_progress":
        }
        if (isProductOrderFinal(after.status)) expect(after.waits).toBeNull();
      },
    ),
  );
});
