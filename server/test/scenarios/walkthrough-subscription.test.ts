import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeSetting } from "#catalog/change-setting.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import { followWalkthrough } from "#test/walkthrough.ts";

const panel = testPanel({ roles: ["api", "worker"] });
const feed = `<rss version="2.0"><channel>
  <item><guid>b</guid><link>https://example.com/p/b</link></item>
  <item><guid>a</guid><link>https://example.com/p/a</link></item></channel></rss>`;
const server = createServer((_, response) => response.end(feed));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});

test("the walk-through of subscriptions works as it stands: two posts, two charged orders", async () => {
  must(await changeSetting(panel.ctx, tester, "feeds_private", "yes"));
  const { database, url } = panel;
  const FEED = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.xml`;
  const walk = await followWalkthrough(
    "walkthrough-subscription.md",
    { databaseUrl: database.url, url },
    { FEED },
  );

  expect(walk.exitCode, walk.output).toBe(0);
  expect(walk.output).toContain('"post":"taken"');
  expect(walk.output).toContain('"post":"known"');
  const { rows } = await panel.ctx.db.query(
    `select link, charge = rate * quantity / 1000 as is_charged, quantity between 100 and 200 as fits
       from orders where parent_id is not null order by run`,
  );
  expect(rows).toEqual([
    { link: "https://example.com/p/b", is_charged: true, fits: true },
    { link: "https://example.com/p/2", is_charged: true, fits: true },
  ]);
}, 240_000);
