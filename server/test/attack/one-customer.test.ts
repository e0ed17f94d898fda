import { expect, test } from "vitest";
import { attackedShop, partKept, watchers } from "./attacked-shop.ts";
import { blockagesIn, report, sendAttacker, sendCustomers } from "./helpers.ts";

const shop = attackedShop();
const add = "action=add&service=1&quantity=10&link=https%3A%2F%2Fa.example%2F#";

test.each([
  { name: "add", connections: 64, body: `key=bench-key-1&${add}` },
  { name: "add", connections: 1000, body: `key=bench-key-1&${add}` },
  {
    name: "status of 100 orders",
    connections: 64,
    body: `key=bench-key-1&action=status&orders=${Array.from({ length: 100 }, (_, n) => 200 * (n + 1)).join(",")}`,
  },
  { name: "orders", connections: 64, body: "key=bench-key-1&action=orders" },
])(
  "one customer who floods $name on $connections connections: others keep seven tenths of their orders",
  async ({ name, connections, body }) => {
    const panel = await shop.start();
    const kept = await partKept(panel.url, "add", { connections, kind: "hammer", body });
    report(`add kept while one customer floods ${name} on ${connections} connections`, { kept });

    expect(kept).toBeGreaterThanOrEqual(0.7);
  },
);

test("refills of 1,000 orders, a hundred requests at once: others read the products in tens of ms", async () => {
  const panel = await shop.start();
  const calm = await sendCustomers(watchers(panel.url, "products", 5)).result;
  // The others' own orders are none of theirs: every id costs its look, and is refused.
  const ids = Array.from({ length: 1000 }, (_, n) => n + 1).join(",");
  const body = `key=bench-key-1&action=refill&orders=${ids}`;
  const attack = { connections: 100, seconds: 8, kind: "hammer", body } as const;
  const attacker = sendAttacker({ url: panel.url, ...attack });
  const served = await sendCustomers(watchers(panel.url, "products", 7)).result;
  const { statuses, maxMs } = await attacker.result;
  report("refill of 1,000 ids", {
    calmP50: calm.p50Ms,
    served,
    statuses,
    maxMs,
    blocked: blockagesIn(panel.output()),
  });

  expect(served.refused + served.broken).toBe(0);
  expect(served.p50Ms).toBeLessThanOrEqual(50);
});
