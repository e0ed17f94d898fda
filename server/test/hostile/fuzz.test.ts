import { randomInt } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeAll, expect, test } from "vitest";
import { serviceTypes } from "#orders/service-types/index.ts";
import { amount, testPanel } from "#test/panel.ts";
import { addProduct, keys as lineNames } from "#test/store.ts";
import { send, sendBytes } from "./send.ts";
import type { Heard, Sent } from "./send.ts";

const panel = testPanel({ env: { PANEL_LOG_LEVEL: "silent" } });
const seed = Number(process.env["SEED"] ?? randomInt(2 ** 31));
const keys: string[] = [];
const keyNames = ["rich", "rich again", "rich still", "poor"];
const services: number[] = [];

beforeAll(async () => {
  for (const { wireName: type } of Object.values(serviceTypes)) {
    const rate = amount("0.01");
    services.push(
      await panel.addService({ name: type, type, rate, min: 1, max: 1000, dripfeed: true }),
    );
  }
  const bounds = { min: 1, max: 1000, partDelivery: true };
  await addProduct(panel, { ...bounds, stock: lineNames(500) });
  await addProduct(panel, { ...bounds, question: "Who?", type: "service" });
  for (const name of keyNames) {
    const balance = name === "poor" ? "0" : "1000000";
    keys.push((await panel.addCustomer({ balance, terms: { rateLimit: 0 } })).key);
  }
});
afterEach(async () => {
  // The panel is as well as before.
  const answer = await panel.api({ key: keys[0] ?? "", action: "balance" });
  expect(answer).toMatchObject({ currency: "USD" });
});

function expectJson(heard: Heard, sent: unknown): void {
  const told = JSON.stringify(sent).slice(0, 500);
  expect([200, 429], told).toContain(heard.status);
  expect(heard.headers["content-type"], told).toBe("application/json; charset=UTF-8");
  const body = JSON.parse(heard.text) as unknown;
  const isRefusal = heard.headers["x-error-code"] !== undefined;
  if (isRefusal) expect(Object.keys(body as object), told).toEqual(["error"]);
}

const junk = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "0", "-1", "1e3", "undefined", "null", "true", "١٢", "\u0000", "\ud800"),
  fc.constantFrom("9007199254740991", "9007199254740992", "1".repeat(100), "a\nb\r\nc", ",,,"),
  fc.constantFrom("__proto__", "constructor", "1;drop table orders", "%00", "\\n", "5,Array"),
);
const count = fc.oneof(fc.integer({ min: -2, max: 1100 }).map(String), junk);
const lines = fc.oneof(
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 20 }).map((items) => items.join("\n")),
  junk,
);
const ids = fc.oneof(
  fc.array(fc.oneof(fc.nat(50).map(String), junk), { maxLength: 20 }).map((list) => list.join(",")),
  junk,
);

/** Every field of every type, each with a value that is right. */
const rightFields = fc.record({
  key: fc.constantFrom(...keyNames),
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constant("add") },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "status",
        "refill",
        "refill_status",
        "cancel",
        "balance",
        "orders",
        "services",
        "products",
        "add_product_order",
        "product_order_status",
        "result_product",
      ),
    },
  ),
  service: fc.nat(100).map((index) => `service ${index}`),
  link: fc.webUrl(),
  quantity: fc.integer({ min: 1, max: 1000 }).map(String),
  order: fc.nat(50).map(String),
  orders: fc.array(fc.nat(50), { maxLength: 20 }).map((list) => list.join(",")),
  refill: fc.nat(20).map(String),
  refills: fc.array(fc.nat(20), { maxLength: 20 }).map((list) => list.join(",")),
  comments: fc.constant("Nice\nGreat"),
  usernames: fc.constant("a,b\nc"),
  hashtags: fc.constant("#a\n#b"),
  keywords: fc.constant("a, b"),
  groups: fc.constant("a\nb"),
  list: fc.constant("a\nb"),
  suggest: fc.constant("a\nb"),
  username: fc.constant("somebody"),
  hashtag: fc.constant("#a"),
  media: fc.constant("https://a.example/media"),
  answer_number: fc.constant("1"),
  country: fc.constant("US"),
  device: fc.constant("5"),
  type_of_traffic: fc.constantFrom("1", "2", "3"),
  google_keyword: fc.constant("shoes"),
  referring_url: fc.constant("https://b.example"),
  min: fc.constant("10"),
  max: fc.constant("20"),
  posts: fc.constant("3"),
  delay: fc.constant("30"),
  expiry: fc.constant("31/12/2030"),
  product: fc.nat(3).map(String),
  require: fc.constant("somebody@example.com"),
});

const strangeNames = [
  "key action service link quantity order orders refill refills runs interval comments",
  "usernames answer_number device expiry min max posts old_posts delay request_id",
  "max_charge since limit __proto__ orders[] key[] comments[0] search product require require[]",
].flatMap((names) => names.split(" "));

/** Fields that nothing needs, and what may stand in the place of any field. */
const strangeFields = fc.dictionary(
  fc.constantFrom(...strangeNames),
  fc.oneof(junk, count, lines, ids),
  { maxKeys: 3 },
);

/** Right for a half, and wrong in up to three places for the other. */
const fields = () =>
  fc.tuple(rightFields, fc.oneof(fc.constant({}), strangeFields)).map(([right, strange]) => {
    const key = keys[keyNames.indexOf(right.key)] ?? "";
    const index = Number(right.service.slice(8)) % services.length;
    return { ...right, key, service: String(services[index]), ...strange };
  });

const encodings = ["form", "json", "query", "multipart", "text"] as const;

function encode(given: Readonly<Record<string, unknown>>, as: (typeof encodings)[number]): Sent {
  const pairs = Object.entries(given).map(([name, value]): [string, string] => [
    name,
    String(value).toWellFormed(),
  ]);
  const query = new URLSearchParams(pairs).toString();
  switch (as) {
    case "form":
      return { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: query };
    case "text":
      return { headers: { "Content-Type": "text/plain" }, body: query };
    case "json":
      return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) };
    case "query":
      return { method: "GET", path: `/api/v2?${query.slice(0, 8000)}` };
    case "multipart": {
      const parts = pairs.map(
        ([name, value]) =>
          `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const headers = { "Content-Type": "multipart/form-data; boundary=b" };
      return { headers, body: `${parts.join("")}--b--\r\n` };
    }
  }
}

/** Eight at a time, so that batches fill. */
async function askAll(requests: readonly Sent[]): Promise<void> {
  const heard = await Promise.all(requests.map((sent) => send(panel.url, sent)));
  heard.forEach((answer, index) => expectJson(answer, requests[index]));
}

test(`fields of every kind, in every encoding, end in JSON (seed ${seed})`, async () => {
  const requests = fc.array(
    fc.tuple(fields(), fc.constantFrom(...encodings)).map(([given, as]) => encode(given, as)),
    { minLength: 8, maxLength: 8 },
  );
  await fc.assert(fc.asyncProperty(requests, askAll), { seed, numRuns: 120, endOnFailure: true });

  // Worth something only where enough of it was right.
  const { rows } = await panel.ctx.db.query("select count(*) > 100 as enough from orders");
  expect(rows).toEqual([{ enough: true }]);
});

test(`JSON values of every shape under every name end in JSON (seed ${seed})`, async () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const bodies = fc.array(
    fc
      .tuple(
        fields(),
        fc.dictionary(
          fc.constantFrom(
            "key",
            "action",
            "service",
            "link",
            "quantity",
            "orders",
            "comments",
            "request_id",
            "max_charge",
            "__proto__",
          ),
          value,
        ),
        value,
      )
      .map(([given, strange, alone]): Sent => ({
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(Object.keys(strange).length === 0 ? alone : { ...given, ...strange }),
      })),
    { minLength: 8, maxLength: 8 },
  );
  await fc.assert(fc.asyncProperty(bodies, askAll), { seed, numRuns: 80, endOnFailure: true });
});

test(`bodies of any bytes end in JSON (seed ${seed})`, async () => {
  const types = fc.constantFrom(
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain; charset=utf-16",
    "",
  );
  const start = fc.constantFrom("", "{", "[", "--b\r\n", "key=", '{"key":"', "action=add&key=");
  const bodies = fc.array(
    fc.tuple(types, start, fc.uint8Array({ maxLength: 200 })).map(([type, head, bytes]): Sent => ({
      headers: { "Content-Type": type },
      body: Buffer.concat([Buffer.from(head), Buffer.from(bytes)]),
    })),
    { minLength: 8, maxLength: 8 },
  );
  await fc.assert(fc.asyncProperty(bodies, askAll), { seed, numRuns: 80, endOnFailure: true });
});

test(`bytes that are hardly HTTP are answered or hung up on (seed ${seed})`, async () => {
  const heads = fc.constantFrom(
    "",
    "POST /api/v2 HTTP/1.1\r\n",
    "POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    "POST /api/v2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /api/v2?",
    "POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const bytes = fc.array(fc.tuple(heads, fc.uint8Array({ maxLength: 60 })), {
    minLength: 8,
    maxLength: 8,
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(bytes, async (requests) => {
      const answers = await Promise.all(
        requests.map(([head, tail]) =>
          sendBytes(panel.url, Buffer.concat([Buffer.from(head), Buffer.from(tail)]), {
            quietMs: 20,
            firstMs: 150,
          }),
        ),
      );
      for (const answer of answers) {
        if (answer === "") continue;
        answered++;
        expect(answer).toMatch(/^HTTP\/1\.1 (100|200|400|429) /);
        expect(answer).toContain("Content-Type: application/json; charset=UTF-8\r\n");
      }
    }),
    { seed, numRuns: 12 },
  );
  expect(answered).toBeGreaterThan(0);
});
