import { beforeAll, expect, test } from "vitest";
import { attackedShop, watchers } from "./attacked-shop.ts";
import {
  blockagesIn,
  isAlive,
  peakMemoryMb,
  report,
  sendAttacker,
  sendCustomers,
} from "./helpers.ts";

const shop = attackedShop();
const bytes = 960_000;

beforeAll(async () => {
  await shop.asOwner(`
    with made as (insert into accounts (currency) values ('USD') returning id),
         poor as (insert into customers (account_id, email) select id, 'poor@example.com' from made)
    insert into api_keys (account_id, key_hash, hint, scopes, rate_limit)
    select id, sha256('poor-key'::bytea), 'poor', '{read,order}', null from made`);
});

test.each([
  { name: "a customer without money", key: "poor-key" },
  { name: "a stranger", key: "f".repeat(32) },
])(
  "1,000 orders of 0.96 MB at once from $name: refused in words, nobody waits",
  async ({ key }) => {
    const panel = await shop.start();
    const seconds = 20;
    const body = `key=${key}&action=add&service=1&quantity=100&link=https%3A%2F%2Fa.example%2F1&comments=`;
    const others = sendCustomers(watchers(panel.url, "balance", seconds));
    const attacker = await sendAttacker({
      url: panel.url,
      connections: 1000,
      seconds,
      kind: "heavy",
      body,
      bytes,
    }).result;
    const served = await others.result;
    const memoryMb = peakMemoryMb(panel.pid);
    report("1,000 × 0.96 MB", {
      key: key.slice(0, 4),
      memoryMb,
      served,
      attacker,
      blocked: blockagesIn(panel.output()),
    });

    expect(isAlive(panel.pid)).toBe(true);
    expect(memoryMb).toBeLessThanOrEqual(500);
    expect(served.refused + served.broken).toBe(0);
    expect(served.maxMs).toBeLessThanOrEqual(1000);
    for (const sentence of attacker.sentences) expect(sentence).toMatch(/^\d{3} \{"error":"./);
  },
);
