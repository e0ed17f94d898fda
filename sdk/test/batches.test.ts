import fc from "fast-check";
import { expect, test } from "vitest";
import { openPanel } from "panelwright-sdk";
import type { Id } from "panelwright-sdk";
import { fieldsIn } from "./scripted-panel.ts";

const id = fc.oneof(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.stringMatching(/^[a-z]{1,3}-[0-9a-f]{4}$/),
);
const ids = fc.array(id, { maxLength: 300 });
const size = fc.integer({ min: 1, max: 120 });

/**
 * A panel in memory that counts how many ids it was asked for at once; every third it does not
 * know.
 */
function memoryPanel(idsPerRequest: number, shape: "object" | "list") {
  const asked: string[][] = [];
  const panel = openPanel({
    url: "https://panel.example/api/v2",
    key: "key",
    idsPerRequest,
    fetch: async (_input, init) => {
      const fields = fieldsIn(init);
      const some = (fields["orders"] ?? fields["order"] ?? "").split(",");
      asked.push(some);
      const items = some.map((order, index) =>
        isKnown(order)
          ? { order, refill: `${order}9`, status: "Pending", remains: "1", charge: `${index}.50` }
          : { order, error: "Incorrect order ID" },
      );
      const isList = shape === "list" || fields["action"] === "refill";
      const byId = Object.fromEntries(items.map((item) => [item.order, item]));
      return Response.json(isList ? items : byId);
    },
  });
  return { panel, asked };
}

function isKnown(order: string): boolean {
  return order.length % 3 !== 0;
}

function expectJoined(
  wanted: readonly Id[],
  results: readonly { readonly id: Id; readonly ok: boolean }[],
  asked: readonly (readonly string[])[],
  idsPerRequest: number,
): void {
  const unique = [...new Set(wanted.map(String))];
  expect(results.map((result) => result.id)).toEqual(wanted);
  expect(results.map(({ ok }) => ok)).toEqual(wanted.map((one) => isKnown(String(one))));
  expect(asked.flat()).toEqual(unique);
  expect(asked).toHaveLength(Math.ceil(unique.length / idsPerRequest));
  expect(asked.every((batch) => batch.length <= idsPerRequest)).toBe(true);
}

test("every id has its own result, in its place, however they are split", async () => {
  await fc.assert(
    fc.asyncProperty(ids, size, fc.constantFrom("object", "list"), async (wanted, limit, shape) => {
      const { panel, asked } = memoryPanel(limit, shape);

      expectJoined(wanted, await panel.statuses(wanted), asked, limit);
    }),
  );
});

test("an order named twice is refilled once, and both places say so", async () => {
  await fc.assert(
    fc.asyncProperty(ids, size, async (wanted, limit) => {
      const { panel, asked } = memoryPanel(limit, "list");

      const results = await panel.refills(wanted);

      expectJoined(wanted, results, asked, limit);
      for (const result of results) {
        if (result.ok) expect(String(result.value.refill)).toBe(`${result.id}9`);
      }
    }),
  );
});
