import { afterEach, expect, test } from "vitest";
import { openPool } from "#database/connection.ts";
import { amount, testPanel } from "#test/panel.ts";
import { runWorker } from "./run-worker.ts";
import type { Worker } from "./run-worker.ts";

const panel = testPanel({ roles: ["api"] });
const workers: Worker[] = [];
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.close())));

const idleProviders = 2000;

test("providers without work are not asked after, and work is done all the same", async () => {
  await panel.ctx.db.query(
    `insert into providers (name, alias, connector, status)
     select 'idle ' || n, 'idle ' || n, 'sandbox', case when n % 2 = 0 then 'enabled' else 'disabled' end
       from generate_series(1, ${idleProviders}) n`,
  );
  await panel.ctx.db.query(
    "insert into provider_states (provider_id) select id from providers where name like 'idle %'",
  );
  const service = await panel.addService({ provider: "sandbox", rate: amount("1"), min: 1 });
  const { key } = await panel.addCustomer();
  const db = openPool(panel.database.settings, 4);
  let taken = 0;
  db.on("acquire", () => taken++);

  workers.push(runWorker({ ...panel.ctx, db }));
  const fields = { key, action: "add", service, link: "https://a.example/", quantity: 10 };
  const { order } = (await panel.api(fields)) as { order: number };

  const sent = async () => {
    const found = await panel.ctx.db.query("select 1 from attempts where order_id = $1", [order]);
    return found.rows.length;
  };
  await expect.poll(sent, { timeout: 10_000, interval: 50 }).toBe(1);
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  await db.end();
  // The jobs' first rounds and the order's own steps; one for each idle provider would be far beyond.
  expect(taken).toBeLessThan(idleProviders / 4);
});

test("a provider whose turn fails keeps no other provider's orders", async () => {
  const service = await panel.addService({ provider: "sandbox", rate: amount("1"), min: 1 });
  const { key } = await panel.addCustomer();
  const add = { key, action: "add", service, quantity: 10 };
  const broken = (await panel.api({ ...add, link: "broken" })) as { order: number };
  // Due for a provider whose state is gone: each of its turns fails.
  await panel.ctx.db.query(
    `with made as (insert into providers (name, alias, connector) values ('broken', 'broken', 'sandbox')
                   returning id)
     update tasks set provider_id = made.id from made where order_id = ${broken.order}`,
  );

  workers.push(runWorker(panel.ctx));
  const { order } = (await panel.api({ ...add, link: "fine" })) as { order: number };

  const sent = async () => {
    const text = "select order_id from attempts where order_id = any ($1) order by order_id";
    const found = await panel.ctx.db.query<{ order_id: number }>(text, [[broken.order, order]]);
    return found.rows.map((row) => row.order_id);
  };
  await expect.poll(sent, { timeout: 10_000, interval: 50 }).toEqual([order]);
});
