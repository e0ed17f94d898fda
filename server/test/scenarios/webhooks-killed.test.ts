import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook as Verifier } from "standardwebhooks";
import { expect, test } from "vitest";
import { findStream } from "#events/streams.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { webhookReceiver } from "#test/webhook-receiver.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { addWebhook } from "#webhooks/change-webhook.ts";
import { startPanelProcess } from "./panel-process.ts";

const panel = testPanel();
const receivers = [webhookReceiver(), webhookReceiver()] as const;
const ordersEach = 3;
const movesEach = 60;
const kills = 4;

const startWorker = () =>
  startPanelProcess(panel.database.url, {
    roles: "api,worker",
    env: { PANEL_LOG_LEVEL: "error" },
  });

async function allowPrivate(): Promise<void> {
  const text = "insert into settings (key, value) values ('webhooks_private', '\"yes\"')";
  await panel.ctx.db.query(text);
}

async function subscriber(service: ServiceId, receiver: (typeof receivers)[number]) {
  const customer = await panel.addCustomer({ balance: "1000", terms: { rateLimit: 0 } });
  const orders: OrderId[] = [];
  for (let n = 0; n < ordersEach; n++) {
    const add = { key: customer.key, action: "add", service, link: `a${n}`, quantity: 1000 };
    orders.push(((await panel.api(add)) as { order: OrderId }).order);
  }
  const { secret } = must(await addWebhook(panel.ctx, tester, customer.id, { url: receiver.url }));
  return { customer, orders, receiver, secret };
}

/** Moves the orders by turns, each piece by piece. */
async function moveAll(orders: readonly OrderId[]): Promise<void> {
  for (let remains = movesEach - 1; remains >= 0; remains--) {
    for (const order of orders) {
      must(await setOrder(panel.ctx, tester, order, { status: "in_progress", remains }));
    }
    await pause(randomInt(5, 40));
  }
}

/** How many events of a customer are not behind their webhook yet. */
async function left({ id }: TestCustomer): Promise<number> {
  const stream = await findStream(panel.ctx.db, id, 1);
  const { rows } = await panel.ctx.db.query(
    `select p.seq from webhook_positions p join webhook_endpoints w on w.id = p.endpoint_id
      where w.account_id = $1`,
    [id],
  );
  const [position] = rows as { seq: number }[];
  return (stream?.lastSeq ?? Infinity) - (position?.seq ?? 0);
}

type Sent = { readonly data: { readonly order: OrderId; readonly remains: string } };

test("workers killed while they deliver: every event arrives, in order for each order", async () => {
  await allowPrivate();
  const service = await panel.addService();
  const stories = [
    await subscriber(service, receivers[0]),
    await subscriber(service, receivers[1]),
  ];
  // A delivery takes its time, so that each kill finds some under way.
  for (const receiver of receivers) {
    receiver.behaves(async (_, response) => {
      await pause(8);
      response.writeHead(204).end();
    });
  }
  const arrived = () => receivers.reduce((sum, { received }) => sum + received.length, 0);

  let worker = await startWorker();
  const moving = Promise.all(stories.map(({ orders }) => moveAll(orders)));
  for (let kill = 0; kill < kills; kill++) {
    const before = arrived();
    const wanted = before + randomInt(1, 25);
    await expect.poll(arrived, { timeout: 20_000, interval: 2 }).toBeGreaterThanOrEqual(wanted);
    await worker.kill();
    // What a dead worker holds is due again when its lease ends: here at once.
    await panel.ctx.db.query("update webhook_positions set due_at = panel_now()");
    worker = await startWorker();
  }
  await moving;
  const waiting = async () =>
    (await Promise.all(stories.map((each) => left(each.customer)))).join();
  await expect.poll(waiting, { timeout: 60_000, interval: 100 }).toBe("0,0");
  await worker.stop();

  for (const { receiver, secret, orders } of stories) {
    const sent = receiver.received.map(({ id, headers, body }) => {
      const { data } = new Verifier(secret).verify(body, headers) as Sent;
      return { id, ...data };
    });
    const first = sent.filter(({ id }, n) => sent.findIndex((each) => each.id === id) === n);
    const expected = Array.from({ length: movesEach }, (_, n) => String(movesEach - 1 - n));
    for (const order of orders) {
      const remains = first.flatMap((each) => (each.order === order ? [each.remains] : []));
      expect(remains).toEqual(expected);
    }
    expect(first).toHaveLength(ordersEach * movesEach);
    // A kill repeats the one event that was under way, and no more.
    expect(sent.length - first.length).toBeLessThanOrEqual(kills);
  }
}, 180_000);
