import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { attackedShop } from "./attacked-shop.ts";
import { cpuSecondsOf, median, parentOf, report } from "./helpers.ts";
import { formRequest, openWire } from "./wire.ts";

const shop = attackedShop();
const providers = 1000;
const seconds = 20;

beforeAll(async () => {
  // Every tenth is switched off; all have a service on sale, so that each may have work one day.
  await shop.asOwner(`
    insert into providers (name, alias, connector, base_url, status)
    select 'idle ' || n, 'idle ' || n, 'api-v2', 'http://127.0.0.1:9/',
           case when n % 10 = 0 then 'disabled' else 'enabled' end
      from generate_series(1, ${providers}) n`);
  await shop.asOwner(`
    insert into provider_states (provider_id) select id from providers where name like 'idle %'`);
  await shop.asOwner(`
    update services s set provider_id = p.id, provider_service = s.id::text
      from (select id, row_number() over (order by id) as n from providers where name like 'idle %') p
     where s.id > 1 and p.n = s.id`);
  await shop.asOwner(`
    update services set provider_id = (select id from providers where name = 'sandbox') where id = 1`);
});

test("a thousand idle providers cost five per cent of a core, and a due order leaves at once", async () => {
  const panel = await shop.start({ roles: "api,web,worker" });
  const server = parentOf(
    (await shop.ctx.db.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid ?? 0,
  );
  await pause(5000);
  const before = { panel: cpuSecondsOf(panel.pid), server: cpuSecondsOf(server) };
  await pause(seconds * 1000);
  const panelPart = (cpuSecondsOf(panel.pid) - before.panel) / seconds;
  const serverPart = (cpuSecondsOf(server) - before.server) / seconds;

  const wire = await openWire(panel.url);
  const times: number[] = [];
  for (let n = 0; n < 15; n++) {
    const body = `key=bench-key-2&action=add&service=1&quantity=10&link=https%3A%2F%2Fa.example%2F${n}`;
    const heard = await wire.ask(formRequest(body));
    const startedAt = performance.now();
    const { order = 0 } = JSON.parse(heard.kind === "answered" ? heard.body : "{}") as {
      order?: number;
    };
    await expect.poll(() => isSent(order), { timeout: 10_000, interval: 10 }).toBe(true);
    times.push(performance.now() - startedAt);
    await pause(Math.random() * 400);
  }
  wire.close();
  report("1,000 idle providers", {
    panelPart,
    serverPart,
    sentP50Ms: median(times),
    sentMaxMs: Math.max(...times),
  });

  expect(panelPart + serverPart).toBeLessThanOrEqual(0.05);
  expect(median(times)).toBeLessThanOrEqual(300);
});

async function isSent(order: number): Promise<boolean> {
  const { rows } = await shop.ctx.db.query("select 1 from attempts where order_id = $1", [order]);
  return rows.length > 0;
}
