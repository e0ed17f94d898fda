import { afterAll, beforeAll, expect, test } from "vitest";
import { attackedShop, watchers } from "./attacked-shop.ts";
import { blockagesIn, peakMemoryMb, report, sendCustomers, serveHostileFeeds } from "./helpers.ts";
import { formRequest, openWire } from "./wire.ts";

const shop = attackedShop();
let feeds: Awaited<ReturnType<typeof serveHostileFeeds>>;

beforeAll(async () => {
  feeds = await serveHostileFeeds();
  await shop.asOwner(`insert into settings (key, value) values ('feeds_private', '"yes"')`);
  await shop.asOwner(`update services set type = 'Subscriptions', min = 1 where id = 1`);
});
afterAll(() => feeds.stop());

test("a hundred hostile feeds hold up no other customer, and the panel ends within 5 s", async () => {
  const panel = await shop.start({ roles: "api,web,worker" });
  const calm = await sendCustomers(watchers(panel.url, "balance", 8)).result;
  const wire = await openWire(panel.url);
  const placed: string[] = [];
  for (let n = 0; n < 100; n++) {
    const body = `key=bench-key-1&action=add&service=1&min=10&max=10&posts=1&username=${encodeURIComponent(`${feeds.url}/${n}`)}`;
    const heard = await wire.ask(formRequest(body));
    placed.push(heard.kind === "answered" ? heard.body : heard.kind);
  }
  wire.close();
  const served = await sendCustomers(watchers(panel.url, "balance", 15)).result;
  const startedAt = performance.now();
  const memoryMb = peakMemoryMb(panel.pid);
  await panel.stop();
  const endMs = performance.now() - startedAt;
  const blocked = blockagesIn(panel.output());
  report("100 hostile feeds", { calmP99: calm.p99Ms, served, endMs, memoryMb, blocked });

  expect(placed[0]).toMatch(/"order":\d+/);
  expect(served.refused + served.broken).toBe(0);
  expect(served.p99Ms - calm.p99Ms).toBeLessThanOrEqual(50);
  expect(endMs).toBeLessThanOrEqual(5000);
});
