import { beforeAll, expect, test, vi } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { expectRefusal, form, jsonBody, jsonOf, send } from "./send.ts";
import type { Sent } from "./send.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;
let comments: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "100000" });
  service = await panel.addService();
  comments = await panel.addService({
    name: "Comments",
    type: "Custom Comments",
    rate: amount("8"),
    min: 1,
    max: 20_000,
  });
});

const ask = (sent: Sent) => send(panel.url, sent);
const taken = { order: expect.any(Number) };
const order = () => ({ key: customer.key, action: "add", service, link: "a", quantity: 100 });
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `n${index}`).join("\n");

test("a body of 1 MiB is read and one byte more is refused", async () => {
  const head = `key=${customer.key}&action=balance&junk=`;
  const body = (bytes: number) => head + "j".repeat(bytes - head.length);

  const fits = await ask({ ...form({}), body: body(1024 * 1024) });
  const exceeds = await ask({ ...form({}), body: body(1024 * 1024 + 1) });

  expect(jsonOf(fits)).toHaveProperty("balance");
  expectRefusal(exceeds, "body_too_large", "The request is too large, 1048576 bytes at most");
});

test("a link of 2,048 characters is taken and one more is refused", async () => {
  expect(jsonOf(await ask(form({ ...order(), link: "l".repeat(2048) })))).toEqual(taken);
  expectRefusal(await ask(form({ ...order(), link: "l".repeat(2049) })), "bad_link", "Bad link");
});

test("a list of 10,000 lines is taken and one more is refused", async () => {
  const add = { ...order(), service: comments };
  expect(jsonOf(await ask(form({ ...add, comments: lines(10_000) })))).toEqual(taken);
  expectRefusal(await ask(form({ ...add, comments: lines(10_001) })), "list_too_long");
});

test("a thousand ids are answered and the one beyond is told the limit", async () => {
  const ids = Array.from({ length: 1001 }, (_, index) => 500_000 + index);
  const unknown = { error: "Incorrect order ID" };
  const tooMany = { error: "Maximum 1000 IDs in one request" };

  const fields = { key: customer.key, action: "status", orders: ids.join(",") };
  const states = jsonOf(await ask(form(fields))) as Record<string, unknown>;
  const refills = jsonOf(await ask(form({ ...fields, action: "refill" }))) as unknown[];

  expect(Object.keys(states)).toHaveLength(1001);
  expect([states["500999"], states["501000"]]).toEqual([unknown, tooMany]);
  expect(refills.slice(999)).toEqual([
    { order: 500_999, refill: unknown },
    { order: 501_000, refill: tooMany },
  ]);
});

test("names of JavaScript's own are ids and fields like any other", async () => {
  const { key } = customer;
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  const states = await ask(form({ key, action: "status", orders: names.join(",") }));
  const polluted = await ask(
    jsonBody(`{"key":"${key}","action":"balance","__proto__":{"action":"add"},"constructor":1}`),
  );
  const actions = await Promise.all(names.map((action) => ask(form({ key, action }))));

  expect(states.text).toBe(
    `{${names.map((name) => `"${name}":{"error":"Incorrect order ID"}`).join(",")}}`,
  );
  expect(jsonOf(polluted)).toHaveProperty("balance");
  for (const heard of actions) expectRefusal(heard, "action_unknown");
});

test.each([
  "9".repeat(400),
  "9007199254740992",
  "9007199254740993",
  "18446744073709551716",
  "1e3",
  "1E3",
  "100.0",
  "100.5",
  "0x64",
  "-100",
  "+100",
  "١٠٠",
  "１００",
  "100\u0000",
  "1 00",
  "1,000",
  "NaN",
  "Infinity",
  "true",
])("%j is no quantity and no id", async (text) => {
  expectRefusal(await ask(form({ ...order(), quantity: text })), "quantity_invalid");
  expectRefusal(await ask(form({ ...order(), service: text })), "service_unknown");
  const status = await ask(form({ key: customer.key, action: "status", order: text }));
  if (!text.includes(",")) expectRefusal(status, "order_unknown", "Incorrect order ID");
});

test("numbers that JSON writes at length are the numbers that they are", async () => {
  const { quantity: _, ...rest } = order();
  const add = (quantity: string) =>
    ask(jsonBody(`${JSON.stringify(rest).slice(0, -1)},"quantity":${quantity}}`));

  expect(jsonOf(await add("1e2"))).toEqual(taken);
  expect(jsonOf(await add("100.0"))).toEqual(taken);
  for (const quantity of ["1e400", "1e21", "-100", "100.5", "9007199254740993", "1e-7"]) {
    expectRefusal(await add(quantity), "quantity_invalid");
  }
});

test("characters that nothing can keep end in an answer", async () => {
  const head = `key=${customer.key}&action=add&service=${service}&quantity=100&link=`;

  expectRefusal(await ask({ ...form({}), body: `${head}a%00b` }), "bad_link");
  expectRefusal(await ask(jsonBody({ ...order(), link: "a\u0000b" })), "bad_link");
  expect(jsonOf(await ask(jsonBody('{"a":"\\ud800"}')))).toEqual({ error: "Invalid API key" });
});

test("lone surrogates and NUL in any field are kept out of the database and of the answer", async () => {
  const add = order();
  for (const junk of ["\ud800", "x\udfffx", "a\u0000b", "\u0001"]) {
    const inComments = { ...add, service: comments, comments: `fine\n${junk}` };
    for (const fields of [
      { ...add, link: junk },
      { ...add, request_id: junk },
      { ...add, max_charge: junk },
      { ...add, service: junk },
      inComments,
      { key: add.key, action: "status", orders: `1,${junk}` },
      { key: add.key, action: "refill_status", refills: `1,${junk}` },
      { key: add.key, action: "orders", since: junk, request_id: junk, limit: junk },
      { key: junk, action: "balance" },
      { key: add.key, action: junk },
    ]) {
      const heard = await ask(jsonBody(fields));
      expect(heard.status, heard.text).toBe(200);
      jsonOf(heard);
    }
  }
});

test("a quantity at its bounds is taken, one beyond is refused with the bound", async () => {
  expect(jsonOf(await ask(form({ ...order(), quantity: 50 })))).toEqual(taken);
  expect(jsonOf(await ask(form({ ...order(), quantity: 10_000 })))).toEqual(taken);
  expectRefusal(
    await ask(form({ ...order(), quantity: 49 })),
    "quantity_below_min",
    "Quantity less than minimal 50",
  );
  expectRefusal(
    await ask(form({ ...order(), quantity: 10_001 })),
    "quantity_above_max",
    "Quantity more than maximum 10000",
  );
});

test("the most expensive order there is is refused before it reaches the database", async () => {
  const dear = await panel.addService({
    name: "Dear",
    rate: amount("1000000000000"),
    min: 1,
    max: 9_007_199_254_740_991,
  });

  const heard = await ask(form({ ...order(), service: dear, quantity: "9007199254740991" }));

  expectRefusal(heard, "charge_too_high");
});

test("a filter of the order list that cannot be read is refused", async () => {
  const list = { key: customer.key, action: "orders" };
  for (const limit of ["0", "1001", "x", "-1", "1e1"]) {
    expectRefusal(await ask(form({ ...list, limit })), "filter_invalid");
  }
  for (const since of ["yesterday", "9007199254740991", "-271822-01-01", "+275760-09-14"]) {
    expectRefusal(await ask(form({ ...list, since })), "filter_invalid");
  }
  expect(jsonOf(await ask(form({ ...list, limit: "1" })))).toHaveLength(1);
});

test("a list of orders since a moment to come is refused: it would read as not placed", async () => {
  const list = { key: customer.key, action: "orders" };
  await ask(form(order()));
  const now = Date.now();
  const seconds = Math.floor(now / 1000);
  const iso = (ms: number) => new Date(ms).toISOString();

  for (const since of [now, now * 1000, seconds + 360, iso(now + 360_000), "9999-12-31"]) {
    const heard = await ask(form({ ...list, since }));
    expectRefusal(heard, "filter_invalid");
    expect(heard.text).toContain("seconds (not milliseconds)");
  }
  expect(jsonOf(await ask(form({ ...list, since: seconds + 240 })))).toEqual([]);
  for (const since of [0, seconds - 60, iso(now - 60_000), "0001-01-01", iso(now).slice(0, 10)]) {
    expect(jsonOf(await ask(form({ ...list, since })))).toContainEqual(
      expect.objectContaining({ service }),
    );
  }
});

test.each([
  "-100000-01-01",
  "275761-01-01",
  "0000-01-01",
  "2027-02-31",
  "10000-01-01",
  "1e9",
  "0x10",
  "+5",
  "5.0",
  "-0",
  "-1",
  "٣",
  "Sun Nov 29 2026",
  "2026-01-01T25:00",
  "infinity",
  "now",
])("a list of orders since %j is refused before the database sees it", async (since) => {
  const warned = vi.spyOn(panel.ctx.log, "error");
  const heard = await ask(form({ key: customer.key, action: "orders", since }));
  expectRefusal(
    heard,
    "filter_invalid",
    "Incorrect since, expected ISO 8601 or seconds since 1970",
  );
  expect(warned).not.toHaveBeenCalled();
});
