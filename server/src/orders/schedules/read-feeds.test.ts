// Long because: one server that answers as it is told plays every kind of feed.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { changeSetting } from "#catalog/change-setting.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { changeSchedule } from "./change-schedule.ts";
import { leaseFeeds } from "#orders/subscriptions/feeds.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { feedTerms, readFeeds } from "./read-feeds.ts";
import { runSchedules } from "./run-schedules.ts";
import { listRuns } from "./schedules.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const answers = new Map<string, Answer>();
let asked: string[] = [];
const server = createServer((request, response) => {
  const place = `${request.headers.host?.split(":")[0]}${request.url}`;
  asked.push(place);
  (answers.get(place) ?? ((_, reply) => reply.writeHead(404).end()))(request, response);
});
/** Every address of the loopback network is a host of its own. */
const at = (place: string) =>
  `http://${place.replace("/", `:${(server.address() as AddressInfo).port}/`)}`;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  must(await changeSetting(panel.ctx, tester, "feeds_private", "yes"));
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});
beforeEach(async () => {
  await panel.ctx.db.query("delete from tasks");
  await panel.ctx.db.query("update schedules set status = 'done'");
  await panel.ctx.db.query("delete from feed_reservations");
  await panel.ctx.db.query("delete from feed_hosts");
  for (const [key, value] of [
    ["feed_host_rate", "1000"],
    ["feeds_per_customer", "200"],
    ["feeds_per_host", "500"],
  ] as const) {
    must(await changeSetting(panel.ctx, tester, key, value));
  }
  asked = [];
  answers.clear();
  customer = await panel.addCustomer({ balance: "100", terms: { rateLimit: 0 } });
  service = await panel.addService({ rate: amount("1"), type: "Subscriptions", min: 1 });
});

const page = (...posts: readonly string[]) =>
  `<rss version="2.0"><channel>${posts
    .map((post) => `<item><guid>${post}</guid><link>https://anna.example/${post}</link></item>`)
    .join("")}</channel></rss>`;
/** At this place stands this from now on. */
const says = (place: string, body: string) =>
  answers.set(place, (_, response) => response.end(body));

const subscribe = (
  username: string,
  more: Record<string, string | number> = {},
  key = customer.key,
) => panel.api({ key, action: "add", service, min: 100, max: 100, username, ...more });
async function subscribed(place: string, key = customer.key): Promise<OrderId> {
  return ((await subscribe(at(place), {}, key)) as { order: OrderId }).order;
}
const statusOf = (order: OrderId, key = customer.key) =>
  panel.api({ key, action: "status", order });

async function runDue(): Promise<void> {
  const provider = await findProviderByName(panel.ctx.db, "manual");
  if (provider === undefined) throw new Error("no provider");
  while ((await runSchedules(panel.ctx, provider)) > 0);
}
const readAll = (signal = new AbortController().signal) =>
  readFeeds(panel.ctx, signal, { ...feedTerms, restMs: 0, lookMs: 5 });

/** All feeds are due, and are read. */
async function turn(): Promise<void> {
  await runDue();
  await panel.ctx.db.query("update schedules set next_at = panel_now() where status = 'active'");
  await readAll();
  await runDue();
}

async function links(id: OrderId): Promise<string[]> {
  const order = await findOrder(panel.ctx.db, id);
  const runs = order && (await listRuns(panel.ctx.db, order.accountId, [id], 1000));
  return (runs ?? []).map(({ link }) => link.replace("https://anna.example/", ""));
}

test("a feed that is too dear is stopped and told so, and the next one is read", async () => {
  const names = Array.from({ length: 400_000 }, (_, n) => `<a${n}/>`).join("");
  says("127.0.0.2/feed", `<rss><channel><item>${names}</item></channel></rss>`);
  says("127.0.0.3/feed", page("a"));
  const dear = await subscribed("127.0.0.2/feed");
  const fine = await subscribed("127.0.0.3/feed");

  await turn();
  says("127.0.0.3/feed", page("b", "a"));
  await turn();

  expect(await statusOf(dear)).toMatchObject({
    status: "Active",
    feed_problem: "it has more than 100000 elements",
    feed_problem_since: expect.stringMatching(/^\d{4}-/) as string,
  });
  expect(await links(fine)).toEqual(["b"]);
  expect(asked.filter((place) => place.startsWith("127.0.0.2"))).toHaveLength(1);
});

test("a feed that moves to another host is followed, hop by hop, never inside", async () => {
  const moveTo =
    (to: string): Answer =>
    (_, response) =>
      response.writeHead(301, { location: to }).end();
  answers.set("127.0.0.2/feed", moveTo(at("127.0.0.3/moved?a=1")));
  answers.set("127.0.0.3/moved?a=1", moveTo("/there"));
  says("127.0.0.3/there", "<rss><channel><item><link>p/1</link></item></channel></rss>");
  answers.set("127.0.0.4/round", moveTo("/round"));
  const id = await subscribed("127.0.0.2/feed");
  const round = await subscribed("127.0.0.4/round");
  await turn();
  says("127.0.0.3/there", "<rss><channel><item><link>p/2</link></item></channel></rss>");
  await turn();

  expect(await links(id)).toEqual([at("127.0.0.3/p/2")]);
  expect(await statusOf(round)).toMatchObject({ feed_problem: "it sends on more than 5 times" });

  must(await changeSetting(panel.ctx, tester, "feeds_private", "no"));
  await turn();
  must(await changeSetting(panel.ctx, tester, "feeds_private", "yes"));
  expect(await statusOf(id)).toMatchObject({
    feed_problem: "it is not a public address, or leads to one that is none",
  });
});

test("what is wrong is shown from when on, its customer told, and gone when it is well", async () => {
  says("127.0.0.2/feed", page("a"));
  const id = await subscribed("127.0.0.2/feed");
  await turn();
  const changes = async (since?: string) =>
    (await panel.api({ key: customer.key, action: "changes", ...(since && { since }) })) as {
      cursor: string;
      changes: { event: string; data: object }[];
    };
  const { cursor } = await changes();
  answers.delete("127.0.0.2/feed");
  await turn();
  await turn();
  const state = (await statusOf(id)) as { feed_problem_since: string };
  expect(state).toMatchObject({ status: "Active", feed_problem: "it answered HTTP 404" });
  says("127.0.0.2/feed", page("a").replace("</channel>", "<item/><item/></channel>"));
  await turn();
  expect(await statusOf(id)).toEqual({
    charge: "0.00",
    start_count: null,
    status: "Active",
    remains: "0",
    currency: "USD",
    expiry: null,
    posts: null,
    orders: [],
    feed_skipped: 2,
  });
  const told = (await changes(cursor)).changes.filter(
    ({ event }) => event === "subscription.updated",
  );
  expect(told.map(({ data }) => data)).toMatchObject([
    { feed_problem: "it answered HTTP 404", feed_problem_since: state.feed_problem_since },
    { feed_skipped: 2 },
  ]);
});

test("a feed that failed for days is given up, and read again once staff resume it", async () => {
  says("127.0.0.2/feed", page("a"));
  const id = await subscribed("127.0.0.2/feed");
  await turn();
  answers.delete("127.0.0.2/feed");
  await turn();
  expect(await statusOf(id)).toMatchObject({ status: "Active" });
  await panel.ctx.db.query(
    "update schedules set feed_failing_since = feed_failing_since - interval '7 days'",
  );
  await turn();
  expect(await statusOf(id)).toMatchObject({ status: "Paused" });
  const before = asked.length;
  await panel.ctx.db.query("update schedules set next_at = panel_now()");
  await readAll();
  expect(asked).toHaveLength(before);
  // What the customer announces is ordered all the same.
  const post = { key: customer.key, action: "new_post", order: id };
  await panel.api({ ...post, link: "https://anna.example/x" });
  expect(await links(id)).toEqual(["x"]);

  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", id, "resume"));
  says("127.0.0.2/feed", page("b", "a"));
  await turn();
  expect(await statusOf(id)).toMatchObject({ status: "Active" });
  expect(await links(id)).toEqual(["x", "b"]);
});

test("of a hundred subscriptions at once as many get in as a customer may have", async () => {
  must(await changeSetting(panel.ctx, tester, "feeds_per_customer", "7"));
  const placed = await Promise.all(
    Array.from({ length: 100 }, (_, n) => subscribe(at(`127.0.0.${n + 2}/feed`))),
  );
  const taken = placed.filter((answer) => "order" in (answer as object)) as { order: OrderId }[];
  expect(taken).toHaveLength(7);
  const refused = placed.find((answer) => "error" in (answer as object));
  expect(refused).toEqual({ error: "You have too many subscriptions with a feed, 7 at most" });

  // With their first turn they count as before; a bare name counts nothing; an end frees a place.
  await runDue();
  expect(await subscribe(at("127.0.0.2/more"))).toEqual(refused);
  expect(await subscribe("anna")).toMatchObject({ order: expect.any(Number) as number });
  await panel.api({ key: customer.key, action: "cancel", orders: taken[0]?.order ?? 0 });
  await runDue();
  expect(await subscribe(at("127.0.0.2/more"))).toMatchObject({
    order: expect.any(Number) as number,
  });
});

test("all customers together have as many feeds at a host as may be read", async () => {
  must(await changeSetting(panel.ctx, tester, "feeds_per_host", "3"));
  const other = await panel.addCustomer({ terms: { rateLimit: 0 } });
  const placed = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      subscribe(at(`127.0.0.2/${n}`), {}, n % 2 === 0 ? customer.key : other.key),
    ),
  );
  expect(placed.filter((answer) => "order" in (answer as object))).toHaveLength(3);
  expect(placed).toContainEqual({
    error: "No more feeds are read from 127.0.0.2, please contact support",
  });
  expect(await subscribe(at("127.0.0.3/feed"))).toMatchObject({
    order: expect.any(Number) as number,
  });
});

test("a refused or repeated subscription takes no place", async () => {
  must(await changeSetting(panel.ctx, tester, "feeds_per_customer", "1"));
  const username = at("127.0.0.2/feed");
  const first = await subscribe(username, { request_id: "r1" });
  expect(first).toMatchObject({ order: expect.any(Number) as number });
  expect(await subscribe(username, { request_id: "r1" })).toEqual(first);
  expect(await subscribe(username, { request_id: "r2" })).toMatchObject({
    error: expect.stringMatching(/too many subscriptions/) as string,
  });
});

test("between two requests to a host lies the time that is said, whoever asks", async () => {
  must(await changeSetting(panel.ctx, tester, "feed_host_rate", "1"));
  for (let n = 0; n < 5; n++) await subscribed(`127.0.0.2/${n}`);
  await subscribed("127.0.0.3/feed");
  await runDue();
  const take = () =>
    leaseFeeds(panel.ctx.db, {
      ...feedTerms,
      lease: crypto.randomUUID(),
      perCustomer: 100,
      limit: 100,
      gapSeconds: 1000,
    });
  const leased = (await Promise.all(Array.from({ length: 8 }, take))).flat();
  const more = await take();
  const hosts = [...leased, ...more].map(({ url }) => new URL(url).hostname);
  expect(hosts.toSorted()).toEqual(["127.0.0.2", "127.0.0.3"]);
  expect(await take()).toEqual([]);
  await panel.ctx.db.query("update feed_hosts set next_at = next_at - interval '1000 seconds'");
  expect(await take()).toHaveLength(1);
});

test("customers take turns: one with many feeds keeps nobody waiting", async () => {
  const other = await panel.addCustomer({ terms: { rateLimit: 0 } });
  for (let n = 0; n < 8; n++) await subscribed(`127.0.1.${n}/feed`);
  await runDue();
  await panel.ctx.db.query("update schedules set next_at = next_at - interval '1 hour'");
  const late = await subscribed("127.0.2.1/feed", other.key);
  await runDue();
  const take = async () =>
    (
      await leaseFeeds(panel.ctx.db, {
        ...feedTerms,
        lease: crypto.randomUUID(),
        limit: 1,
        gapSeconds: 0.001,
      })
    ).map(({ orderId }) => orderId === late);

  // The one has waited longer; after its first, the other's turn has come; two of it are the most.
  expect((await take()).concat(await take(), await take(), await take())).toEqual([
    false,
    true,
    false,
  ]);
});

test("without the funds for one post nothing is ordered and nothing asked for", async () => {
  const poor = await panel.addCustomer({ balance: "0.09", terms: { rateLimit: 0 } });
  const none = { error: "Not enough funds on balance" };
  expect(await subscribe(at("127.0.0.2/feed"), {}, poor.key)).toEqual(none);
  expect(await subscribe("anna", {}, poor.key)).toEqual(none);

  const deposit = (key: string) =>
    recordDeposit(panel.ctx, tester, {
      accountId: poor.id,
      amount: amount("0.01"),
      idempotencyKey: key,
    });
  must(await deposit("one"));
  says("127.0.0.2/feed", page("a"));
  const id = await subscribed("127.0.0.2/feed", poor.key);
  await turn();
  says("127.0.0.2/feed", page("b", "a"));
  await turn();
  expect(await links(id)).toEqual(["b"]);
  const before = asked.length;
  await turn();
  await panel.ctx.db.query("update tasks set due_at = panel_now()");
  await turn();
  expect(asked).toHaveLength(before);
  expect(await statusOf(id, poor.key)).toMatchObject({ status: "Paused" });

  for (const key of ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]) must(await deposit(key));
  says("127.0.0.2/feed", page("c", "b", "a"));
  await panel.ctx.db.query("update tasks set due_at = panel_now()");
  await turn();
  expect(await links(id)).toEqual(["b", "c"]);
});

test("a worker that ends while a feed keeps silent does not wait for it", async () => {
  answers.set("127.0.0.2/feed", () => {});
  const id = await subscribed("127.0.0.2/feed");
  await runDue();
  const stopping = new AbortController();
  const reading = readAll(stopping.signal);
  await once(server, "request");
  stopping.abort();
  await reading;

  says("127.0.0.2/feed", page("a"));
  await readAll();
  expect(await statusOf(id)).not.toHaveProperty("feed_problem");
  expect(asked).toHaveLength(2);
});
