import fc from "fast-check";
import { expect, test } from "vitest";
import { openPanel } from "panelwright-sdk";

function balanceOf(json: string) {
  const panel = openPanel({
    url: "https://panel.example/api/v2",
    key: "key",
    retries: 0,
    fetch: async () => new Response(json),
  });
  return panel.balance();
}

test("money that is sent as text arrives as it was sent", async () => {
  const text = fc
    .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.stringMatching(/^\d{1,8}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`);
  await fc.assert(
    fc.asyncProperty(text, async (sent) => {
      const { balance } = await balanceOf(JSON.stringify({ balance: sent }));
      expect(balance).toBe(sent);
    }),
  );
});

test("money that is sent as a number is the same number, without an exponent", async () => {
  const number = fc.double({ min: -1e15, max: 1e15, noNaN: true });
  await fc.assert(
    fc.asyncProperty(number, async (sent) => {
      fc.pre(Math.abs(sent) > 1e-50 || sent === 0);
      const { balance } = await balanceOf(JSON.stringify({ balance: sent }));
      expect(balance).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(balance) === sent).toBe(true);
    }),
  );
});

test.each(["", "abc", "1.2.3", "1e999", "--1", "1,5", "0x10", "Infinity"])(
  "%j is no money",
  async (sent) => {
    await expect(balanceOf(JSON.stringify({ balance: sent }))).rejects.toMatchObject({
      name: "UnreadableError",
    });
  },
);

test("no answer, however strange, is anything but a value or a PanelError", async () => {
  const answer = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .dictionary(
        fc.constantFrom("balance", "status", "error", "errors", "data", "message", "__proto__"),
        fc.jsonValue(),
      )
      .map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(answer, async (text) => {
      const panel = openPanel({
        url: "https://panel.example/api/v2",
        key: "key",
        retries: 0,
        fetch: async () => new Response(text),
      });
      const calls = [
        panel.balance(),
        panel.services(),
        panel.status(1),
        panel.statuses([1, 2]),
        panel.refills([1, 2]),
        panel.refillStatuses([1]),
        panel.cancel([1]),
        panel.orders(),
        panel.changes(),
        panel.products(),
        panel.productStatuses([1, 2]),
        panel.claimProduct({ order: 1, reason: "a" }),
        panel.productClaims([1, 2]),
        panel.order({ service: 1, link: "a", quantity: 1 }),
      ];
      for (const call of calls) {
        const error: unknown = await call.then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error !== undefined) expect(error).toHaveProperty("action");
      }
    }),
    { numRuns: 300 },
  );
});
