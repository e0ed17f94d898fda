// Long because: one feed tells every story of the subscriptions that the panel runs.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { changeSetting } from "#catalog/change-setting.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import { changeFeed } from "./change-feed.ts";
import { changeSchedule } from "./change-schedule.ts";
import { addHoldRule, removeHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import { releaseOrder } from "#orders/hold-rules/decide-held.ts";
import type { HoldDecision } from "#orders/hold-rules/rule.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { feedTerms, readFeeds } from "./read-feeds.ts";
import { runSchedules } from "./run-schedules.ts";
import { findSchedule, listRuns } from "./schedules.sql.ts";
import { findFeed } from "./feed-state.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer = (_, response) => response.end();
const asked: IncomingMessage[] = [];
const server = createServer((request, response) => {
  asked.push(request);
  answer(request, response);
});
const feedUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  must(await changeSetting(panel.ctx, tester, "feeds_private", "yes"));
  must(await changeSetting(panel.ctx, tester, "feed_host_rate", "1000"));
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});
beforeEach(async () => {
  await panel.ctx.db.query("delete from tasks");
  await panel.ctx.db.query("update schedules set status = 'done'");
  asked.length = 0;
  customer = await panel.addCustomer({ balance: "100", terms: { rateLimit: 0 } });
  service = await panel.addService({ rate: amount("1"), type: "Subscriptions", min: 1 });
});

type Post = { readonly id: string; readonly url?: string; readonly date_published?: string };

/** The feed has these posts from now on. */
function says(...items: readonly Post[]): void {
  const posts = items.map((post) => ({ url: `https://anna.example/${post.id}`, ...post }));
  const body = JSON.stringify({ version: "https://jsonfeed.org/version/1.1", items: posts });
  answer = (_, response) => response.setHeader("etag", `"${body.length}"`).end(body);
}

async function subscribe(fields: Record<string, string | number> = {}): Promise<OrderId> {
  const add = { key: customer.key, action: "add", service, min: 100, max: 100 };
  const placed = await panel.api({ ...add, username: feedUrl(), ...fields });
  return (placed as { order: OrderId }).order;
}

/** Gives everything that is due its turn, as often as something is. */
async function turn(): Promise<void> {
  const provider = await findProviderByName(panel.ctx.db, "manual");
  if (provider === undefined) throw new Error("no provider");
  for (let turns = 0; (await runSchedules(panel.ctx, provider)) > 0; turns++) {
    if (turns > 20) throw new Error("it never rests");
    await readFeeds(panel.ctx, new AbortController().signal, {
      ...feedTerms,
      restMs: 0,
      lookMs: 5,
    });
  }
}

/** So many minutes go by for the subscriptions, and they get their turns. */
async function later(minutes: number): Promise<void> {
  const moved = `- ${minutes} * interval '1 minute'`;
  await panel.ctx.db.query(`update schedules set next_at = next_at ${moved}`);
  await panel.ctx.db.query(`update subscription_posts set due_at = due_at ${moved}`);
  await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'run'");
  await turn();
}

async function made(id: OrderId) {
  const order = await findOrder(panel.ctx.db, id);
  return order === undefined ? [] : listRuns(panel.ctx.db, order.accountId, [id], 1000);
}
const links = async (id: OrderId) =>
  (await made(id)).map(({ link }) => link.replace("https://anna.example/", ""));
const statusOf = (id: OrderId) => panel.api({ key: customer.key, action: "status", order: id });
const balance = async () =>
  ((await panel.api({ key: customer.key, action: "balance" })) as { balance: string }).balance;
const announce = (id: OrderId, link: string, more: Record<string, string> = {}) =>
  panel.api({ key: customer.key, action: "new_post", order: id, link, ...more });

test("each new post gets one order, charged when it is made; old ones get none", async () => {
  says({ id: "a" });
  const id = await subscribe();
  await turn();
  expect(await made(id)).toEqual([]);
  expect(await balance()).toBe("100.00");

  says({ id: "b" }, { id: "a" });
  await later(6);
  says({ id: "c" }, { id: "a" }, { id: "b" }, { id: "c" });
  await later(6);
  await later(6);
  expect(await links(id)).toEqual(["b", "c"]);
  expect(await balance()).toBe("99.80");
  const [first, second] = await made(id);
  expect(await statusOf(id)).toMatchObject({ status: "Active", orders: [first?.id, second?.id] });
  expect(await statusOf(first?.id ?? id)).toMatchObject({ charge: "0.10", status: "Pending" });
});

test("an unchanged feed is asked for by its version, and read every five minutes", async () => {
  says({ id: "a" });
  const id = await subscribe();
  await turn();
  answer = (request, response) => {
    response.statusCode = request.headers["if-none-match"] === '"110"' ? 304 : 500;
    response.end();
  };
  const before = asked.length;
  await later(4);
  expect(asked).toHaveLength(before);
  await later(2);
  expect(asked).toHaveLength(before + 1);
  expect(asked.at(-1)?.headers["if-none-match"]).toBeDefined();
  expect(await made(id)).toEqual([]);
});

test("old posts, a number of new ones, a delay and a range of quantities are kept", async () => {
  says({ id: "c" }, { id: "b" }, { id: "a" });
  const wanted = { old_posts: 2, posts: 2, delay: 30, min: 50, max: 60 };
  const id = await subscribe(wanted);
  await turn();
  expect(await made(id)).toEqual([]);
  await later(30);
  expect(await links(id)).toEqual(["b", "c"]);

  says({ id: "f" }, { id: "e" }, { id: "d" }, { id: "c" });
  await later(6);
  await later(30);
  expect(await links(id)).toEqual(["b", "c", "d", "e"]);
  expect(await statusOf(id)).toMatchObject({ status: "Completed", posts: "2" });
  for (const { quantity } of await made(id)) {
    expect(quantity).toBeGreaterThanOrEqual(50);
    expect(quantity).toBeLessThanOrEqual(60);
  }
});

test("without funds it pauses, its post waits, and after a deposit it goes on by itself", async () => {
  customer = await panel.addCustomer({ balance: "0.15", terms: { rateLimit: 0 } });
  says();
  const id = await subscribe();
  await turn();
  says({ id: "b" }, { id: "a" });
  await later(6);
  expect(await links(id)).toEqual(["a"]);
  expect(await statusOf(id)).toMatchObject({ status: "Paused" });
  await later(1);
  expect(await links(id)).toEqual(["a"]);

  const money = { accountId: customer.id, amount: amount("1"), idempotencyKey: "more" };
  must(await recordDeposit(panel.ctx, tester, money));
  await later(1);
  expect(await links(id)).toEqual(["a", "b"]);
  expect(await statusOf(id)).toMatchObject({ status: "Active" });
  expect(await balance()).toBe("0.95");
});

test("a feed that dies, lies and gives all posts new ids costs nothing twice", async () => {
  says({ id: "a" }, { id: "b" });
  const id = await subscribe();
  await turn();
  const read = async () => {
    const order = await findOrder(panel.ctx.db, id);
    return order && findFeed(panel.ctx.db, { accountId: order.accountId, orderId: id });
  };
  const lies: Answer[] = [
    (request) => request.socket.destroy(),
    (_, response) => response.writeHead(500).end("oops"),
    (_, response) => response.end("<html>maintenance</html>"),
    (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    (_, response) => response.end("x".repeat(5_000_000)),
    (_, response) => response.end("<rss><channel><item>"),
  ];
  for (const [n, lie] of lies.entries()) {
    answer = lie;
    await later(60 * 24);
    expect((await read())?.failures).toBe(n + 1);
    expect((await read())?.problem).toBeTypeOf("string");
  }
  expect(await made(id)).toEqual([]);

  // The same posts under new ids; posts from long ago under new addresses.
  says(
    { id: "x1", url: "https://anna.example/a" },
    { id: "x2", url: "https://anna.example/moved/b", date_published: "2020-01-01T00:00:00Z" },
    { id: "c" },
  );
  await later(60 * 24);
  expect(await links(id)).toEqual(["c"]);
  expect((await read())?.failures).toBe(0);
});

test("an address that never was a feed is not asked for again, one inside is never reached", async () => {
  answer = (_, response) => response.end("<html>a profile</html>");
  const id = await subscribe();
  await turn();
  const before = asked.length;
  await later(60 * 24);
  expect(asked).toHaveLength(before);

  must(await changeSetting(panel.ctx, tester, "feeds_private", "no"));
  must(await changeFeed(panel.ctx, commandLineActor("staff"), id, feedUrl()));
  await turn();
  must(await changeSetting(panel.ctx, tester, "feeds_private", "yes"));
  expect(asked).toHaveLength(before);
  const order = await findOrder(panel.ctx.db, id);
  const feed = order && (await findFeed(panel.ctx.db, { ...order, orderId: id }));
  expect(feed?.problem).toMatch(/not a public address/);
  expect(
    await changeFeed(panel.ctx, commandLineActor("staff"), id, "file:///etc/passwd"),
  ).toMatchObject({
    refusal: { code: "feed_url_invalid" },
  });
});

test("posts that the customer announces are ordered once, by id or by link", async () => {
  const id = await subscribe({ username: "anna", posts: 2 });
  await turn();
  expect(await announce(id, "https://a.example/1", { id: "1" })).toEqual({
    order: id,
    post: "taken",
  });
  expect(await announce(id, "https://a.example/1")).toEqual({ order: id, post: "known" });
  expect(await announce(id, "https://a.example/1?x", { id: "1" })).toMatchObject({ post: "known" });
  expect(await announce(id, "")).toEqual({ error: "Bad link" });
  expect(await announce(id, "https://a.example/2")).toMatchObject({ post: "taken" });
  expect((await made(id)).map((run) => run.link)).toEqual([
    "https://a.example/1",
    "https://a.example/2",
  ]);
  expect(await statusOf(id)).toMatchObject({ status: "Completed", expiry: null, posts: "2" });
  expect(await announce(id, "https://a.example/3")).toEqual({
    error: "This subscription takes no more posts",
  });
  const stranger = await panel.addCustomer();
  const foreign = { key: stranger.key, action: "new_post", order: id, link: "https://a.example/4" };
  expect(await panel.api(foreign)).toEqual({ error: "Incorrect order ID" });
});

test("one link under several ids, or one id at several links, is one post", async () => {
  says();
  const id = await subscribe();
  await turn();
  says(
    { id: "a2", url: "https://anna.example/p" },
    { id: "b2", url: "https://anna.example/p/" },
    { id: "a2", url: "https://anna.example/q" },
  );
  await later(6);
  says({ id: "c2", url: "http://www.anna.example/p?utm_source=rss" });
  await later(6);
  expect(await links(id)).toEqual(["p"]);
  expect(await balance()).toBe("99.90");
  const twin = panel.ctx.db.query(
    `insert into subscription_posts (account_id, order_id, post_hash, link_hash, link, status, link_key)
     select account_id, order_id, sha256('x'), sha256('x'), link, 'known', link_key
       from subscription_posts where order_id = $1`,
    [id],
  );
  await expect(twin).rejects.toThrow(/subscription_posts_link_key/);
});

test("a feed that moves from http to https, ids and links alike, costs nothing twice", async () => {
  const posts = (scheme: string) =>
    ["a", "b", "c"].map((name) => ({
      id: `${scheme}://anna.example/${name}`,
      url: `${scheme}://anna.example/${name}`,
    }));
  says(...posts("http").slice(1));
  const id = await subscribe();
  await turn();
  says(...posts("http"));
  await later(6);
  expect(await made(id)).toHaveLength(1);
  says(...posts("https"));
  await later(6);
  expect(await made(id)).toHaveLength(1);
  expect(await announce(id, "https://www.anna.example/b/")).toMatchObject({ post: "known" });
});

test("a post that is announced in other spellings is one order", async () => {
  const id = await subscribe({ username: "anna" });
  await turn();
  const spellings = [
    "https://anna.example/p/9",
    "https://anna.example/p/9/",
    "http://anna.example/p/9",
    "https://www.anna.example/p/9",
    "https://anna.example/p/9?utm_source=rss",
    "https://anna.example/p/9#c",
    "HTTPS://ANNA.EXAMPLE/p/9",
    "\u200bhttps://anna.example/p/9",
  ];
  const said = [];
  for (const link of spellings) said.push(((await announce(id, link)) as { post: string }).post);
  expect(said).toEqual(["taken", ...spellings.slice(1).map(() => "known")]);
  const forms = ["https://instagram.com/p/CODE", "https://www.instagram.com/anna/reel/CODE/"];
  expect(await announce(id, forms[0] ?? "")).toMatchObject({ post: "taken" });
  expect(await announce(id, forms[1] ?? "", { id: "7" })).toMatchObject({ post: "known" });
  expect(await announce(id, "javascript:alert(1)")).toEqual({ error: "Bad link" });
  expect(await made(id)).toHaveLength(2);
});

test("posts=0, as programs of the trade send it, is all new posts without an end", async () => {
  says({ id: "a" });
  const fields = { max: 110, posts: 0, delay: 30, expiry: "11/11/2030" };
  const id = await subscribe(fields);
  await turn();
  says({ id: "b" }, { id: "a" });
  await later(6);
  await later(30);
  expect(await links(id)).toEqual(["b"]);
  expect(await statusOf(id)).toMatchObject({ status: "Active", posts: null, expiry: "11/11/2030" });
});

test("the same post announced by many at once, or seen by a feed as well, has one order", async () => {
  says();
  const id = await subscribe();
  await turn();
  says({ id: "p" });
  await panel.ctx.db.query("update schedules set next_at = panel_now()");
  await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'run'");
  const calls = Array.from({ length: 20 }, () => announce(id, "https://anna.example/p"));
  await Promise.all([...calls, turn()]);
  await later(6);
  expect(await links(id)).toEqual(["p"]);
  expect(await balance()).toBe("99.90");
});

test("an expiry ends it as Expired, a cancel as Canceled; orders that were made go on", async () => {
  const refused = await panel.api({
    key: customer.key,
    action: "add",
    service,
    min: 100,
    max: 100,
    username: "anna",
    expiry: "01/01/2020",
  });
  expect(refused).toEqual({ error: "Incorrect expiry, expected d/m/Y, today or later" });
  const expiring = await subscribe({ username: "anna", expiry: "31/12/2999" });
  await panel.ctx.db.query(
    `update orders set fields = fields || '{"expiry":"01/01/2020"}' where id = $1`,
    [expiring],
  );
  await turn();
  expect(await statusOf(expiring)).toMatchObject({ status: "Expired", expiry: "01/01/2020" });

  const id = await subscribe({ username: "anna" });
  await turn();
  await announce(id, "https://a.example/1");
  const [cancel] = (await panel.api({ key: customer.key, action: "cancel", orders: id })) as [
    unknown,
  ];
  expect(cancel).toEqual({ order: id, cancel: 1 });
  expect(await statusOf(id)).toMatchObject({ status: "Canceled" });
  const [run] = await made(id);
  expect(run?.status).toBe("pending");
});

test("its customer is told of each order, each pause and its end", async () => {
  const id = await subscribe({ username: "anna", posts: 2 });
  await turn();
  const ask = (since: string) =>
    panel.api({ key: customer.key, action: "changes", ...(since !== "" && { since }) });
  const { cursor } = (await ask("")) as { cursor: string };
  await announce(id, "https://a.example/1");
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", id, "pause"));
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", id, "resume"));
  await announce(id, "https://a.example/2");
  const { changes } = (await ask(cursor)) as { changes: { event: string; data: object }[] };
  const told = changes.filter((change) => change.event === "subscription.updated");
  const [first, second] = (await made(id)).map((run) => run.id);
  const told1 = { order: id, expiry: null, posts: "2", orders: [first] };
  expect(told.map((change) => change.data)).toEqual([
    { ...told1, status: "Active" },
    { ...told1, status: "Paused" },
    { ...told1, status: "Active" },
    { ...told1, status: "Completed", orders: [first, second] },
  ]);
});

test("paused by staff it orders nothing; resumed, what was posted meanwhile is new", async () => {
  says();
  const id = await subscribe();
  await turn();
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", id, "pause"));
  expect(await statusOf(id)).toMatchObject({ status: "Paused" });
  says({ id: "a" });
  await later(60);
  expect(await made(id)).toEqual([]);
  must(await changeSchedule(panel.ctx, commandLineActor("staff"), "subscription", id, "resume"));
  await later(6);
  expect(await links(id)).toEqual(["a"]);
  const order = await findOrder(panel.ctx.db, id);
  const schedule = order && (await findSchedule(panel.ctx.db, order.accountId, id));
  expect(schedule).toMatchObject({ status: "active", reason: undefined });
});

/** Links with this word are refused or held, for the test's service. */
async function deny(pattern: string, decision: HoldDecision) {
  const condition = { kind: "deny_link", match: "word", pattern } as const;
  const rule = { decision, serviceId: service, reason: "spam", expiresAt: undefined, condition };
  return must(await addHoldRule(panel.ctx, tester, rule));
}

test("a new post at a link that a rule refuses gets no order, and takes no place", async () => {
  says();
  const id = await subscribe({ posts: 2 });
  await turn();
  const { id: rule } = await deny("odd", "refuse");
  says({ id: "odd-1" }, { id: "b" }, { id: "odd-2" });
  await later(6);
  expect(await links(id)).toEqual(["b"]);
  expect(await announce(id, "https://odd.example/")).toMatchObject({
    error: "This link is not accepted",
  });
  const refused = (await listAuditEntries(panel.ctx.db, 10)).filter(
    ({ action }) => action === "subscription.refuse_post",
  );
  expect(refused).toHaveLength(2);
  expect(refused[0]).toMatchObject({ subject: `order:${id}`, after: { rule, reason: "spam" } });

  must(await removeHoldRule(panel.ctx, tester, rule));
  says({ id: "odd-1" }, { id: "c" }, { id: "b" }, { id: "odd-2" });
  await later(6);
  expect(await links(id)).toEqual(["b", "c"]);
  expect(await statusOf(id)).toMatchObject({ status: "Completed" });
  expect(await balance()).toBe("99.80");
});

test("a new post at a link that a rule holds is charged and waits for a review", async () => {
  const id = await subscribe({ username: "anna" });
  await turn();
  await deny("odd", "hold");
  await announce(id, "https://odd.example/1");
  await turn();
  const [held] = await made(id);
  if (held === undefined) throw new Error("no order");
  expect(await findOrder(panel.ctx.db, held.id)).toMatchObject({
    held: expect.stringContaining("spam") as string,
  });
  expect(await balance()).toBe("99.90");
  expect(await findTask(panel.ctx.db, customer.id, held.id)).toBeUndefined();

  must(await releaseOrder(panel.ctx, tester, held.id));

  expect(await findTask(panel.ctx.db, customer.id, held.id)).toMatchObject({ kind: "send" });
});
