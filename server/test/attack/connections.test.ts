import { expect, test } from "vitest";
import { attackedShop, watchers } from "./attacked-shop.ts";
import { isAlive, peakMemoryMb, report, sendAttacker, sendCustomers } from "./helpers.ts";

const shop = attackedShop();
const body = "key=bench-key-1&action=orders&limit=1000";

test.each([
  { kind: "idle", connections: 4000 },
  { kind: "half-head", connections: 2000 },
  { kind: "half-body", connections: 2000 },
  { kind: "hang-up", connections: 500 },
] as const)(
  "$connections connections that are $kind cost others nothing, and the panel ends within 5 s",
  async ({ kind, connections }) => {
    const panel = await shop.start();
    const seconds = 8;
    const attacker = sendAttacker({ url: panel.url, connections, seconds: 60, kind, body });
    const served = await sendCustomers(watchers(panel.url, "balance", seconds)).result;
    const startedAt = performance.now();
    const exitCode = await panel.stop();
    const endMs = performance.now() - startedAt;
    attacker.stop();
    report(`${connections} × ${kind}`, { served, endMs, memoryMb: peakMemoryMb(panel.pid) });

    expect(isAlive(panel.pid)).toBe(false);
    expect(exitCode).toBe(0);
    expect(served.refused + served.broken).toBe(0);
    expect(served.p99Ms).toBeLessThanOrEqual(250);
    expect(endMs).toBeLessThanOrEqual(5000);
  },
);

test("a panel of two processes under a flood ends within 5 s", async () => {
  const panel = await shop.start({ processes: 2 });
  const attack = { connections: 200, seconds: 60, kind: "hammer", body } as const;
  const attacker = sendAttacker({ url: panel.url, ...attack });
  await sendCustomers(watchers(panel.url, "balance", 3)).result;
  const startedAt = performance.now();
  const exitCode = await panel.stop();
  const endMs = performance.now() - startedAt;
  attacker.stop();
  report("SIGTERM under a flood", { endMs });

  expect(exitCode).toBe(0);
  expect(endMs).toBeLessThanOrEqual(5000);
});
