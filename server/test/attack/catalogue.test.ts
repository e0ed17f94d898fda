import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { markUpOf } from "#catalog/mark-up.ts";
import { syncProvider } from "#catalog/sync/sync-provider.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must } from "#test/panel.ts";
import { attackedShop, watchers } from "./attacked-shop.ts";
import { blockagesIn, report, sendCustomers } from "./helpers.ts";

const shop = attackedShop();
const services = 20_000;
let price = 100;
const server = createServer((request, response) => {
  request.resume();
  const list = Array.from({ length: services }, (_, n) => ({
    service: String(n + 1),
    name: `Followers 💎 [Max: 500K] [Start Time: 0 - 24 Hours] [Refill: 30 Days] ${n}`,
    type: "Default",
    category: `Category ${n % 100}`,
    rate: `0.${price + (n % 900)}`,
    min: "10",
    max: "100000",
    dripfeed: false,
    refill: true,
    cancel: true,
    desc: "Quality: high. Speed: 10K a day. ".repeat(5),
  }));
  response.end(JSON.stringify(list));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await shop.asOwner(`
    with made as (
      insert into providers (name, alias, connector, base_url, is_private)
      values ('large', 'large', 'api-v2', 'http://127.0.0.1:${port}/', true) returning id)
    insert into provider_states (provider_id) select id from made`);
  const provider = await findProviderByName(shop.ctx.db, "large");
  if (provider === undefined) throw new Error("no provider");
  const markUp = markUpOf(amount("25"));
  const order = { kind: "import", mode: "apply", markUp } as const;
  const findTypeName = (name: string) => findServiceType(name)?.wireName;
  must(await syncProvider(shop.ctx, tester, provider, order, findTypeName));
});
afterAll(() => server.close());

test("the sync of a list of 20,000 services holds up nobody for more than a moment", async () => {
  const panel = await shop.start({ roles: "api,web,worker" });
  const calm = await sendCustomers(watchers(panel.url, "balance", 5)).result;
  // Every price moves.
  price += 7;
  await shop.asOwner(`
    insert into sync_terms (provider_id, sync_minutes, due_at)
    select id, 60, panel_now() from providers where name = 'large'
    on conflict (provider_id) do update set sync_minutes = 60, due_at = panel_now()`);
  const served = await sendCustomers(watchers(panel.url, "balance", 40)).result;
  const [run] = await shop.asOwner("select status from sync_runs order by id desc limit 1");
  report("sync of 20,000 services", {
    calmMax: calm.maxMs,
    served,
    run,
    blocked: blockagesIn(panel.output()),
  });

  // Whether a brake stops it is no matter here: it was read and planned.
  expect(run).toEqual({ status: expect.stringMatching(/^(?:applied|stopped)$/) });
  expect(served.refused + served.broken).toBe(0);
  expect(served.p99Ms - calm.p99Ms).toBeLessThanOrEqual(50);
  expect(served.maxMs).toBeLessThanOrEqual(250);
});
