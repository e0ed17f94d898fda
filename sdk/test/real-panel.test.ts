import { expect, test } from "vitest";
import { serviceTypes as serverTypes } from "@panelwright/server/src/orders/service-types/index.ts";
import { wireNameOf } from "@panelwright/server/src/http/reseller/request/wire-name.ts";
import { testPanel } from "@panelwright/server/test/panel.ts";
import { openPanel, serviceTypes } from "panelwright-sdk";
import type { NewOrder, Panel } from "panelwright-sdk";
import { fieldsIn } from "./scripted-panel.ts";

const server = testPanel();

async function clientOf(customer: { readonly key: string }, fetchIt = fetch): Promise<Panel> {
  const url = `${server.url}/api/v2`;
  return openPanel({ url, key: customer.key, backoffMs: 1, fetch: fetchIt });
}

test("the price list, an order, its state and the balance", async () => {
  const service = await server.addService({ type: "Default", dripfeed: true });
  const panel = await clientOf(await server.addCustomer());

  const [listed] = (await panel.services()).filter((row) => row.service === service);
  const placed = await panel.order({ service, link: "https://example.com/a", quantity: 100 });
  const state = await panel.status(placed.order);

  expect(listed).toMatchObject({ type: "Default", rate: "0.90", min: 50, max: 10_000 });
  expect(listed).toMatchObject({ refill: true, cancel: true, dripfeed: true });
  expect(state).toMatchObject({ status: "Pending", charge: "0.09", remains: 100, currency: "USD" });
  expect(state.startCount).toBeNull();
  expect(await panel.balance()).toEqual({ balance: "99.91", currency: "USD" });
});

test("the price list is the same list until a price changes", async () => {
  await server.addService();
  const panel = await clientOf(await server.addCustomer());
  const first = await panel.services();

  expect(await panel.services()).toBe(first);
  await server.addService();

  expect((await panel.services()).length).toBe(first.length + 1);
});

test("the same request id is the same order, and charged once", async () => {
  const service = await server.addService();
  const panel = await clientOf(await server.addCustomer());
  const order = { service, link: "https://example.com/a", quantity: 100, requestId: "mine-1" };

  const first = await panel.order(order);
  const second = await panel.order(order);

  expect(second).toEqual(first);
  expect((await panel.balance()).balance).toBe("99.91");
  await expect(panel.order({ ...order, quantity: 200 })).rejects.toMatchObject({
    code: "request_id_used",
    field: "request_id",
  });
});

test("an order whose answer is lost on the way is placed once", async () => {
  const service = await server.addService();
  const customer = await server.addCustomer();
  let lost = 0;
  const panel = await clientOf(customer, async (input, init) => {
    const response = await fetch(input, init);
    const isOrder = fieldsIn(init)["action"] === "add";
    if (isOrder && lost++ < 2) throw new TypeError("fetch failed", { cause: new Error("reset") });
    return response;
  });

  const placed = await panel.order({ service, link: "https://example.com/a", quantity: 100 });

  expect(lost).toBe(3);
  expect((await panel.orders()).map(({ order }) => order)).toEqual([placed.order]);
  expect((await panel.balance()).balance).toBe("99.91");
});

test("a refusal has its kind, code and field", async () => {
  const service = await server.addService();
  const panel = await clientOf(await server.addCustomer({ balance: "0.01" }));
  const order = { service, link: "https://example.com/a", quantity: 100 };

  await expect(panel.order(order)).rejects.toMatchObject({
    name: "RefusedError",
    kind: "funds",
    code: "insufficient_funds",
    message: "Not enough funds on balance",
  });
  await expect(panel.order({ ...order, quantity: 1 })).rejects.toMatchObject({
    kind: "input",
    code: "quantity_below_min",
    field: "quantity",
  });
  await expect(panel.order({ ...order, maxCharge: "0.05" })).rejects.toMatchObject({
    kind: "price",
  });
  await expect(panel.order({ ...order, service: 999_999 })).rejects.toMatchObject({
    kind: "service",
  });
  await expect((await clientOf({ key: "none" })).balance()).rejects.toMatchObject({
    kind: "auth",
    code: "key_unknown",
  });
});

test("the states of 250 orders, among them strangers, come in their order", async () => {
  const service = await server.addService();
  const panel = await clientOf(await server.addCustomer());
  const placed: (number | string)[] = [];
  for (let count = 0; count < 12; count++) {
    const link = `https://example.com/${count}`;
    placed.push((await panel.order({ service, link, quantity: 50 })).order);
  }
  const ids = Array.from({ length: 250 }, (_, index) => {
    return index % 21 === 0 ? (placed[index / 21] ?? 1) : 900_000 + index;
  });

  const states = await panel.statuses(ids);

  expect(states.map(({ id }) => id)).toEqual(ids);
  expect(states.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(placed);
  expect(states.find(({ ok }) => !ok)).toMatchObject({ error: { kind: "missing" } });
});

test("refills and cancels are asked for, alone and in lists", async () => {
  const service = await server.addService();
  const panel = await clientOf(await server.addCustomer());
  const { order } = await panel.order({ service, link: "https://example.com/a", quantity: 100 });

  await expect(panel.refill(order)).rejects.toMatchObject({ code: "order_not_completed" });
  await expect(panel.refillStatus(999)).rejects.toMatchObject({ code: "refill_unknown" });
  expect(await panel.refills([order, 999_999])).toMatchObject([
    { id: order, ok: false, error: { kind: "state" } },
    { id: 999_999, ok: false, error: { kind: "missing" } },
  ]);
  expect(await panel.refillStatuses([998, 999])).toMatchObject([
    { id: 998, ok: false, error: { kind: "missing" } },
    { id: 999, ok: false, error: { kind: "missing" } },
  ]);
  const canceled = await panel.cancel([999_999, order]);
  expect(canceled).toMatchObject([{ ok: false, error: { kind: "missing" } }, { ok: true }]);
});

test("orders are found by their request id and by their time", async () => {
  const service = await server.addService();
  const panel = await clientOf(await server.addCustomer());
  const link = "https://example.com/a";
  const { order } = await panel.order({ service, link, quantity: 100, requestId: "find-me" });
  await panel.order({ service, link, quantity: 200 });

  expect(await panel.orders({ requestId: "find-me" })).toMatchObject([
    { order, service, link, quantity: 100, requestId: "find-me", status: "Pending" },
  ]);
  expect(await panel.orders({ limit: 1 })).toMatchObject([{ quantity: 200 }]);
  const since = new Date(Date.now() + 3_600_000);
  await expect(panel.orders({ since })).rejects.toMatchObject({ field: "since" });
  await expect(panel.orders({ limit: 0 })).rejects.toMatchObject({ field: "limit" });
});

const link = "https://example.com/a";
const contents: { readonly [Type in NonNullable<NewOrder["type"]>]?: object } = {
  Default: { link, quantity: 100, runs: 2, interval: 10 },
  Package: { link },
  "Custom Comments": { link, comments: ["one", "two"] },
  "Custom Comments Package": { link, comments: "one\ntwo" },
  Mentions: { link, quantity: 100, usernames: ["a", "b"] },
  "Mentions with Hashtags": { link, quantity: 100, usernames: ["a"], hashtags: ["#b"] },
  "Mentions Custom List": { link, usernames: ["a", "b"] },
  "Mentions Hashtag": { link, quantity: 100, hashtag: "#a" },
  "Mentions User Followers": { link, quantity: 100, username: "a" },
  "Mentions Media Likers": { link, quantity: 100, media: link },
  "Comment Likes": { link, quantity: 100, username: "a" },
  "Comment Replies": { link, username: "a", comments: ["one"] },
  Poll: { link, quantity: 100, answerNumber: 2 },
  Subscriptions: { username: "a", min: 50, max: 100, delay: 5, posts: 3, oldPosts: 0 },
  "Invites from Groups": { link, quantity: 100, groups: ["g"] },
  SEO: { link, quantity: 100, keywords: ["k"] },
  "Web Traffic": {
    link,
    quantity: 100,
    country: "US",
    device: 1,
    typeOfTraffic: 1,
    googleKeyword: "k",
  },
  "Special (1DG)": { link, quantity: 100, list: ["l"] },
  "Special 1 (1DG)": { link, quantity: 100, search: ["s"] },
};

test("the types are those that the panel sells", () => {
  const sold = Object.values(serverTypes).map(({ wireName }) => wireName);

  expect([...serviceTypes].toSorted()).toEqual(sold.toSorted());
});

test.each(serviceTypes)("an order of type %s brings what the panel asks for", async (type) => {
  const service = await server.addService({ type, min: 1, max: 10_000, dripfeed: true });
  const sent: Readonly<Record<string, string>>[] = [];
  const panel = await clientOf(await server.addCustomer({ balance: "1000" }), (input, init) => {
    sent.push(fieldsIn(init));
    return fetch(input, init);
  });

  const order: object = { type, service, ...contents[type] };
  const placed = await panel.order(order as NewOrder);

  expect(placed.order).toBeGreaterThan(0);
  const known = Object.values(serverTypes).find(({ wireName }) => wireName === type)?.inputs ?? [];
  const names = new Set(known.map(({ name }) => wireNameOf(name)));
  const others = ["key", "action", "service", "request_id"];
  const unknown = Object.keys(sent[0] ?? {}).filter((name) => !names.has(name));
  expect(unknown.toSorted()).toEqual(others.toSorted());
});
