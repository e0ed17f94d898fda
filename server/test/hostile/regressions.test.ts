import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { changeKey } from "#customers/change-key.ts";
import { findApiKeyId } from "#customers/api-keys.sql.ts";
import type { ApiKeyTerms } from "#customers/api-keys.sql.ts";
import { hashApiKey } from "#customers/api-key.ts";
import { revokeKey } from "#customers/revoke-key.ts";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import { parseNetwork } from "#values/network.ts";
import type { ApiKeyId, ServiceId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { tester } from "#test/actors.ts";
import { startPanelProcess } from "#test/scenarios/panel-process.ts";
import { must, testPanel } from "#test/panel.ts";
import { expectRefusal, form, jsonBody, jsonOf, send, sendBytes } from "./send.ts";
import type { Heard } from "./send.ts";

const panel = testPanel({ env: { PANEL_LOG_LEVEL: "silent" } });
let service: ServiceId;
let otherUrl: string;

beforeAll(async () => {
  service = await panel.addService();
  otherUrl = (await panel.openAnother(["api"])).url ?? "";
});
afterEach(() => vi.restoreAllMocks());

type Fields = Readonly<Record<string, string | number>>;

const ask = (fields: Fields, url = panel.url): Promise<Heard> => send(url, form(fields));
const add = (key: string) => ({ key, action: "add", service, link: "a", quantity: 100 });
const dead = { error: "Invalid API key" };

async function idOf(key: string): Promise<ApiKeyId> {
  const id = await findApiKeyId(panel.ctx.db, hashApiKey(key));
  if (id === undefined) throw new Error("no such key");
  return id;
}

async function change(key: string, terms: Partial<ApiKeyTerms>): Promise<void> {
  must(await changeKey(panel.ctx, tester, await idOf(key), (before) => ({ ...before, ...terms })));
}

describe("a revoked key learns nothing, also where the request is refused before the database", () => {
  test.each<Fields>([
    { action: "status", order: "abc" },
    { action: "status", orders: "abc,def" },
    { action: "add", service: 999_999, link: "a", quantity: 100 },
    { action: "add", service: 1, link: "", quantity: 100 },
    { action: "add", service: 1, link: "a", quantity: 1 },
  ])("by %j", async (fields) => {
    const { key } = await panel.addCustomer();
    await ask({ key, action: "balance" }, otherUrl);

    must(await revokeKey(panel.ctx, tester, await idOf(key)));

    expect(jsonOf(await ask({ key, ...fields }, otherUrl))).toEqual(dead);
  });
});

describe("what a process remembers never refuses what is allowed by now:", () => {
  test("a scope that was added", async () => {
    const { key } = await panel.addCustomer({ terms: { scopes: ["read"] } });
    expectRefusal(await ask(add(key), otherUrl), "scope_missing");

    await change(key, { scopes: ["read", "order"] });

    expect(jsonOf(await ask(add(key), otherUrl))).toHaveProperty("order");
  });

  test("an address that was allowed", async () => {
    const { key } = await panel.addCustomer({ terms: { ipAllow: ["203.0.113.7"] } });
    expectRefusal(await ask(add(key), otherUrl), "address_not_allowed");

    await change(key, { ipAllow: [] });

    expect(jsonOf(await ask(add(key), otherUrl))).toHaveProperty("order");
  });

  test("a customer who was let in again", async () => {
    const { key, id } = await panel.addCustomer();
    must(await changeCustomer(panel.ctx, tester, id, { isActive: false }));
    expectRefusal(await ask(add(key), otherUrl), "customer_inactive");

    must(await changeCustomer(panel.ctx, tester, id, { isActive: true }));

    expect(jsonOf(await ask(add(key), otherUrl))).toHaveProperty("order");
  });

  test("a rate limit that was lifted", async () => {
    const { key } = await panel.addCustomer({ terms: { rateLimit: 1 } });
    await ask({ key, action: "balance" }, otherUrl);
    expect((await ask({ key, action: "balance" }, otherUrl)).status).toBe(429);

    await change(key, { rateLimit: 0 });

    expect((await ask({ key, action: "balance" }, otherUrl)).status).toBe(200);
  });
});

describe("a guard that cannot be read is refused, never left out:", () => {
  test.each(["max_charge", "request_id", "runs"])("%s", async (name) => {
    const { key } = await panel.addCustomer();
    for (const value of [["0.01"], { a: 1 }, ["a", "b"]]) {
      const heard = await send(panel.url, jsonBody({ ...add(key), [name]: value }));
      expect(jsonOf(heard), heard.text).not.toHaveProperty("order");
    }
    const inForm = form(add(key));
    const heard = await send(panel.url, {
      ...inForm,
      body: `${String(inForm.body)}&${name}[]=0.01`,
    });
    expect(jsonOf(heard), heard.text).not.toHaveProperty("order");
  });
});

describe("two request ids are two orders", () => {
  test("also where JSON writes them as long numbers", async () => {
    const { key } = await panel.addCustomer();
    const body = JSON.stringify(add(key)).slice(0, -1);
    const first = await send(panel.url, jsonBody(`${body},"request_id":1234567890123456789}`));
    const second = await send(panel.url, jsonBody(`${body},"request_id":1234567890123456790}`));

    // Kept digit by digit, or refused: never two requests taken for one.
    expect(jsonOf(second)).not.toEqual({ order: (jsonOf(first) as { order: number }).order });
  });

  test("also where they differ in a character that is none", async () => {
    const { key } = await panel.addCustomer();
    const first = await send(panel.url, jsonBody({ ...add(key), request_id: "x\ud800" }));
    const second = await send(panel.url, jsonBody({ ...add(key), request_id: "x\ud801" }));

    expectRefusal(first, "request_id_invalid");
    expectRefusal(second, "request_id_invalid");
  });
});

test("a request id that nothing can keep finds no order and no failure", async () => {
  const { key } = await panel.addCustomer();

  const heard = await send(panel.url, jsonBody({ key, action: "orders", request_id: "\u0000" }));

  expect(heard.status).toBe(200);
});

test.each(["refill", "refill_status", "cancel", "status"])(
  "a list of ids a thousand times too long does not make %s answer megabytes",
  async (action) => {
    const { key } = await panel.addCustomer();
    const name = action === "refill_status" ? "refills" : "orders";
    const ids =
      action === "status"
        ? Array.from({ length: 150_000 }, (_, index) => index).join(",")
        : ",".repeat(1_000_000);

    const heard = await send(panel.url, { body: `key=${key}&action=${action}&${name}=${ids}` });

    expect(JSON.parse(heard.text)).toBeTypeOf("object");
    expect(heard.text.length).toBeLessThan(1024 * 1024);
  },
);

test("an order is taken while its service's price changes all the time", async () => {
  const { key } = await panel.addCustomer({ balance: "1000" });
  let isOver = false;
  const changes = (async () => {
    for (let units = 100_000_000; !isOver; units += 1000) {
      const rate = BigInt(units) as Amount;
      must(await changeService(panel.ctx, tester, service, () => ({ rate })));
    }
  })();

  const stream = async (url: string) => {
    const heard: number[] = [];
    for (let index = 0; index < 30; index++) heard.push((await ask(add(key), url)).status);
    return heard;
  };
  const urls = [panel.url, otherUrl, panel.url, otherUrl, panel.url, otherUrl];
  const heard = (await Promise.all(urls.map(stream))).flat();
  isOver = true;
  await changes;

  expect(heard).toEqual(Array(180).fill(200));
});

test("the field of a refusal is named as on the wire", async () => {
  const { key } = await panel.addCustomer();

  const heard = await ask({ ...add(key), request_id: "a\u0001b" });

  expectRefusal(heard, "request_id_invalid");
  expect(heard.headers["x-error-field"]).toBe("request_id");
});

test("a refusal of what is no HTTP carries its code as well", async () => {
  expect(await sendBytes(panel.url, "nonsense\r\n\r\n")).toMatch(/\r\nX-Error-Code: /);
});

test("a client that hangs up in the middle of its request is nobody's error", async () => {
  const asked = await panel.openAnother(["api"]);
  const logged = vi.spyOn(asked.ctx.log, "error");
  const begun = Promise.withResolvers<unknown>();
  subscribe("http.server.request.start", begun.resolve);
  const { hostname, port } = new URL(asked.url ?? "");
  const socket = connectTo(Number(port), hostname);
  await once(socket, "connect");
  socket.write("POST /api/v2 HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nkey=1");
  await begun.promise;
  unsubscribe("http.server.request.start", begun.resolve);

  socket.destroy();
  // It ends when all that it was asked has ended: after this nothing more can be said about it.
  await asked.close();

  expect(logged).not.toHaveBeenCalled();
});

test("a content type in other letter case and a body with a byte order mark are read", async () => {
  const { key } = await panel.addCustomer();
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const multipart = await send(panel.url, {
    headers: { "Content-Type": "Multipart/Form-Data; boundary=x" },
    body: `${part("key", key)}${part("action", "balance")}--x--\r\n`,
  });
  const marked = await send(
    panel.url,
    jsonBody(`\ufeff${JSON.stringify({ key, action: "balance" })}`),
  );

  expect(jsonOf(multipart)).toHaveProperty("balance");
  expect(jsonOf(marked)).toHaveProperty("balance");
});

test.each(["10", "1.2.3", "0x7f.1", "010.0.0.1", "4294967295"])(
  "%s is no address: an allow-list must mean what a person reads in it",
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);

test("a connection that the server ends in the middle of a transaction fails that work alone", async () => {
  const owner = await connect(panel.database.ownerSettings);
  // Without a listener on a connection that is in use, its `error` event ends the process.
  const work = inTransaction(panel.ctx, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
    await owner.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await tx.query("select 1");
  });

  await expect(work).rejects.toThrow();
  await owner.end();
  const { key } = await panel.addCustomer();
  expect(await panel.api({ key, action: "balance" })).toHaveProperty("balance");
});

test("a process that is told to end does not wait for clients that keep their connections", async () => {
  const { key } = await panel.addCustomer({ balance: "1000" });
  const running = await startPanelProcess(panel.database.url);
  const body = new URLSearchParams(form(add(key)).body as string);
  const asked = Array.from({ length: 100 }, () =>
    fetch(`${running.url}/api/v2`, { method: "POST", body }).then((response) => response.text()),
  );
  await Promise.any(asked);

  const startedAt = performance.now();
  await running.stop();
  await Promise.allSettled(asked);

  expect(performance.now() - startedAt).toBeLessThan(3000);
});
