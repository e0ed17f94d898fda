import { beforeEach, expect, test } from "vitest";
import { Webhook as Verifier } from "standardwebhooks";
import { changeService } from "#catalog/change-service.ts";
import { findStream } from "#events/streams.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { OrderId, WebhookId } from "#values/ids.ts";
import { listWebhookAttempts } from "./attempts.sql.ts";
import {
  addWebhook,
  changeWebhook,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
} from "./change-webhook.ts";
import { deliverWebhooks, deliveryTerms } from "./deliver-webhooks.ts";
import { leaseWebhooks } from "./positions.sql.ts";
import { webhookReceiver } from "#test/webhook-receiver.ts";
import type { Received, Receiver } from "#test/webhook-receiver.ts";
import { findWebhook } from "./webhooks.sql.ts";

const panel = testPanel();
const [first, second] = [webhookReceiver(), webhookReceiver()];
const terms = { ...deliveryTerms, timeoutMs: 400, idleMs: 20 };

beforeEach(async () => {
  for (const receiver of [first, second]) {
    receiver.received.length = 0;
    receiver.behaves((_, response) => void response.writeHead(204).end());
  }
  await panel.ctx.db.query("delete from webhook_endpoints");
  await allowPrivate(true);
});

async function allowPrivate(isAllowed: boolean): Promise<void> {
  const text = `insert into settings (key, value) values ('webhooks_private', $1::jsonb)
                on conflict (key) do update set value = excluded.value`;
  await panel.ctx.db.query(text, [JSON.stringify(isAllowed ? "yes" : "no")]);
}

async function scene(receiver: Receiver = first, orders = 1) {
  const service = await panel.addService();
  const customer = await panel.addCustomer();
  const placed = await Promise.all(
    Array.from({ length: orders }, (_, index) =>
      panel.api({ key: customer.key, action: "add", service, link: `a${index}`, quantity: 100 }),
    ),
  );
  const { id, secret } = must(
    await addWebhook(panel.ctx, tester, customer.id, { url: receiver.url }),
  );
  return { customer, id, secret, orders: placed.map((each) => (each as { order: OrderId }).order) };
}

async function move(order: OrderId, from: number, to: number): Promise<void> {
  for (let remains = from; remains >= to; remains--) {
    must(await setOrder(panel.ctx, tester, order, { status: "in_progress", remains }));
  }
}

const deliver = (more: Partial<typeof terms> = {}) =>
  deliverWebhooks(panel.ctx, new AbortController().signal, { ...terms, ...more });

/** Delivers until nothing is left, as if the pauses after failures were over. */
async function deliverAll(customer: TestCustomer, id: WebhookId): Promise<void> {
  for (let times = 0; times < 60; times++) {
    await panel.ctx.db.query("update webhook_positions set due_at = now() - interval '1 second'");
    await deliver();
    const stream = await findStream(panel.ctx.db, customer.id, 1);
    const { rows } = await panel.ctx.db.query(
      "select seq from webhook_positions where endpoint_id = $1",
      [id],
    );
    if ((rows as { seq: number }[])[0]?.seq === stream?.lastSeq) return;
  }
  throw new Error("not everything was delivered");
}

type Sent = { type: string; timestamp: string; data: Readonly<Record<string, unknown>> };

/** What each request says, once its signature was found right. */
function checked(received: readonly Received[], secret: string) {
  return received.map(({ id, headers, body }) => ({
    id,
    ...(new Verifier(secret).verify(body, headers) as Sent),
  }));
}

const remainsOf = (events: readonly { data: Readonly<Record<string, unknown>> }[]) =>
  events.map(({ data }) => Number(data["remains"]));

/** The first of each id, in the order of arrival. */
function once<Event extends { readonly id: string }>(events: readonly Event[]): Event[] {
  return [...new Map(events.toReversed().map((event) => [event.id, event])).values()].toReversed();
}

test("events arrive signed, in their order, and once where all goes well", async () => {
  const { orders, secret, customer } = await scene();
  const [order] = orders as [OrderId];
  await move(order, 99, 90);

  await deliver();

  const events = checked(first.received, secret);
  expect(remainsOf(events)).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(10);
  const state = await panel.api({ key: customer.key, action: "status", order });
  expect(events.at(-1)).toMatchObject({
    type: "order.updated",
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { order, ...(state as object) },
  });
});

test("a receiver that sleeps, dies and lies gets every event, in order, signed each time", async () => {
  const { orders, secret, customer, id } = await scene();
  const [order] = orders as [OrderId];
  first.behaves((index, response, request) => {
    switch (index % 8) {
      // Sleeps beyond the time.
      case 0:
        return void setTimeout(() => response.writeHead(204).end(), 2 * terms.timeoutMs);
      // Dies before and in the middle of the answer.
      case 1:
        return void request.socket.destroy();
      case 2:
        response.writeHead(200, { "content-length": "100" }).write("par");
        return void setTimeout(() => request.socket.destroy(), 10);
      // Says no after it has dealt with it.
      case 3:
        return void response.writeHead(500).end("sorry");
      // One byte after the other.
      case 4: {
        response.writeHead(200);
        const drip = setInterval(() => response.write("."), 50);
        return void request.socket.once("close", () => clearInterval(drip));
      }
      case 5:
        return void response.writeHead(200).end("x".repeat(3_000_000));
      case 6:
        return void response.writeHead(302, { location: `${second.url}/inside` }).end();
      default:
        return void response.writeHead(200).end("ok");
    }
  });
  await move(order, 99, 96);

  await deliverAll(customer, id);

  const events = checked(first.received, secret);
  expect(remainsOf(once(events))).toEqual([99, 98, 97, 96]);
  expect(first.received).toHaveLength(32);
  // In order: nothing is sent before the one before it was taken.
  expect(remainsOf(events)).toEqual(remainsOf(events).toSorted((a, b) => b - a));
  expect(second.received).toEqual([]);
  const log = await listWebhookAttempts(panel.ctx.db, id, 100);
  expect(log).toHaveLength(32);
  expect(Math.max(...log.map(({ answer }) => answer.length))).toBeLessThanOrEqual(500);
  expect(log.filter(({ isTaken }) => isTaken)).toHaveLength(4);
  expect(log.find(({ httpStatus }) => httpStatus === 500)).toMatchObject({ answer: "sorry" });
});

test("a failing endpoint is left in peace for longer and longer, and holds up no other", async () => {
  const failing = await scene(first);
  const good = await scene(second);
  first.behaves((_, response) => void response.writeHead(500).end());
  await move(failing.orders[0] as OrderId, 99, 98);
  await move(good.orders[0] as OrderId, 99, 98);

  const pauses: number[] = [];
  for (let times = 0; times < 6; times++) {
    await deliver();
    const { rows } = await panel.ctx.db.query(
      "select extract(epoch from due_at - now())::float8 as s from webhook_positions where endpoint_id = $1",
      [failing.id],
    );
    pauses.push(Math.round((rows as { s: number }[])[0]?.s ?? 0));
    await panel.ctx.db.query("update webhook_positions set due_at = now() where endpoint_id = $1", [
      failing.id,
    ]);
  }

  [5, 30, 120, 600, 3600, 10_800].forEach((seconds, index) => {
    // Up to a fifth longer, so that what failed together is not tried together.
    expect(pauses[index]).toBeGreaterThanOrEqual(seconds - 2);
    expect(pauses[index]).toBeLessThanOrEqual(seconds * 1.2 + 2);
  });
  expect(second.received).toHaveLength(2);
});

test("an endpoint that failed for three days is switched off, and goes on where it was", async () => {
  const { orders, customer, id, secret } = await scene();
  await move(orders[0] as OrderId, 99, 98);
  first.behaves((_, response) => void response.writeHead(503).end("away"));
  await deliver();
  const aged =
    "update webhook_positions set due_at = now(), failing_since = now() - interval '3 days'";
  await panel.ctx.db.query(aged);
  await deliver();

  expect(await findWebhook(panel.ctx.db, id)).toMatchObject({
    isEnabled: false,
    offReason: "it failed for three days: away",
  });
  await panel.ctx.db.query("update webhook_positions set due_at = now()");
  await deliver();
  expect(first.received).toHaveLength(2);

  first.behaves((_, response) => void response.writeHead(204).end());
  must(await changeWebhook(panel.ctx, tester, id, { isEnabled: true }));
  await deliverAll(customer, id);
  expect(remainsOf(once(checked(first.received, secret)))).toEqual([99, 98]);
});

test("410 switches an endpoint off at once", async () => {
  const { orders, id } = await scene();
  await move(orders[0] as OrderId, 99, 98);
  first.behaves((_, response) => void response.writeHead(410).end());

  await deliver();

  expect(await findWebhook(panel.ctx.db, id)).toMatchObject({ isEnabled: false });
  expect(first.received).toHaveLength(1);
});

test("several workers and movers: each event arrives, in order per order", async () => {
  const { orders, secret, customer, id } = await scene(first, 5);
  const stopping = new AbortController();
  const work = async () => {
    while (!stopping.signal.aborted) {
      await deliverWebhooks(panel.ctx, stopping.signal, { ...terms, roundMsMax: 30 });
    }
  };
  const workers = [work(), work(), work(), work()];

  await Promise.all(orders.map((order) => move(order, 99, 80)));
  await expect.poll(() => first.received.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(100);
  stopping.abort();
  await Promise.all(workers);
  await deliverAll(customer, id);

  const events = checked(first.received, secret);
  // Leases are kept, so that nothing was sent twice although nothing forbids it.
  expect(events).toHaveLength(100);
  for (const order of orders) {
    const mine = events.filter(({ data }) => data["order"] === order);
    expect(remainsOf(mine)).toEqual(Array.from({ length: 20 }, (_, index) => 99 - index));
  }
});

test("a worker that dies after a delivery repeats that event under the same id", async () => {
  const { orders, customer, id } = await scene();
  await move(orders[0] as OrderId, 99, 98);
  first.behaves(async (index, response) => {
    // As if the lease had ended and been lost while the receiver was at work.
    const text = "update webhook_positions set lease = gen_random_uuid(), due_at = now()";
    if (index === 0) await panel.ctx.db.query(text);
    response.writeHead(200).end();
  });

  await deliver();
  await deliverAll(customer, id);

  const ids = first.received.map((each) => each.id);
  expect(ids).toHaveLength(3);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[1]);
});

test("for a day after a rotation both secrets sign", async () => {
  const { orders, id, secret } = await scene();
  const { secret: next } = must(await rotateWebhook(panel.ctx, tester, id));
  await move(orders[0] as OrderId, 99, 99);
  await deliver();

  expect(checked(first.received, secret)).toHaveLength(1);
  expect(checked(first.received, next)).toHaveLength(1);

  await panel.ctx.db.query("update webhook_endpoints set previous_until = now()");
  await move(orders[0] as OrderId, 98, 98);
  await deliver();
  const [, latest] = first.received;
  expect(checked(latest === undefined ? [] : [latest], next)).toHaveLength(1);
  expect(() => checked(latest === undefined ? [] : [latest], secret)).toThrow(/signature/);
});

test("only the events that were asked for are sent", async () => {
  const { orders, id } = await scene();
  must(await changeWebhook(panel.ctx, tester, id, { kinds: ["balance.low"] }));
  await move(orders[0] as OrderId, 99, 98);

  await deliver();

  expect(first.received).toEqual([]);
});

test("a replay sends the same events again under the same ids", async () => {
  const { orders, customer, id } = await scene();
  await move(orders[0] as OrderId, 99, 95);
  await deliver();

  const { events } = must(await replayWebhook(panel.ctx, tester, id, 3));
  await deliverAll(customer, id);

  expect(events).toBe(3);
  const ids = first.received.map((each) => each.id);
  expect(ids.slice(5)).toEqual(ids.slice(2, 5));
  expect(await replayWebhook(panel.ctx, tester, id, 9)).toMatchObject({
    refusal: { code: "replay_impossible", from: 1, to: 5 },
  });
});

test("after a restore no event has an id that another one had before", async () => {
  const { orders, customer, id } = await scene();
  await move(orders[0] as OrderId, 99, 95);
  await deliver();
  // As a restored panel begins: no archive holds events, nor how far they were told.
  for (const table of ["events", "catalog_events", "event_streams", "webhook_positions"]) {
    await panel.ctx.db.query(`delete from ${table}`);
  }

  await deliver();
  await move(orders[0] as OrderId, 94, 90);
  await panel
    .addService()
    .then((service) => changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));
  await deliverAll(customer, id);

  const ids = first.received.map((each) => each.id);
  expect(ids).toHaveLength(11);
  expect(new Set(ids).size).toBe(11);
});

test("a hostile address reaches nothing inside", async () => {
  const { customer, orders } = await scene();
  await allowPrivate(false);
  const add = (url: string) => addWebhook(panel.ctx, tester, customer.id, { url });

  for (const url of [
    first.url,
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://127.1/",
    "file:///etc/passwd",
    "ftp://example.com/",
    "https://user:password@example.com/",
    "nonsense",
  ]) {
    expect(await add(url)).toMatchObject({ refusal: { code: "webhook_url_invalid" } });
  }
  // A name is judged when it is resolved, at each delivery.
  const port = new URL(first.url).port;
  const { id } = must(await add(`http://localhost:${port}/hook`));
  await move(orders[0] as OrderId, 99, 99);

  await deliver();

  expect(first.received).toEqual([]);
  const [attempt] = await listWebhookAttempts(panel.ctx.db, id, 1);
  expect(attempt).toMatchObject({ isTaken: false, httpStatus: undefined });
  expect(attempt?.answer).toMatch(/not a public address/);
});

test("a redirect from outside to the inside is not followed", async () => {
  const { orders, id } = await scene();
  first.behaves((_, response) => {
    response.writeHead(307, { location: "http://169.254.169.254/latest/" }).end();
  });
  await move(orders[0] as OrderId, 99, 99);

  await deliver();

  const [attempt] = await listWebhookAttempts(panel.ctx.db, id, 1);
  expect(attempt).toMatchObject({ isTaken: false, httpStatus: 307 });
});

test("a removed endpoint gets nothing, also in the middle of its turn", async () => {
  const { orders, id } = await scene();
  await move(orders[0] as OrderId, 99, 95);
  first.behaves(async (index, response) => {
    if (index === 1) must(await removeWebhook(panel.ctx, tester, id));
    response.writeHead(204).end();
  });

  await deliver();

  expect(first.received).toHaveLength(2);
});

test("without a position, as after a restore, an endpoint begins now", async () => {
  const { orders, customer, id } = await scene();
  await move(orders[0] as OrderId, 99, 98);
  await panel.ctx.db.query("delete from webhook_positions");
  await deliver();
  await move(orders[0] as OrderId, 97, 97);

  await deliverAll(customer, id);

  expect(first.received).toHaveLength(1);
});

test("a worker process delivers by itself, and ends when it is told to", async () => {
  const worker = await panel.openAnother(["worker"]);
  const { orders, secret } = await scene();

  await move(orders[0] as OrderId, 99, 95);

  await expect.poll(() => first.received.length, { timeout: 20_000 }).toBe(5);
  expect(remainsOf(checked(first.received, secret))).toEqual([99, 98, 97, 96, 95]);
  await worker.close();
});

test("a customer with many silent endpoints, and a host with many, keep nobody waiting", async () => {
  const { customer, orders } = await scene();
  for (let n = 0; n < 7; n++) {
    must(await addWebhook(panel.ctx, tester, customer.id, { url: `${first.url}/${n}` }));
  }
  const other = await scene(second);
  const [mine, theirs] = [orders[0], other.orders[0]];
  if (mine === undefined || theirs === undefined) throw new Error("no order");
  await move(mine, 99, 99);
  await panel.ctx.db.query("update webhook_positions set due_at = due_at - interval '1 hour'");
  await move(theirs, 99, 99);
  const take = async (more: Partial<typeof terms> = {}) => {
    const how = { ...terms, ...more, lease: crypto.randomUUID(), limit: 100 };
    return (await leaseWebhooks(panel.ctx.db, how)).map(({ webhookId }) => webhookId === other.id);
  };

  const leased = await take({ perCustomer: 3, perHost: 100 });
  expect(leased).toHaveLength(4);
  expect(leased.filter((isTheirs) => isTheirs)).toHaveLength(1);
  expect(await take({ perCustomer: 3, perHost: 100 })).toEqual([]);
  expect(await take({ perCustomer: 100, perHost: 5 })).toEqual([false]);
  expect(await take({ perCustomer: 100, perHost: 100 })).toHaveLength(4);
});
