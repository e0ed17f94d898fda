import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import {
  NoAnswerError,
  NotSentError,
  openPanel,
  OutcomeUnknownError,
  PanelError,
  RefusedError,
  UnreadableError,
} from "panelwright-sdk";
import { scriptedPanel } from "./scripted-panel.ts";
import type { Reply } from "./scripted-panel.ts";

const order = { service: 1, link: "https://example.com/a", quantity: 100 };
const html = { text: "<html><h1>502 Bad Gateway</h1></html>" };

/** What a panel that honours request ids says of itself. */
const honouring = {
  openapi: "3.1.1",
  paths: { "/api/v2": { post: {} } },
  components: {
    schemas: { AddDefault: { properties: { action: { const: "add" }, request_id: {} } } },
  },
};

async function failureOf(call: Promise<unknown>): Promise<PanelError> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof PanelError)) throw new Error(`no PanelError: ${String(error)}`);
  return error;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("a panel that cannot be reached", () => {
  test("has done nothing: an order is tried again, then that is said", async () => {
    const url = `http://127.0.0.1:${await closedPort()}/api/v2`;
    const panel = openPanel({ url, key: "key", retries: 2, backoffMs: 1 });

    const error = await failureOf(panel.order(order));

    expect(error).toBeInstanceOf(NotSentError);
    expect(error.attempts).toBe(3);
    expect(error.message).toContain("ECONNREFUSED");
  });

  test("has done nothing either when its name does not exist", async () => {
    const panel = openPanel({ url: "http://panel.invalid/api/v2", key: "key", retries: 0 });

    expect(await failureOf(panel.order(order))).toBeInstanceOf(NotSentError);
    expect(await failureOf(panel.balance())).toBeInstanceOf(NotSentError);
  });

  test("takes the order that is sent again when it is back", async () => {
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}/api/v2`;
    let tries = 0;
    const panel = openPanel({
      url,
      key: "key",
      backoffMs: 1,
      fetch: async (input, init) => {
        if (++tries < 3) return fetch(input, init);
        return Response.json({ order: 7 });
      },
    });

    const placed = await panel.order(order);

    expect(placed.order).toBe(7);
    expect(tries).toBe(3);
  });
});

describe("an order whose answer was lost", () => {
  const losses: readonly (readonly [string, Reply])[] = [
    ["because the connection was cut", "cut"],
    ["because the answer ended in the middle", "half"],
    ["because there was no answer in time", "silence"],
    ["behind a page", html],
    ["behind a page of a gateway", { ...html, status: 502 }],
    ["behind an empty answer", { text: "" }],
    ["behind an answer without an order", { json: { status: "success" } }],
    ["behind a status of failure, whatever it says", { status: 500, json: { error: "Bad link" } }],
    ["behind a page that refuses", { text: "<html>Forbidden</html>", status: 403 }],
    ["behind a redirection to somewhere", { text: "", status: 302, headers: { Location: "/x" } }],
  ];

  test.each(losses)(
    "%s is not sent again to a panel that knows no request ids",
    async (_, loss) => {
      const panel = await scriptedPanel(() => loss);

      const call = panel.client({ timeoutMs: 200 }).order({ ...order, requestId: "mine" });
      const error = await failureOf(call);

      expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(error).toMatchObject({ requestId: "mine", action: "add", attempts: 1 });
      expect(panel.asked).toHaveLength(1);
    },
  );

  test.each(losses)("%s is sent again, the same, to one that honours them", async (_, loss) => {
    const panel = await scriptedPanel(
      (_asked, count) => (count < 3 ? loss : { json: { order: 23501 } }),
      honouring,
    );

    const placed = await panel.client({ timeoutMs: 200 }).order(order);

    expect(placed.order).toBe(23501);
    const ids = panel.asked.map(({ fields }) => fields["request_id"]);
    expect(new Set(ids)).toEqual(new Set([placed.requestId]));
    expect(panel.asked).toHaveLength(3);
  });

  test("stays unknown when the same order is refused afterwards", async () => {
    const panel = await scriptedPanel(
      (_asked, count) => (count === 1 ? "cut" : { json: { error: "Not enough funds on balance" } }),
      honouring,
    );

    const error = await failureOf(panel.client().order(order));

    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error.cause).toBeInstanceOf(RefusedError);
  });

  test("is asked about with the same request id by the caller, as often as needed", async () => {
    let isCut = true;
    const panel = await scriptedPanel(() => (isCut ? "cut" : { json: { order: 5 } }), honouring);
    const client = panel.client({ retries: 1 });
    const error = await failureOf(client.order(order));
    if (!(error instanceof OutcomeUnknownError)) throw error;
    isCut = false;

    const placed = await client.order({ ...order, requestId: error.requestId ?? "" });

    expect(placed).toEqual({ order: 5, requestId: error.requestId });
    expect(new Set(panel.asked.map(({ fields }) => fields["request_id"])).size).toBe(1);
  });

  test("is sent again where the caller knows that the panel honours request ids", async () => {
    const panel = await scriptedPanel((_asked, count) =>
      count === 1 ? "cut" : { json: { order: 6 } },
    );

    expect((await panel.client({ honoursRequestId: true }).order(order)).order).toBe(6);
  });

  test.each([
    ["is for another address", { ...honouring, paths: { "/api/v3": { post: {} } } }],
    ["knows no request id", { ...honouring, components: { schemas: {} } }],
    ["is a list", []],
  ])("is not sent again where the panel's document %s", async (_, document) => {
    const panel = await scriptedPanel(() => "cut", document);

    expect(await failureOf(panel.client().order(order))).toBeInstanceOf(OutcomeUnknownError);
    expect(panel.asked).toHaveLength(1);
  });

  test("stays unknown when the caller gives up waiting", async () => {
    const controller = new AbortController();
    const panel = await scriptedPanel(() => {
      controller.abort();
      return "silence";
    }, honouring);

    const error = await failureOf(panel.client().order(order, { signal: controller.signal }));

    expect(error).toBeInstanceOf(OutcomeUnknownError);
  });
});

describe("a request that a panel had no time for", () => {
  test.each([
    [
      "429",
      { status: 429, json: { error: "Rate limit exceeded" }, headers: { "Retry-After": "0" } },
    ],
    ["429 with a page", { status: 429, text: "slow down" }],
    ["a sentence", { json: { error: "Too many requests. Limit 50/minute." } }],
    ["503 of Panelwright", { status: 503, json: {}, headers: { "X-Error-Code": "unavailable" } }],
  ])("is sent again, also an order: %s", async (_, reply) => {
    const panel = await scriptedPanel((_asked, count) =>
      count < 3 ? reply : { json: { order: 9 } },
    );

    expect((await panel.client().order(order)).order).toBe(9);
    expect(panel.asked).toHaveLength(3);
  });

  test("waits as long as the panel says", async () => {
    const panel = await scriptedPanel((_asked, count) =>
      count === 1
        ? { status: 429, json: { error: "Rate limit exceeded" }, headers: { "Retry-After": "1" } }
        : { json: { balance: "1.00", currency: "USD" } },
    );
    const startedAt = performance.now();

    await panel.client().balance();

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  test("is given back at once where the panel wants a long rest", async () => {
    const date = { Date: "Mon, 02 Mar 2026 10:00:00 GMT" };
    const panel = await scriptedPanel(() => ({
      status: 429,
      json: { error: "Rate limit exceeded" },
      headers: { ...date, "Retry-After": "Mon, 02 Mar 2026 11:00:00 GMT" },
    }));

    const error = await failureOf(panel.client().order(order));

    expect(error).toMatchObject({ kind: "limit", retryAfterSeconds: 3600, attempts: 1 });
  });

  test("is given back after the last try", async () => {
    const panel = await scriptedPanel(() => ({ status: 429, json: { error: "Slow down" } }));

    const error = await failureOf(panel.client({ retries: 1 }).balance());

    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ kind: "limit", message: "Slow down", attempts: 2, status: 429 });
  });
});

describe("a question", () => {
  test.each<[string, Reply]>([
    ["a cut connection", "cut"],
    ["half an answer", "half"],
    ["silence", "silence"],
    ["a page", html],
    ["a failing gateway", { ...html, status: 504 }],
  ])("is asked again after %s", async (_, reply) => {
    const panel = await scriptedPanel((_asked, count) =>
      count < 3 ? reply : { json: { balance: "1.00", currency: "USD" } },
    );

    expect(await panel.client({ timeoutMs: 200 }).balance()).toEqual({
      balance: "1.00",
      currency: "USD",
    });
  });

  test("that never gets an answer says so", async () => {
    const panel = await scriptedPanel(() => "cut");

    const error = await failureOf(panel.client({ retries: 2 }).status(1));

    expect(error).toBeInstanceOf(NoAnswerError);
    expect(error).toMatchObject({ action: "status", attempts: 3 });
  });

  test("that gets a page says so, with its beginning and without the key", async () => {
    const key = "0123456789abcdef0123456789abcdef";
    const panel = await scriptedPanel(() => ({ text: `<html>${key}</html>`, status: 404 }));

    const error = await failureOf(panel.client({ key, retries: 0 }).services());

    expect(error).toBeInstanceOf(UnreadableError);
    expect(error.message).toContain("(HTTP 404): <html>***</html>");
    expect(error.status).toBe(404);
  });

  test("that gets an answer to something else says so", async () => {
    const panel = await scriptedPanel(() => ({ json: { hello: "world" } }));

    expect(await failureOf(panel.client().balance())).toBeInstanceOf(UnreadableError);
    expect(panel.asked).toHaveLength(1);
  });

  test("ends with the caller's own reason when the caller ends it", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const panel = await scriptedPanel(() => {
      controller.abort(reason);
      return "silence";
    });

    const call = panel.client().balance({ signal: controller.signal });

    await expect(call).rejects.toBe(reason);
    await expect(panel.client().balance({ signal: controller.signal })).rejects.toBe(reason);
    expect(panel.asked).toHaveLength(1);
  });
});

describe("a refill or a cancel", () => {
  test("is sent again under its id when its answer was lost, where the panel honours that", async () => {
    const schemas = Object.fromEntries(
      ["refill", "cancel"].map((action) => [
        action,
        { properties: { action: { const: action }, request_id: {} } },
      ]),
    );
    const panel = await scriptedPanel(
      ({ fields }, count) => {
        if (count % 2 === 1) return "cut";
        return {
          json: fields["action"] === "refill" ? { refill: "7" } : [{ order: 1, cancel: 1 }],
        };
      },
      { ...honouring, components: { schemas } },
    );
    const client = panel.client();

    expect(await client.refill(1, { requestId: "mine" })).toMatchObject({ refill: 7 });
    expect(await client.cancel([1])).toMatchObject([{ id: 1, ok: true, value: true }]);

    const ids = panel.asked.map(({ fields }) => fields["request_id"]);
    expect(ids.slice(0, 2)).toEqual(["mine", "mine"]);
    expect(ids[2]).toBeDefined();
    expect(ids[3]).toBe(ids[2]);
  });

  test("is not sent again when its answer was lost at a panel that honours ids of orders only", async () => {
    const panel = await scriptedPanel(() => "cut", honouring);

    const refill = await failureOf(panel.client().refill(1));
    const cancel = await failureOf(panel.client().cancel([1, 2]));

    expect(refill).toBeInstanceOf(OutcomeUnknownError);
    expect(cancel).toBeInstanceOf(OutcomeUnknownError);
    expect(refill).toMatchObject({ requestId: expect.any(String) as string });
    expect(panel.asked).toHaveLength(2);
  });

  test("keeps what was answered before a later batch was lost", async () => {
    const panel = await scriptedPanel(({ fields }, count) => {
      if (count === 2) return "cut";
      const ids = (fields["orders"] ?? "").split(",");
      return { json: ids.map((id) => ({ order: Number(id), cancel: 1 })) };
    });

    const results = await panel.client({ idsPerRequest: 2 }).cancel([1, 2, 3, 4, 5]);

    expect(results.map((result) => (result.ok ? "taken" : result.error.name))).toEqual([
      "taken",
      "taken",
      "OutcomeUnknownError",
      "OutcomeUnknownError",
      "NotSentError",
    ]);
    expect(panel.asked).toHaveLength(2);
  });
});

test("what was taken before the caller ended a cancel is kept", async () => {
  const controller = new AbortController();
  const panel = await scriptedPanel(({ fields }) => ({
    json: (fields["orders"] ?? "").split(",").map((order) => ({ order, cancel: 1 })),
  }));
  const client = panel.client({
    idsPerRequest: 2,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const text = await response.text();
      controller.abort();
      return new Response(text, response);
    },
  });

  const results = await client.cancel([7, 8, 9], { signal: controller.signal });

  expect(results.map((result) => (result.ok ? "taken" : result.error.name))).toEqual([
    "taken",
    "taken",
    "NotSentError",
  ]);
  expect(panel.asked).toHaveLength(1);
});

describe("of several refills or cancels", () => {
  test("one that the answer leaves out or garbles may have been done", async () => {
    const panel = await scriptedPanel(() => ({
      json: [
        { order: 1, cancel: 1 },
        { order: 2, cancel: 0 },
      ],
    }));

    const results = await panel.client().cancel([1, 2, 3]);

    expect(results.map((result) => (result.ok ? "taken" : result.error.name))).toEqual([
      "taken",
      "OutcomeUnknownError",
      "OutcomeUnknownError",
    ]);
  });
});

describe("a panel at another address", () => {
  test("is not followed there, and has done nothing", async () => {
    const other = await scriptedPanel(() => ({ json: { order: 1 } }));
    const panel = await scriptedPanel(() => ({
      text: "",
      status: 301,
      headers: { Location: other.url },
    }));

    const error = await failureOf(panel.client().order(order));

    expect(error).toBeInstanceOf(NotSentError);
    expect(error.message).toContain(other.url);
    expect(panel.asked).toHaveLength(1);
    expect(other.asked).toHaveLength(0);
  });
});

test("what cannot be a panel, a key, an id or an order is a mistake of the program", async () => {
  const panel = openPanel({ url: "http://127.0.0.1:1/api/v2", key: "key" });

  expect(() => openPanel({ url: "ftp://panel.example", key: "key" })).toThrow(TypeError);
  expect(() => openPanel({ url: "https://me:secret@panel.example", key: "k" })).toThrow(TypeError);
  expect(() => openPanel({ url: "https://panel.example", key: " " })).toThrow(TypeError);
  await expect(panel.order({ ...order, quantity: 1.5 })).rejects.toThrow(TypeError);
  await expect(panel.cancel([0])).rejects.toThrow(TypeError);
  await expect(panel.status("1,2")).rejects.toThrow(TypeError);
});
