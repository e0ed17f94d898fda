import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import { startPanelProcess } from "./panel-process.ts";

const panel = testPanel();
const feeds = 30;
const runs = 120;
const kills = 4;

const startWorker = () =>
  startPanelProcess(panel.database.url, {
    roles: "api,worker",
    env: { PANEL_LOG_LEVEL: "error" },
  });

const count = async (text: string): Promise<number> => {
  const { rows } = await panel.ctx.db.query(text);
  const [{ count: found } = { count: 0 }] = rows as { count: number }[];
  return found;
};

test("workers killed in the middle of making runs lose none and make none twice", async () => {
  const service = await panel.addService({ rate: amount("1"), dripfeed: true, min: 1 });
  const { key } = await panel.addCustomer({ balance: "1000", terms: { rateLimit: 0 } });
  const first = await startWorker();
  const add = { key, action: "add", service, quantity: 1, runs, interval: 0 };
  await Promise.all(
    Array.from({ length: feeds }, (_, n) => panel.api({ ...add, link: `feed ${n}` })),
  );

  let worker = first;
  const other = await startWorker();
  for (let kill = 0; kill < kills; kill++) {
    await pause(randomInt(50, 400));
    await worker.kill();
    // What a dead worker holds is due again when its lease ends: here at once.
    await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'run'");
    worker = await startWorker();
  }
  const made = () => count("select count(*) from orders where parent_id is not null");
  await expect.poll(made, { timeout: 60_000, interval: 100 }).toBe(feeds * runs);
  await Promise.all([worker.stop(), other.stop()]);

  const whole = await count(
    `select count(*)
       from (select parent_id from orders where parent_id is not null
              group by parent_id
             having count(*) = ${runs} and min(run) = 1 and max(run) = ${runs}) parents`,
  );
  expect(whole).toBe(feeds);
  expect(await count("select count(*) from orders where status <> 'pending' and runs > 0")).toBe(
    feeds,
  );
}, 120_000);
