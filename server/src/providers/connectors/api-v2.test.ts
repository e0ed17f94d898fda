import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallNote, OutgoingOrder } from "#providers/connector.ts";
import type { Concern } from "#providers/outcome.ts";
import { testCall } from "#test/provider-call.ts";
import { startWireProvider } from "#test/wire-provider.ts";
import type { Said, WireProvider } from "#test/wire-provider.ts";
import type { OrderId } from "#values/ids.ts";
import { apiV2 } from "./api-v2.ts";

const key = "0123456789abcdef0123456789abcdef";
let provider: WireProvider;
const notes: CallNote[] = [];

beforeAll(async () => {
  provider = await startWireProvider();
});
afterAll(() => provider.close());

function call(settings: Record<string, unknown> = {}, timeoutMs = 5_000) {
  notes.length = 0;
  const checked = apiV2.checkSettings(settings);
  if (!checked.ok) throw new Error(`${checked.refusal.setting}: ${checked.refusal.expected}`);
  return testCall(provider.url, key, { settings: checked.value, timeoutMs, notes });
}

const order: OutgoingOrder = {
  orderId: 7 as OrderId,
  requestId: "pw-1-7-1",
  providerService: "12",
  type: "Default",
  link: "https://example.com/p?a=1&b=ü",
  quantity: 100,
  runs: undefined,
  intervalMinutes: undefined,
  fields: {},
};

async function place(said: Said, settings: Record<string, unknown> = {}) {
  provider.says(said);
  return apiV2.placeOrder(order, call(settings));
}

describe("an order is accepted", () => {
  test.each<[shape: string, said: Said, id?: string]>([
    ["as in every document", '{"order":23501}'],
    ["number as text", '{"order":"23501"}'],
    ["with a status code", '{"status":100,"order":"23501"}'],
    ["with a word", '{"status":"success","order":23501}'],
    ["wrapped", '{"status":"success","data":{"order":23501}}'],
    ["wrapped, called id", '{"success":true,"data":{"id":23501}}'],
    ["as the bare data", '{"status":"success","data":23501}'],
    ["called order_id", '{"order_id":23501,"charge":"0.1"}'],
    ["as an object", '{"order":{"id":23501,"status":"Pending"}}'],
    ["in a list", '[{"order":23501}]'],
    ["beside an empty error", '{"order":23501,"error":null,"errors":[]}'],
    ["behind a byte order mark", '\uFEFF{"order":23501}'],
    ["pretty-printed", '{\n  "order": 23501\n}\n'],
    [
      "behind warnings of PHP",
      '<br />\n<b>Warning</b>: foo [a] in <b>x.php</b><br />\n{"order":23501}',
    ],
    ["before a comment", '{"order":23501}\n<!-- 0.02s -->'],
    ["created", { status: 201, body: { order: 23501 } }],
    ["beyond 2^53", '{"order":90071992547409931}', "90071992547409931"],
    ["no number at all", '{"order":"65f2-ab"}', "65f2-ab"],
  ])("%s", async (_shape, said, id = "23501") => {
    expect(await place(said)).toEqual({ kind: "accepted", providerOrder: id });
    expect(provider.asked).toHaveLength(1);
    expect(notes).toMatchObject([{ action: "add", outcome: "answered", orderId: 7 }]);
  });

  test("under another name, where the settings say so", async () => {
    const settings = { answer_names: "order:ticket" };
    expect(await place('{"ticket":"5"}', settings)).toEqual({
      kind: "accepted",
      providerOrder: "5",
    });
  });
});

describe("an order is refused by a stated error, and it is read for whom it concerns", () => {
  test.each<[concern: Concern, said: Said]>([
    ["provider", '{"error":"Invalid API key"}'],
    ["provider", '{"error":"Invalid API Key."}'],
    ["provider", '{"error":"API key is incorrect","status":"102"}'],
    ["provider", '{"error":"API is Disable for this user or User Not Found! Contact the Support"}'],
    ["provider", '{"error":"Your account is inactive","status":"103"}'],
    ["provider", '{"error":"Account suspended"}'],
    ["provider", '{"error":"Incorrect request"}'],
    ["provider", '{"error":"This action is invalid"}'],
    ["provider", { status: 401, body: { message: "Unauthenticated." } }],
    ["provider", { status: 403, body: { error: "what?" } }],
    ["provider", '{"error":"Неверный API ключ"}'],
    ["funds", '{"error":"Not enough funds on balance"}'],
    ["funds", '{"error":"neworder.error.not_enough_funds"}'],
    ["funds", '{"error":"Your balance is insufficient.","status":"113"}'],
    ["funds", '{"error":"Insufficient balance"}'],
    ["funds", { status: 402, body: { error: "pay first" } }],
    ["funds", '{"error":"Недостаточно средств на балансе"}'],
    ["funds", '{"error":"Yetersiz bakiye"}'],
    ["funds", '{"error":"Saldo insuficiente"}'],
    ["funds", '{"error":"رصيدك غير كافي"}'],
    ["limit", '{"error":"Too many requests"}'],
    ["limit", '{"error":"Rate limit exceeded. Slow down."}'],
    [
      "link",
      '{"error":"You have active order with this link. Please wait until order being completed."}',
    ],
    ["link", '{"error":"neworder.error.link_duplicate"}'],
    [
      "link",
      '{"error":"You cannot start a new order with the same link that is active processing order.","status":"113"}',
    ],
    ["service", '{"error":"Incorrect service ID"}'],
    ["service", '{"error":"error.incorrect_service_id"}'],
    ["service", '{"error":"Service ID does not exists"}'],
    ["service", '{"error":"Service temporarily disabled"}'],
    ["service", '{"error":"Quantity less than minimal 100"}'],
    ["service", '{"error":"Quantity more than maximum 50"}'],
    ["service", '{"error":"neworder.error.min_quantity"}'],
    ["service", '{"error":"Quantity must to be greater than or equal to minimum amount 10"}'],
    ["service", '{"error":"Enter a value above the minimum number.","status":"108"}'],
    ["service", '{"error":"This services does not support Dripfeed feature!"}'],
    ["service", '{"error":"There was an error while creating your order","status":"114"}'],
    ["service", '{"error":"Что-то другое"}'],
    ["service", '{"error":"This service is under maintenance"}'],
    ["service", '{"error":"User not found"}'],
    ["service", '{"error":"The Instagram account is suspended"}'],
    ["limit", '{"error":"The panel is under maintenance"}'],
    ["provider", '{"error":"Your account has been suspended."}'],
    ["order", '{"error":"Bad link"}'],
    ["order", '{"error":"neworder.error.link"}'],
    ["order", '{"error":"neworder.error.invalid_link"}'],
    ["order", '{"error":"There are missing required parameters. Please check your API Manual"}'],
    ["order", '{"error":"You must fill in the required fields.","status":"107"}'],
    ["order", '{"error":"Missing username"}'],
    ["order", '{"error":"Incorrect answer_number, expected 1 to 9"}'],
    ["order", '{"error":"Comments field is required"}'],
    ["funds", '{"error":{"message":"Not enough funds on balance"}}'],
    ["order", { status: 422, body: { message: "x", errors: { link: ["The link is invalid."] } } }],
    ["funds", '{"status":"error","message":"Not enough funds on balance"}'],
    ["funds", '{"success":false,"message":"Insufficient balance"}'],
    ["funds", '{"status":"fail","data":{"error":"Not enough funds"}}'],
    ["funds", '{"error":true,"message":"Not enough funds"}'],
    ["service", '{"status":"fail"}'],
    ["funds", '<br />Notice: x in y.php\n{"error":"Not enough funds on balance"}'],
    ["funds", { status: 400, body: { error: "Not enough funds on balance" } }],
    ["funds", '{"order":0,"error":"Not enough funds on balance"}'],
  ])("%s: %j", async (concern, said) => {
    expect(await place(said)).toMatchObject({ kind: "refused", concern });
    expect(notes).toMatchObject([{ outcome: "refused" }]);
  });
});

describe("the outcome is unknown, because the order may exist", () => {
  test.each<[why: string, said: Said]>([
    ["an empty body", ""],
    ["blanks", " \r\n "],
    [
      "a web page",
      "<!DOCTYPE html><html><script>var a={};</script><h1>502 Bad Gateway</h1></html>",
    ],
    ["a web page without a doctype", '<html><body>{"order":5}</body></html>'],
    ["half an answer", '{"order":23'],
    ["twice an answer", '{"order":1}{"order":1}'],
    ["two answers behind a warning", 'Notice: x\n{"order":1}{"order":2}'],
    ["neither order nor error", '{"status":"success"}'],
    ["an empty object", "{}"],
    ["an empty list", "[]"],
    ["null", "null"],
    ["a bare number", "23501"],
    ["an order without a number", '{"order":null}'],
    ["the order 0", '{"order":0}'],
    ["an order that is a flag", '{"order":true}'],
    ["an order and an error", '{"order":23501,"error":"Something went wrong"}'],
    ["a message that may be either", '{"message":"Thank you"}'],
    ["a request id that was used", '{"error":"This request_id was used for another order"}'],
    ["500", { status: 500, body: "" }],
    ["500 with an error", { status: 500, body: { error: "Not enough funds on balance" } }],
    ["502 with a page", { status: 502, body: "<html>Bad Gateway</html>" }],
    ["503 with a time", { status: 503, headers: { "retry-after": "5" }, body: { error: "busy" } }],
    ["404 with a page", { status: 404, body: "<html>Not Found</html>" }],
    ["403 without an error", { status: 403, body: "" }],
    ["408 with an error", { status: 408, body: { error: "Request timeout" } }],
    ["a redirect after the deed", { status: 302, headers: { location: "/done" }, body: "" }],
    ["a reset", (request) => void request.socket.resetAndDestroy()],
    ["an end", (request) => void request.socket.destroy()],
    ["silence", () => {}],
    [
      "an endless body",
      (_request, response) => {
        const chunk = "x".repeat(64 * 1024);
        const write = () => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once("drain", write);
        };
        write();
      },
    ],
  ])("%s", async (_why, said) => {
    provider.says(said);
    const outcome = await apiV2.placeOrder(order, call({}, 700));

    expect(outcome).toMatchObject({ kind: "unknown" });
    expect(provider.asked).toHaveLength(1);
    expect(notes).toHaveLength(1);
  });
});

describe("the order was not sent", () => {
  test("429, with the time to come back", async () => {
    const said = { status: 429, headers: { "retry-after": "12" }, body: { error: "slow down" } };
    expect(await place(said)).toMatchObject({ kind: "not_sent", retryAfterSeconds: 12 });
    expect(await place({ status: 429, body: "" })).toMatchObject({ kind: "not_sent" });
  });

  test("a closed port, and an address that must not be called", async () => {
    const gone = await startWireProvider();
    await gone.close();
    const closed = testCall(gone.url, key);
    expect(await apiV2.placeOrder(order, closed)).toMatchObject({ kind: "not_sent" });

    provider.says('{"order":1}');
    const guarded = testCall(provider.url, key, { isPrivate: false });
    expect(await apiV2.placeOrder(order, guarded)).toMatchObject({ kind: "not_sent" });
    expect(provider.asked).toEqual([]);
  });
});

test("an address that moved for good holds the provider, and says where it went", async () => {
  const location = "https://new.example/api/v2";
  const outcome = await place({ status: 301, headers: { location }, body: "" });
  expect(outcome).toMatchObject({ kind: "refused", concern: "provider" });
  expect(outcome).toMatchObject({ reason: expect.stringContaining(location) });
});

test("no outcome and no note holds the key, also where the provider sends it back", async () => {
  const said = { error: `Invalid API key ${key}`, url: `https://x/?key=${key}` };

  const outcome = await place({ body: said });
  await apiV2.placeOrder(order, call({ method: "GET" }));

  expect(JSON.stringify(outcome)).not.toContain(key);
  expect(JSON.stringify(notes)).not.toContain(key);
  expect(outcome).toMatchObject({ reason: "Invalid API key ***" });
});

describe("how a request is written", () => {
  const sent = { key, action: "add", service: "12", link: order.link, quantity: "100" };

  test("as a form, in common words", async () => {
    await place('{"order":1}');
    expect(provider.asked).toMatchObject([
      { method: "POST", url: "/api/v2", contentType: "application/x-www-form-urlencoded" },
    ]);
    expect(provider.asked[0]?.fields).toEqual(sent);
  });

  test("as a query, as JSON and as multipart", async () => {
    await place('{"order":1}', { method: "get" });
    expect(provider.asked).toMatchObject([{ method: "GET", body: "", fields: sent }]);

    await place('{"order":1}', { encoding: "json" });
    expect(provider.asked[0]?.contentType).toBe("application/json");
    expect(JSON.parse(provider.asked[0]?.body ?? "")).toEqual(sent);

    await place('{"order":1}', { encoding: "multipart" });
    const { body = "", contentType = "" } = provider.asked[0] ?? {};
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
    expect(Object.fromEntries(form)).toEqual(sent);
  });

  test("with other names, further parameters, another path, and a request id", async () => {
    await place('{"order":1}', {
      parameter_names: "key:api_token, service:product",
      action_names: "add:create",
      extra_parameters: "lang:en",
      path: "/index.php",
      honours_request_id: "true",
    });
    const { service: _service, key: _key, ...rest } = sent;
    expect(provider.asked[0]?.url).toBe("/index.php");
    expect(provider.asked[0]?.fields).toEqual({
      ...rest,
      action: "create",
      api_token: key,
      product: "12",
      lang: "en",
      request_id: "pw-1-7-1",
    });
  });

  test("a drip-feed with the quantity of one run", async () => {
    provider.says('{"order":1}');
    await apiV2.placeOrder({ ...order, quantity: 500, runs: 5, intervalMinutes: 30 }, call());
    expect(provider.asked[0]?.fields).toMatchObject({ quantity: "100", runs: "5", interval: "30" });
  });

  test("lists by lines and packages without a quantity", async () => {
    provider.says('{"order":1}');
    const fields = { comments: ["first", "second, with a comma"] };
    await apiV2.placeOrder({ ...order, type: "Custom Comments", quantity: 2, fields }, call());
    expect(provider.asked[0]?.fields).toMatchObject({ comments: "first\nsecond, with a comma" });
    expect(provider.asked[0]?.fields).not.toHaveProperty("quantity");
  });
});

describe("states of orders", () => {
  const states = async (said: Said, ids = ["1", "10"], settings = {}) => {
    provider.says(said);
    const answered = await apiV2.orderStates(ids, call(settings));
    return answered.ok ? Object.fromEntries(answered.value) : answered.refusal;
  };
  const partial = {
    kind: "state",
    status: "partial",
    word: "Partial",
    startCount: 3572,
    remains: 157,
    charge: 27_819_000n,
  };
  const missing = (reason: string) => ({ kind: "missing", reason });

  test("an object by id, with an error in place of an unknown one", async () => {
    const said = {
      "1": { charge: "0.27819", start_count: "3572", status: "Partial", remains: "157" },
      "10": { error: "Incorrect order ID" },
    };
    expect(await states({ body: said })).toEqual({
      "1": partial,
      "10": missing("Incorrect order ID"),
    });
    expect(provider.asked[0]?.fields).toMatchObject({ action: "status", orders: "1,10" });
  });

  test.each<[shape: string, body: unknown]>([
    ["numbers", { "1": { charge: 0.27819, start_count: 3572, status: "Partial", remains: 157 } }],
    [
      "a list",
      [{ order: 1, charge: "0.27819", start_count: "3572", status: "Partial", remains: "157" }],
    ],
    [
      "a list by id",
      [{ id: "1", charge: "0.27819", start_counter: 3572, status: "Partial", remains: "157" }],
    ],
    [
      "wrapped",
      {
        status: "success",
        data: {
          "1": { charge: "0.27819", start_count: "3572", status: "Partial", remains: "157" },
        },
      },
    ],
    [
      "a misnamed start count",
      { "1": { charge: "0.27819", start_counter: "3572", status: "Partial", remains: "157" } },
    ],
    [
      "another spelling",
      { "1": { charge: "2.7819e-1", start_count: "3572", status: "PARTIAL ", remains: "157.0" } },
    ],
  ])("%s", async (_shape, body) => {
    const found = await states({ body });
    expect(found).toMatchObject({ "1": { ...partial, word: expect.stringMatching(/partial/i) } });
    expect(found).not.toHaveProperty("10");
  });

  test("bare errors inside a batch", async () => {
    const body = { "1": "Incorrect order ID", "10": { error: "Order not found.", status: "104" } };
    expect(await states({ body })).toEqual({
      "1": missing("Incorrect order ID"),
      "10": missing("Order not found."),
    });
  });

  test("one id is asked for alone and answered flat", async () => {
    const body = {
      order: "1",
      charge: "0.27819",
      start_count: "3572",
      status: "Partial",
      remains: "157",
      currency: "USD",
    };
    const said = { ...partial, currency: "USD" };
    expect(await states({ body }, ["1"])).toEqual({ "1": said });
    expect(provider.asked[0]?.fields).toMatchObject({ order: "1" });
    expect(await states({ body: { error: "Incorrect order ID" } }, ["1"])).toEqual({
      "1": missing("Incorrect order ID"),
    });
    expect(await states({ body: { status: "success", data: body } }, ["1"])).toEqual({
      "1": said,
    });
    expect(await states({ body: [body] }, ["1"])).toEqual({ "1": said });
  });

  test("what nobody knows yet, or says in words", async () => {
    const body = { status: "In progress", start_count: null, remains: "Unknown", charge: "" };
    expect(await states({ body }, ["1"])).toEqual({
      "1": {
        kind: "state",
        status: "in_progress",
        word: "In progress",
        startCount: undefined,
        remains: undefined,
        charge: undefined,
      },
    });
    const delivered = {
      status: "Completed",
      start_count: "0",
      remains: "-2",
      charge: "0.157000000000000003",
    };
    expect(await states({ body: delivered }, ["1"])).toMatchObject({
      "1": { status: "completed", startCount: 0, remains: -2, charge: 15_700_000n },
    });
  });

  test.each([
    ["Pending", "pending"],
    ["pending", "pending"],
    ["Processing", "processing"],
    ["Inprogress", "in_progress"],
    ["in_progress", "in_progress"],
    ["IN-PROGRESS", "in_progress"],
    ["Completed", "completed"],
    ["Complete", "completed"],
    ["Cancelled", "canceled"],
    ["canceled", "canceled"],
    ["Refunded", undefined],
    ["Fail", undefined],
    ["Awaiting", undefined],
    ["Error", undefined],
    ["Active", undefined],
    ["Paused", undefined],
    ["constructor", undefined],
  ])("the word %s means %s", async (word, status) => {
    const body = { charge: "1", status: word, remains: "0" };
    expect(await states({ body }, ["1"])).toMatchObject({ "1": { kind: "state", word, status } });
  });

  test("further words mean what the settings say", async () => {
    const settings = { status_words: "Refunded:Canceled, awaiting:Pending" };
    const said = { body: { "1": { status: "REFUNDED" }, "10": { status: "Awaiting" } } };
    expect(await states(said, ["1", "10"], settings)).toMatchObject({
      "1": { status: "canceled" },
      "10": { status: "pending" },
    });
  });

  test("many are asked for in batches, or one by one", async () => {
    const all: Said = (_request, response, fields) => {
      const ids = (fields.get("orders") ?? fields.get("order") ?? "").split(",");
      const rows = Object.fromEntries(ids.map((id) => [id, { status: "Pending" }]));
      response.end(JSON.stringify(ids.length === 1 ? { status: "Pending" } : rows));
    };
    const ids = Array.from({ length: 250 }, (_, index) => String(index + 1));
    expect(Object.keys(await states(all, ids))).toHaveLength(250);
    expect(provider.asked).toHaveLength(3);
    expect(Object.keys(await states(all, ids.slice(0, 3), { status_batch: "1" }))).toHaveLength(3);
    expect(provider.asked.map(({ fields }) => fields["order"])).toEqual(["1", "2", "3"]);
  });

  test("an error for a whole batch is not taken for each of it", async () => {
    const strict: Said = (_request, response, fields) => {
      const ids = (fields.get("orders") ?? fields.get("order") ?? "").split(",");
      if (ids.includes("3")) return void response.end('{"error":"Incorrect order ID"}');
      const rows = Object.fromEntries(ids.map((id) => [id, { status: "Pending" }]));
      response.end(JSON.stringify(ids.length === 1 ? { status: "Pending" } : rows));
    };
    expect(await states(strict, ["1", "2", "3", "4"])).toMatchObject({
      "1": { status: "pending" },
      "2": { status: "pending" },
      "3": missing("Incorrect order ID"),
      "4": { status: "pending" },
    });
  });

  test.each<[kind: string, said: Said, more?: object]>([
    ["refused", '{"error":"Invalid API key"}', { concern: "provider" }],
    ["unknown", { status: 500, body: { error: "Incorrect order ID" } }],
    ["unknown", "<html>maintenance</html>"],
    ["unknown", "{}"],
    ["unknown", "[]"],
    [
      "not_sent",
      { status: 429, headers: { "retry-after": "3" }, body: "" },
      { retryAfterSeconds: 3 },
    ],
  ])("%s where nothing is said of any: %j", async (kind, said, more = {}) => {
    expect(await states(said)).toMatchObject({ kind, ...more });
    expect(await states(said, ["1"])).toMatchObject({ kind, ...more });
  });
});

describe("the look-up by request id", () => {
  const find = async (said: Said) => {
    provider.says(said);
    const found = await apiV2.lookup?.findOrder("pw-1-7-1", call({ honours_request_id: true }));
    return found?.ok === true ? found.value : found?.refusal;
  };
  const row = { order: 5, charge: "0.5", request_id: "pw-1-7-1" };

  test("finds the order, or proves that there is none", async () => {
    expect(await find({ body: [row] })).toEqual({ providerOrder: "5", charge: 50_000_000n });
    expect(provider.asked[0]?.fields).toMatchObject({ action: "orders", request_id: "pw-1-7-1" });
    expect(await find("[]")).toBeUndefined();
  });

  test.each<[why: string, said: Said]>([
    ["other orders are listed", { body: [{ order: 5, request_id: "other" }] }],
    ["orders without request ids are listed", { body: [{ order: 5, link: "x" }] }],
    ["two are listed", { body: [row, { ...row, order: 6 }] }],
    ["it has no number", { body: [{ request_id: "pw-1-7-1" }] }],
    ["it is no list", "{}"],
    ["it is a page", "<html>"],
  ])("proves nothing where %s", async (_why, said) => {
    expect(await find(said)).toMatchObject({ kind: "unknown" });
  });

  test("is only for providers that are known to honour it", () => {
    expect(apiV2.lookup?.canFind({})).toBe(false);
    expect(apiV2.lookup?.canFind({ honours_request_id: true })).toBe(true);
  });
});

describe("balances", () => {
  const balance = async (said: Said) => {
    provider.says(said);
    const answered = await apiV2.account?.balance(call());
    return answered?.ok === true ? answered.value : answered?.refusal;
  };
  test.each<[said: Said, expected: object]>([
    ['{"balance":"100.84292","currency":"USD"}', { balance: 10_084_292_000n, currency: "USD" }],
    ['{"balance":100.84292,"currency":"usd"}', { balance: 10_084_292_000n, currency: "USD" }],
    ['{"status":"success","data":{"balance":"0"}}', { balance: 0n, currency: undefined }],
    ['{"balance":"-3.5","currency":"USDT"}', { balance: -350_000_000n, currency: "USDT" }],
    ['{"error":"Invalid API key"}', { kind: "refused", concern: "provider" }],
    ['{"status":"fail","message":"Account suspended"}', { kind: "refused", concern: "provider" }],
    ['{"balance":"lots"}', { kind: "unknown" }],
    ["", { kind: "unknown" }],
  ])("%j", async (said, expected) => {
    expect(await balance(said)).toMatchObject(expected);
  });
});

describe("service lists", () => {
  const list = async (said: Said) => {
    provider.says(said);
    const answered = await apiV2.catalog?.listServices(call());
    return answered?.ok === true ? answered.value : answered?.refusal;
  };

  test("are handed on as they came", async () => {
    const text = '[{"service":"1","rate":"0.90"}]';
    expect(await list(text)).toBe(text);
    expect(await list("[]")).toBe("[]");
  });

  test("of several megabytes are read, and kept short in the log", async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({
      service: id,
      name: "x".repeat(100),
    }));
    expect(JSON.stringify(await list({ body: rows })).length).toBeGreaterThan(2_000_000);
  });

  test.each<[said: Said, expected: object]>([
    ['{"error":"Invalid API key"}', { kind: "refused", concern: "provider" }],
    ["<html>", { kind: "unknown" }],
    ["", { kind: "unknown" }],
    [{ status: 500, body: "[]" }, { kind: "unknown" }],
  ])("%j is none", async (said, expected) => {
    expect(await list(said)).toMatchObject(expected);
  });
});

describe("refills", () => {
  const refill = async (said: Said) => {
    provider.says(said);
    return apiV2.refills?.refill("9", call());
  };
  test.each<[said: Said, expected: object]>([
    ['{"refill":"1"}', { kind: "taken", providerRefill: "1" }],
    ['{"refill":1}', { kind: "taken", providerRefill: "1" }],
    [
      '{"refill":5,"status":200,"message":"Refill has been placed successfully!"}',
      { kind: "taken", providerRefill: "5" },
    ],
    ['{"success":"Refill requested","refill":12345}', { kind: "taken", providerRefill: "12345" }],
    ['{"status":"Success","message":"done"}', { kind: "taken", providerRefill: undefined }],
    ['[{"order":9,"refill":1}]', { kind: "taken", providerRefill: "1" }],
    [
      '{"refill":{"error":"Incorrect order ID"}}',
      { kind: "refused", reason: "Incorrect order ID" },
    ],
    ['[{"order":9,"refill":{"error":"Refill is disabled for this service"}}]', { kind: "refused" }],
    [
      '[{"order":9,"error":"Incorrect order ID"}]',
      { kind: "refused", reason: "Incorrect order ID" },
    ],
    ['{"error":"The refill task is not completed for this order"}', { kind: "refused" }],
    ['{"status":"error","message":"Order not eligible for refill."}', { kind: "refused" }],
    [
      '{"error":"Invalid API key"}',
      { kind: "failed", failure: { kind: "refused", concern: "provider" } },
    ],
    ["{}", { kind: "failed", failure: { kind: "unknown" } }],
    ["", { kind: "failed", failure: { kind: "unknown" } }],
    [
      { status: 429, body: "" },
      { kind: "failed", failure: { kind: "not_sent" } },
    ],
  ])("%j", async (said, expected) => {
    expect(await refill(said)).toMatchObject(expected);
    expect(provider.asked[0]?.fields).toMatchObject({ action: "refill", order: "9" });
  });

  const states = async (said: Said, ids = ["1", "3"]) => {
    provider.says(said);
    const answered = await apiV2.refills?.refillStates(ids, call());
    return answered?.ok === true ? Object.fromEntries(answered.value) : answered?.refusal;
  };

  test("states of several, in a list with errors", async () => {
    const body = [
      { refill: 1, status: "Completed" },
      { refill: 3, status: { error: "Refill not found" } },
    ];
    expect(await states({ body })).toEqual({
      "1": { kind: "state", status: "completed", word: "Completed" },
      "3": { kind: "missing", reason: "Refill not found" },
    });
    expect(provider.asked[0]?.fields).toMatchObject({ action: "refill_status", refills: "1,3" });
  });

  test.each([
    ["Pending", "pending"],
    ["inprogress", "in_progress"],
    ["In progress", "in_progress"],
    ["Rejected", "rejected"],
    ["Error", "error"],
    ["Cancelled", "rejected"],
  ])("the state %s of one means %s", async (word, status) => {
    expect(await states({ body: { status: word } }, ["1"])).toEqual({
      "1": { kind: "state", status, word },
    });
  });

  test("one that nobody knows is missing, in either sentence", async () => {
    for (const reason of ["Refill not found", "Incorrect refill ID"]) {
      expect(await states({ body: { error: reason } }, ["1"])).toEqual({
        "1": { kind: "missing", reason },
      });
    }
  });
});

describe("cancels", () => {
  const cancel = async (said: Said, settings = {}) => {
    provider.says(said);
    return apiV2.cancels?.cancel("9", call(settings));
  };
  test.each<[said: Said, expected: object]>([
    ['[{"order":9,"cancel":1}]', { kind: "taken" }],
    [
      '[{"order":9,"cancel":{"error":"Incorrect order ID"}}]',
      { kind: "refused", reason: "Incorrect order ID" },
    ],
    ['{"cancel":"1"}', { kind: "taken" }],
    ['{"cancel":9,"status":"Success"}', { kind: "taken" }],
    ['{"success":"Cancellation requested"}', { kind: "taken" }],
    ['{"status":"success","message":"Cancellation request added"}', { kind: "taken" }],
    ['{"canceled":[9]}', { kind: "taken" }],
    ['{"9":{"cancel":"requested"}}', { kind: "taken" }],
    ['{"9":"Cannot cancel"}', { kind: "refused", reason: "Cannot cancel" }],
    ['{"error":"Order already completed"}', { kind: "refused" }],
    ['{"cancel":0}', { kind: "refused" }],
    ['{"error":"Too many requests"}', { kind: "failed", failure: { concern: "limit" } }],
    ["[]", { kind: "failed", failure: { kind: "unknown" } }],
    ["<html>", { kind: "failed", failure: { kind: "unknown" } }],
  ])("%j", async (said, expected) => {
    expect(await cancel(said)).toMatchObject(expected);
    expect(provider.asked[0]?.fields).toMatchObject({ action: "cancel", orders: "9" });
  });

  test("by the single parameter, where the settings say so", async () => {
    await cancel('{"cancel":"1"}', { cancel_style: "order" });
    expect(provider.asked[0]?.fields).toMatchObject({ action: "cancel", order: "9" });
  });
});
