import { beforeAll, expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { expectRefusal, form, jsonBody, jsonOf, send, sendBytes } from "./send.ts";
import type { Sent } from "./send.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
  service = await panel.addService();
});

const ask = (sent: Sent) => send(panel.url, sent);
const taken = { order: expect.any(Number) };
const order = () => ({
  key: customer.key,
  action: "add",
  service,
  link: "https://a.example/p",
  quantity: 100,
});

function multipart(fields: Readonly<Record<string, string | number>>, boundary = "x-1"): Sent {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join("")}--${boundary}--\r\n`,
  };
}

test("an order is taken as form, multipart, JSON and query string alike", async () => {
  const query = new URLSearchParams(form(order()).body as string).toString();
  const ways: Sent[] = [
    form(order()),
    multipart(order()),
    jsonBody(order()),
    { method: "POST", path: `/api/v2?${query}` },
    { method: "GET", path: `/api/v2?${query}` },
    { method: "PUT", ...form(order()) },
    { method: "DELETE", ...form(order()) },
    { ...form(order()), path: "/api/v2/" },
    { method: "GET", path: `/api/v2/?${query}` },
  ];
  for (const way of ways) expect(jsonOf(await ask(way))).toEqual(taken);
});

test("fields may come in a mixture, and the body wins over the query", async () => {
  const { key, ...rest } = order();

  const mixed = await ask({ ...form(rest), path: `/api/v2?key=${key}&quantity=1&action=balance` });
  const mixedJson = await ask({ ...jsonBody(rest), path: `/api/v2?key=${key}&quantity=1` });

  expect(jsonOf(mixed)).toEqual(taken);
  expect(jsonOf(mixedJson)).toEqual(taken);
});

test("what the body is counts, not what its content type claims", async () => {
  const asForm = form(order()).body as string;
  const asJson = jsonBody(order()).body as string;
  for (const type of ["text/plain", "application/json", "application/octet-stream", ""]) {
    const sent = await ask({ headers: { "Content-Type": type }, body: asForm });
    expect(jsonOf(sent), type).toEqual(taken);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "Application/JSON", ""]) {
    const sent = await ask({ headers: { "Content-Type": type }, body: asJson });
    expect(jsonOf(sent), type).toEqual(taken);
  }
  expect(jsonOf(await ask({ body: asForm }))).toEqual(taken);
});

test("of a name that comes twice the last value wins", async () => {
  const { key } = customer;
  const body = `key=wrong&action=add&action=balance&key=${key}`;

  const asForm = await ask({ ...form({}), body });
  const asJson = await ask(jsonBody(`{"key":"wrong","action":"balance","key":"${key}"}`));
  const asQuery = await ask({ method: "GET", path: `/api/v2?${body}` });

  for (const heard of [asForm, asJson, asQuery]) {
    expect(jsonOf(heard)).toMatchObject({ currency: "USD" });
  }
});

test("a key that is a list or an object is no key", async () => {
  const ways: Sent[] = [
    { ...form({}), body: `key[]=${customer.key}&action=balance` },
    { ...form({}), body: `key[a][b]=${customer.key}&action=balance` },
    jsonBody({ key: [customer.key], action: "balance" }),
    jsonBody({ key: { key: customer.key }, action: "balance" }),
    jsonBody({ key: null, action: "balance" }),
    jsonBody({ key: true, action: "balance" }),
    { method: "GET", path: "/api/v2" },
    {},
  ];
  for (const way of ways) expectRefusal(await ask(way), "key_unknown", "Invalid API key");
});

test("an action that is a list or an object is no action", async () => {
  const { key } = customer;
  for (const action of [["add"], { add: 1 }, null, 7, "", "ADD", "add\u0000"]) {
    const heard = await ask(jsonBody({ key, action }));
    expectRefusal(heard, "action_unknown", "Incorrect request");
  }
});

test("lists and objects where one value belongs are refused, never taken for a number", async () => {
  for (const value of [[100], [[100]], { 0: 100 }, true, null]) {
    const heard = await ask(jsonBody({ ...order(), quantity: value }));
    expect(heard.headers["x-error-code"]).toMatch(/^quantity_(required|invalid)$/);
    expectRefusal(await ask(jsonBody({ ...order(), service: value })), "service_unknown");
    expect(
      (await ask(jsonBody({ ...order(), link: value }))).headers["x-error-code"] ?? "true is text",
    ).toMatch(/bad_link|true is text/);
  }
});

test("optional fields that are empty or spell out that they are missing are missing", async () => {
  for (const nothing of ["", "undefined", "null"]) {
    const junk = { runs: nothing, interval: nothing, request_id: nothing, max_charge: nothing };
    expect(jsonOf(await ask(form({ ...order(), ...junk })))).toEqual(taken);
  }
  expect(jsonOf(await ask(jsonBody({ ...order(), runs: null, interval: null })))).toEqual(taken);
});

test("requests that no document knows are answered in JSON", async () => {
  const { key } = customer;
  const refills = jsonOf(await ask(form({ key, action: "refill_status", refills: "5,Array" })));
  expect(refills).toEqual([
    { refill: 5, status: { error: "Refill not found" } },
    { refill: "Array", status: { error: "Refill not found" } },
  ]);
  expectRefusal(await ask(form({ key, order: 1 })), "action_unknown", "Incorrect request");
  expectRefusal(await ask(form({ key, refill: 1 })), "action_unknown", "Incorrect request");
  expectRefusal(await ask(form({ key, action: "refill" })), "order_unknown");
  expectRefusal(await ask(form({ key, action: "refill_status" })), "refill_unknown");
  expectRefusal(await ask(form({ key, action: "status" })), "order_unknown", "Incorrect order ID");
  expectRefusal(await ask(form({ key, action: "cancel" })), "order_unknown", "Incorrect order ID");
  expect(jsonOf(await ask(form({ key, action: "cancel", orders: "" })))).toEqual([
    { order: "", cancel: { error: "Incorrect order ID" } },
  ]);
});

test("a comma list under `order` is answered as one under `orders`, in its order", async () => {
  const { key } = customer;
  const heard = await ask(form({ key, action: "status", order: "9, 2,x,9" }));

  expect(heard.text).toMatch(/^\{"9":.*"2":.*"x":/);
  expect(Object.keys(jsonOf(heard) as object)).toHaveLength(3);
});

test("a list of one under `order` is a list to every action", async () => {
  const { key } = customer;
  const unknown = { error: "Incorrect order ID" };
  for (const [action, row] of [
    ["cancel", { order: 999_999, cancel: unknown }],
    ["refill", { order: 999_999, refill: unknown }],
    ["cancel_status", { order: 999_999, status: unknown }],
  ] as const) {
    expect(jsonOf(await ask(jsonBody({ key, action, order: [999_999] })))).toEqual([row]);
    expectRefusal(await ask(jsonBody({ key, action, order: 999_999 })), "order_unknown");
  }
  const states = jsonOf(await ask(jsonBody({ key, action: "status", order: [999_999] })));
  expect(states).toEqual({ "999999": unknown });
});

test("a HEAD request is answered without a body", async () => {
  const heard = await ask({ method: "HEAD", path: `/api/v2?key=${customer.key}&action=balance` });

  expect(heard.status).toBe(200);
  expect(heard.headers["content-type"]).toBe("application/json; charset=UTF-8");
  expect(heard.text).toBe("");
});

test("a multipart body above 1 KiB that waits for 100-continue is told to go on", async () => {
  const sent = multipart({ ...order(), link: `https://a.example/${"p".repeat(1500)}` });
  const body = sent.body as string;
  const head =
    `POST /api/v2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n` +
    `Content-Type: multipart/form-data; boundary=x-1\r\nContent-Length: ${body.length}\r\n\r\n`;

  const answer = await sendBytes(panel.url, head + body);

  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\{"order":[0-9]+\}$/);
  expect(answer).toContain("Content-Type: application/json; charset=UTF-8\r\n");
});

test("a body that cannot be read is refused in JSON", async () => {
  const unreadable: Sent[] = [
    { headers: { "Content-Type": "multipart/form-data" }, body: "no boundary" },
    { headers: { "Content-Type": "multipart/form-data; boundary=a" }, body: "--b\r\nnothing" },
    jsonBody('{"key":'),
    jsonBody("[1,2,3]"),
    jsonBody("null"),
    jsonBody("{}{}"),
    jsonBody(`{"a":${"[".repeat(100_000)}`),
  ];
  for (const sent of unreadable) {
    expectRefusal(await ask(sent), "body_unreadable", "Incorrect request");
  }
});

test("what is no HTTP is answered in JSON and does not disturb others", async () => {
  for (const bytes of [
    "nonsense\r\n\r\n",
    "GET /a b HTTP/9\r\n\r\n",
    "\u0000\u0001\u0002\r\n\r\n",
  ]) {
    const answer = await sendBytes(panel.url, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*\r\n/);
    expect(answer).toMatch(/\r\n\r\n\{"error":"Incorrect request"\}$/);
  }
  expect(await panel.api({ key: customer.key, action: "balance" })).toHaveProperty("balance");
});
