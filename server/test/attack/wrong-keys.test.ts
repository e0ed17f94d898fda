import { expect, test } from "vitest";
import { attackedShop, partKept, watchers } from "./attacked-shop.ts";
import {
  blockagesIn,
  isAlive,
  peakMemoryMb,
  report,
  sendAttacker,
  sendCustomers,
} from "./helpers.ts";

const shop = attackedShop();

const wrongKey = "key=ffffffffffffffffffffffffffffffff&action=balance";
const freshWrongKey = "key=ffffffffffffffffffffffff#&action=balance";

test.each([{ connections: 100 }, { connections: 500 }])(
  "1,000 pipelined wrong keys on each of $connections connections: others are answered throughout",
  async ({ connections }) => {
    const panel = await shop.start();
    const seconds = 15;
    const attack = { connections, seconds, kind: "pipeline", body: wrongKey, depth: 1000 } as const;
    const others = sendCustomers(watchers(panel.url, "balance", seconds + 2));
    const attacker = await sendAttacker({ url: panel.url, ...attack }).result;
    const served = await others.result;
    const memoryMb = peakMemoryMb(panel.pid);
    report(`pipelined, ${connections} connections`, {
      memoryMb,
      served,
      attacker,
      blocked: blockagesIn(panel.output()),
    });

    expect(isAlive(panel.pid)).toBe(true);
    expect(memoryMb).toBeLessThanOrEqual(400);
    expect(served.refused + served.broken).toBe(0);
    expect(served.p99Ms).toBeLessThanOrEqual(250);
  },
);

test.each([
  { connections: 64, body: "add" },
  { connections: 1000, body: "add" },
  { connections: 64, body: "balance" },
  { connections: 1000, body: "balance" },
] as const)(
  "wrong keys on $connections connections: customers keep nine tenths of their $body",
  async ({ connections, body }) => {
    const panel = await shop.start();
    const kept = await partKept(panel.url, body, {
      connections,
      kind: "hammer",
      body: freshWrongKey,
    });
    report(`${body} kept under ${connections} connections of wrong keys`, { kept });

    expect(kept).toBeGreaterThanOrEqual(0.9);
  },
);
