import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { inTransaction } from "#database/transaction.ts";
import { deleteSetting, upsertSetting } from "#settings/settings.sql.ts";
import type { ServiceId } from "#values/ids.ts";
import { expectRefusal, form, jsonBody, jsonOf, send, sendBytes } from "./send.ts";
import type { Sent } from "./send.ts";

const panel = testPanel({ env: { PANEL_TRUSTED_PROXIES: "127.0.0.1" } });
let customer: TestCustomer;
let service: ServiceId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
  service = await panel.addService();
});
afterEach(() => vi.restoreAllMocks());

const ask = (sent: Sent) => send(panel.url, sent);
const order = () => ({
  key: customer.key,
  action: "add",
  service,
  link: "https://a.example/p",
  quantity: 100,
});
const wrongKey = "f".repeat(32);

/** A request that a proxy passes on from this address. */
function from(address: string, sent: Sent): Sent {
  return { ...sent, headers: { ...sent.headers, "X-Forwarded-For": address } };
}

/** So many wrong keys that the next one from there is refused as one too many. */
async function block(address: string): Promise<void> {
  const guess = from(address, form({ key: wrongKey, action: "balance" }));
  for (let n = 0; n < 20; n++) expectRefusal(await ask(guess), "key_unknown");
}

/** The names of the statements that the panel's pool runs meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(panel.ctx.db, "query");
  await work();
  return query.mock.calls.flatMap(([config]: unknown[]) =>
    typeof config === "object" && config !== null && "name" in config ? [String(config.name)] : [],
  );
}

describe("an address with too many wrong keys", () => {
  test("costs no query with any further one", async () => {
    await block("203.0.113.1");

    const names = await statementsOf(() =>
      Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const key = `${wrongKey.slice(4)}${1000 + n}`;
          const heard = await ask(from("203.0.113.1", form({ key, action: "balance" })));
          expect(heard.status).toBe(429);
          expect(heard.headers["x-error-code"]).toBe("rate_limited");
        }),
      ),
    );

    expect(names).not.toContain("customers.findApiKeys");
    // All that come within a tenth of a second share one look at what keys there are.
    expect(names.filter((name) => name === "customers.listKeyPrints").length).toBeLessThan(30);
  });

  test("still passes with a right key, also one that was made just now", async () => {
    await block("203.0.113.2");
    const { key } = await panel.addCustomer();

    const heard = await ask(from("203.0.113.2", form({ key, action: "balance" })));

    expect(jsonOf(heard)).toHaveProperty("balance");
  });

  test("is told so before its body is read, where the query has the key", async () => {
    await block("203.0.113.3");

    const answer = await sendBytes(
      panel.url,
      `POST /api/v2?key=${wrongKey} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.3\r\n` +
        "Content-Length: 900000\r\n\r\n",
    );

    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
  });

  test("is told so without a look at the rest of a large body", async () => {
    await block("203.0.113.4");
    const parse = vi.spyOn(JSON, "parse");
    const comments = "x".repeat(100_000);

    for (const sent of [form({ key: wrongKey, comments }), jsonBody({ comments, key: wrongKey })]) {
      const heard = await ask(from("203.0.113.4", sent));
      expect(heard.status).toBe(429);
    }

    expect(parse).not.toHaveBeenCalled();
  });
});

describe("pipelined requests", () => {
  test("beyond the bound of one connection end it, with a refusal", async () => {
    const body = `key=${wrongKey}&action=balance`;
    const one =
      "POST /api/v2 HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n" +
      `Content-Length: ${body.length}\r\n\r\n${body}`;

    const answer = await sendBytes(panel.url, one.repeat(300), { quietMs: 3000 });

    const statuses = [...answer.matchAll(/HTTP\/1\.1 ([0-9]{3})/g)].map(([, status]) => status);
    expect(statuses).toHaveLength(9);
    expect(statuses.at(-1)).toBe("429");
    expect(answer).toMatch(/Connection: close\r\n[^]*\{"error":"Rate limit exceeded"\}$/);
  });

  test("within it are all answered, in their order", async () => {
    const one = (id: number) => {
      const body = `key=${customer.key}&action=status&order=${id}`;
      return `POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const { order: id } = jsonOf(await ask(form(order()))) as { order: number };

    const answer = await sendBytes(panel.url, [999_999, id, 999_999].map(one).join(""));

    expect(answer).toMatch(/Incorrect order ID[^]*Pending[^]*Incorrect order ID/);
  });

  test("are answered before nonsense behind them is", async () => {
    const body = `key=${customer.key}&action=balance`;
    const one = `POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    const answer = await sendBytes(panel.url, `${one}nonsense\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*"balance"[^]*HTTP\/1\.1 400 /);
  });
});

describe("the room for bodies", () => {
  /** Half a large body, which keeps its room until the connection is closed. */
  async function sendHalf(address: string): Promise<Socket> {
    const { hostname, port } = new URL(panel.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    await once(socket, "connect");
    const head = `POST /api/v2 HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${address}\r\n`;
    socket.write(`${head}Content-Length: 1000000\r\n\r\nkey=`);
    return socket;
  }

  test("is refused in words when it is taken, before the body comes; others are not", async () => {
    const sockets: Socket[] = [];
    const statuses: string[] = [];
    try {
      while (sockets.length < 40 && statuses.length === 0) {
        const socket = await sendHalf("203.0.113.20");
        socket.on("data", (chunk: Buffer) => statuses.push(chunk.toString()));
        sockets.push(socket);
        // An answer to another request comes behind what was decided about this one.
        await ask(form({ key: customer.key, action: "balance" }));
      }
      const elsewhere = await ask(
        from("203.0.113.21", form({ ...order(), comments: "x".repeat(200_000) })),
      );

      expect(sockets.length).toBeLessThanOrEqual(14);
      expect(statuses[0]).toMatch(
        /^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*\{"error":"The panel is/,
      );
      expect(jsonOf(elsewhere)).toHaveProperty("order");
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  test("is given back with the answer", async () => {
    const large = from("203.0.113.22", form({ ...order(), comments: "x".repeat(1_000_000) }));
    for (let n = 0; n < 4; n++) {
      const heard = await ask(large);
      expect([200, 429], heard.text).toContain(heard.status);
    }
    const many = await Promise.all(Array.from({ length: 30 }, () => ask(large)));
    for (const { status, text } of many) {
      expect([200, 429, 503]).toContain(status);
      expect(JSON.parse(text)).toBeDefined();
    }
    await expect.poll(async () => (await ask(large)).status, { timeout: 10_000 }).toBe(200);
  });
});

describe("an encoded body", () => {
  const plain = () => Buffer.from(String(form(order()).body));
  const encoded = (encoding: string, body: Buffer): Sent => ({
    headers: { ...form({}).headers, "Content-Encoding": encoding },
    body,
  });

  test.each([
    ["gzip", (bytes: Buffer) => gzipSync(bytes)],
    ["x-gzip", (bytes: Buffer) => gzipSync(bytes)],
    ["GZIP", (bytes: Buffer) => gzipSync(bytes)],
    ["deflate", (bytes: Buffer) => deflateSync(bytes)],
    ["deflate", (bytes: Buffer) => deflateRawSync(bytes)],
    ["br", (bytes: Buffer) => brotliCompressSync(bytes)],
    ["identity", (bytes: Buffer) => bytes],
    ["deflate, gzip", (bytes: Buffer) => gzipSync(deflateSync(bytes))],
  ])("in %s is read", async (encoding, encode) => {
    const heard = await ask(encoded(encoding, encode(plain())));
    expect(jsonOf(heard)).toEqual({ order: expect.any(Number) });
  });

  test("in JSON is read as well", async () => {
    const sent = jsonBody(order());
    const heard = await ask({
      headers: { ...sent.headers, "Content-Encoding": "gzip" },
      body: gzipSync(String(sent.body)),
    });
    expect(jsonOf(heard)).toHaveProperty("order");
  });

  test("in a way that is not known is refused by its name", async () => {
    for (const encoding of ["zstd", "compress", "gzip, gzip, gzip"]) {
      const text = `Incorrect Content-Encoding ${encoding}, expected gzip, deflate or br`;
      expectRefusal(await ask(encoded(encoding, plain())), "encoding_unsupported", text);
    }
  });

  test("that is none, or ends too early, is unreadable", async () => {
    for (const encoding of ["gzip", "deflate", "br"]) {
      expectRefusal(await ask(encoded(encoding, plain())), "body_unreadable");
    }
    const cut = gzipSync(Buffer.from("x".repeat(5000))).subarray(0, 20);
    expectRefusal(await ask(encoded("gzip", cut)), "body_unreadable");
  });

  test("that grows beyond the limit is too large", async () => {
    for (const bomb of [
      gzipSync(Buffer.alloc(50_000_000)),
      brotliCompressSync(Buffer.alloc(2e6)),
    ]) {
      const encoding = bomb[0] === 0x1f ? "gzip" : "br";
      expectRefusal(await ask(encoded(encoding, bomb)), "body_too_large");
    }
  });
});

describe("what is dear to take apart is refused before", () => {
  test.each<[string, Sent]>([
    ["pairs of a form", { ...form({}), body: "a&".repeat(12_001) }],
    ["items of JSON", jsonBody({ orders: Array.from({ length: 12_002 }, () => 1) })],
    [
      "fields of JSON",
      jsonBody(Object.fromEntries(Array.from({ length: 12_002 }, (_, n) => [n, 1]))),
    ],
    [
      "parts",
      {
        headers: { "Content-Type": "multipart/form-data; boundary=b" },
        body: `${"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n".repeat(2002)}--b--\r\n`,
      },
    ],
  ])("too many %s", async (_, sent) => {
    expectRefusal(await ask(sent), "too_many_fields");
  });

  test("JSON within JSON without end", async () => {
    const deep = jsonBody(`{"key":"a","x":${"[".repeat(3000)}${"]".repeat(3000)}}`);
    expectRefusal(await ask(deep), "body_unreadable");
  });

  test("a text full of quotes and brackets is none of that", async () => {
    const comments = `\\"[{,`.repeat(20_000);
    const heard = await ask(jsonBody({ ...order(), comments }));
    expect(jsonOf(heard)).toHaveProperty("order");
  });
});

test("pages and documents of strangers ask the database nothing", async () => {
  const names = await statementsOf(() =>
    Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const path = n % 2 === 0 ? "/api/panel/info" : "/openapi.json";
        expect((await ask({ method: "GET", path })).status).toBe(200);
      }),
    ),
  );
  expect(names).toEqual([]);
});

test("an address that asks for pages without end is refused, in JSON", async () => {
  const page = (address: string) => ask(from(address, { method: "GET", path: "/api/panel/info" }));
  await inTransaction(panel.ctx, (tx) => upsertSetting(tx, "page_rate_limit", 1));
  const findRefused = async () => {
    const heard = await Promise.all([page("203.0.113.40"), page("203.0.113.40")]);
    return heard.find(({ status }) => status !== 200);
  };
  await expect.poll(findRefused, { timeout: 20_000 }).toBeDefined();

  const refused = await findRefused();
  const elsewhere = await page("203.0.113.41");
  await inTransaction(panel.ctx, (tx) => deleteSetting(tx, "page_rate_limit"));
  await expect.poll(findRefused, { timeout: 20_000 }).toBeUndefined();

  expect(elsewhere.status).toBe(200);
  if (refused === undefined) return;
  expect(refused.status).toBe(429);
  expect(refused.headers["retry-after"]).toBe("1");
  expect(jsonOf(refused)).toEqual({ error: "Rate limit exceeded" });
});

describe("what is hardly HTTP is answered in JSON:", () => {
  const post = (line: string, more = "") =>
    `${line}\r\n${more}Content-Length: 10\r\n\r\nkey=a&b=cc`;
  test.each([
    ["no Host", post("POST /api/v2 HTTP/1.1"), 400, "request_unreadable"],
    ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"],
    ["OPTIONS", "OPTIONS /api/v2 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_unsupported"],
    ["TRACE", "TRACE /api/v2 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_unsupported"],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_unsupported"],
    ["a method of nobody", "FOO /api/v2 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "request_unreadable"],
    ["PUT of a page", "PUT /x HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"],
    [
      "an expectation",
      post("POST /api/v2 HTTP/1.1", "Host: a\r\nExpect: tea\r\n"),
      417,
      "request_unreadable",
    ],
    [
      "an upgrade",
      "GET /api/v2 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      200,
      "key_unknown",
    ],
    ["HTTP/1.0", post("POST /api/v2 HTTP/1.0"), 200, "key_unknown"],
    [
      "a whole URL",
      post("POST http://a.example/api/v2 HTTP/1.1", "Host: a\r\n"),
      200,
      "key_unknown",
    ],
    ["two slashes", post("POST //api/v2 HTTP/1.1", "Host: a\r\n"), 200, "key_unknown"],
    ["a Host of nobody", "GET /x HTTP/1.1\r\nHost: a b?\r\n\r\n", 400, "request_unreadable"],
    [
      "a head without end",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "request_unreadable",
    ],
    [
      "bad chunks",
      "POST /api/v2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      400,
      "request_unreadable",
    ],
    [
      "two lengths",
      "POST /api/v2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
      400,
      "request_unreadable",
    ],
    [
      "a length that is too large, asked for first",
      "POST /api/v2 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n",
      200,
      "body_too_large",
    ],
  ])("%s", async (_, bytes, status, code) => {
    const answer = await sendBytes(panel.url, bytes);

    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain(`x-error-code: ${code}\r\n`);
    expect(head.toLowerCase()).toContain("content-type: application/json; charset=utf-8");
    expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toEqual({ error: expect.stringMatching(/./) });
  });

  test("the health is told in HTTP/1.0 as well", async () => {
    const answer = await sendBytes(panel.url, "GET /healthz HTTP/1.0\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\{"ok":true\}$/);
  });
});
