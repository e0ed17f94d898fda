import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import type { AskedFields } from "#test/scripted-provider.ts";
import type { OrderId } from "#values/ids.ts";
import { startPanelProcess } from "./panel-process.ts";

const panel = testPanel();
const upstream = scriptedProvider();
const subscriptions = 6;
const postsEach = 25;
const kills = 4;
const quantity = 100;

const startWorker = () =>
  startPanelProcess(panel.database.url, {
    roles: "api,worker",
    env: { PANEL_LOG_LEVEL: "error" },
  });

/** A provider that makes a new order for each of its subscriptions whenever it is asked about one. */
function mirroringProvider() {
  const posts = new Map<string, string[]>();
  let next = 1000;
  const stateOf = (id: string): unknown => {
    const orders = posts.get(id);
    const isDone = orders?.length === postsEach;
    if (orders === undefined) {
      return { charge: "0.10", status: "In progress", remains: String(quantity), currency: "USD" };
    }
    if (!isDone) orders.push(String(next++));
    return { status: isDone ? "Completed" : "Active", posts: String(postsEach), orders };
  };
  return {
    answer: async ({ action, order, orders }: AskedFields) => {
      if (action === "balance") return { json: { balance: "1000", currency: "USD" } };
      if (action === "add") {
        const id = String(next++);
        posts.set(id, []);
        return { json: { order: Number(id) } };
      }
      // An answer takes its time, so that each kill finds some under way.
      await pause(randomInt(30));
      if (order !== undefined) return { json: stateOf(order) };
      const ids = (orders ?? "").split(",");
      return { json: Object.fromEntries(ids.map((id) => [id, stateOf(id)])) };
    },
    made: () => [...posts.values()].flat(),
  };
}

const count = async (text: string): Promise<number> => {
  const { rows } = await panel.ctx.db.query(text);
  const [{ count: found } = { count: 0 }] = rows as { count: number }[];
  return found;
};

test("workers killed while they mirror: no order is lost, made twice or charged twice", async () => {
  const provider = mirroringProvider();
  upstream.answers(provider.answer);
  const providerId = must(
    await addProvider(panel.ctx, tester, {
      name: "Upstream",
      connector: "api-v2",
      baseUrl: upstream.url,
      key: "k".repeat(32),
      isPrivate: true,
      requestsPerSecond: 10_000,
    }),
  );
  const service = await panel.addService({
    rate: amount("10"),
    type: "Subscriptions",
    min: 1,
    providerId,
    providerService: "7",
    providerRate: amount("1"),
  });
  must(await changeService(panel.ctx, tester, service, () => ({ runsUpstream: true })));
  const { key, id: account } = await panel.addCustomer({ balance: "1000" });
  const parents: OrderId[] = [];
  for (let n = 0; n < subscriptions; n++) {
    const add = { key, action: "add", service, username: `user${n}`, min: quantity, max: quantity };
    parents.push(((await panel.api(add)) as { order: OrderId }).order);
  }

  let worker = await startWorker();
  const other = await startWorker();
  const asked = () => upstream.asked.filter(({ action }) => action === "status").length;
  const makeDue = () =>
    panel.ctx.db.query("update tasks set due_at = panel_now() where kind in ('send', 'poll')");
  await expect
    .poll(() => upstream.asked.filter(({ action }) => action === "add").length, { timeout: 20_000 })
    .toBe(subscriptions);
  for (let kill = 0; kill < kills; kill++) {
    // What a dead worker holds is due again when its lease ends: here at once. That takes tasks from
    // the worker that lives as well, which must do no harm either.
    await makeDue();
    const wanted = asked() + randomInt(1, 8);
    await expect
      .poll(async () => (await makeDue()) && asked(), { timeout: 20_000, interval: 5 })
      .toBeGreaterThanOrEqual(wanted);
    await worker.kill();
    worker = await startWorker();
  }
  const mirrored = "select count(*) from orders where parent_id is not null";
  const ended = "select count(*) from orders where parent_id is null and status = 'completed'";
  await expect
    .poll(async () => (await makeDue()) && count(ended), { timeout: 60_000, interval: 100 })
    .toBe(subscriptions);
  await Promise.all([worker.stop(), other.stop()]);

  expect(upstream.asked.filter(({ action }) => action === "add")).toHaveLength(subscriptions);
  expect(await count(mirrored)).toBe(subscriptions * postsEach);
  const { rows } = await panel.ctx.db.query(
    `select provider_order from orders where parent_id is not null order by id`,
  );
  const ours = (rows as { provider_order: string }[]).map((row) => row.provider_order);
  expect(ours.toSorted()).toEqual(provider.made().toSorted());
  const whole = await count(
    `select count(*)
       from (select parent_id from orders where parent_id is not null
              group by parent_id
             having count(*) = ${postsEach} and min(run) = 1 and max(run) = ${postsEach}) parents`,
  );
  expect(whole).toBe(subscriptions);
  const charged = await count(
    `select count(*) from postings
      where account_id = ${account} and kind = 'charge' and amount = 1`,
  );
  expect(charged).toBe(subscriptions * postsEach);
  expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: "850.00" });
}, 180_000);
