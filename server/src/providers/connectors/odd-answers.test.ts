import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallNote } from "#providers/connector.ts";
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

type Settings = Record<string, unknown>;

function call(settings: Settings) {
  notes.length = 0;
  const checked = apiV2.checkSettings(settings);
  if (!checked.ok) throw new Error(`${checked.refusal.setting}: ${checked.refusal.expected}`);
  return testCall(provider.url, key, { settings: checked.value, notes });
}

/** A body of bytes, with these headers. */
function bytes(body: Buffer, headers: Record<string, string> = {}): Said {
  return (_request, response) => void response.writeHead(200, headers).end(body);
}

const unit = 100_000_000n;
const json = (text: string) => Buffer.from(text);
const page = { "content-type": "text/html; charset=UTF-8" };

/** Whatever comes: one request, one note of text, and never a key in it. */
function expectOneNote() {
  expect(provider.asked).toHaveLength(1);
  expect(notes).toHaveLength(1);
  const [note] = notes;
  expect(note?.answer).toBeTypeOf("string");
  // oxlint-disable-next-line no-control-regex -- exactly these must not be there
  expect(note?.answer ?? "").not.toMatch(/[\u0000-\u0008\u000E-\u001A\u001C-\u001F]/);
  expect(JSON.stringify(notes)).not.toContain(key);
}

describe("an order that was answered oddly", () => {
  const order = {
    orderId: 7 as OrderId,
    requestId: "pw-1-7-1",
    providerService: "12",
    type: "Default",
    link: "https://example.com/p",
    quantity: 100,
    runs: undefined,
    intervalMinutes: undefined,
    fields: {},
  };
  const accepted = (providerOrder: string) => ({ kind: "accepted", providerOrder });
  const unknown = { kind: "unknown" };
  const refused = { kind: "refused" };
  const notSent = { kind: "not_sent" };
  const answer = json('{"order":23501}');

  test.each<[what: string, said: Said, expected: object, settings?: Settings]>([
    ["keys in capitals", '{"ORDER":23501}', accepted("23501")],
    ["a key with a capital", '{"Order":23501}', accepted("23501")],
    ["orderID", '{"orderID":23501}', accepted("23501")],
    ["Order-Id", '{"Order-Id":23501}', accepted("23501")],
    ["a float", '{"order":5006.0}', accepted("5006")],
    ["a float with zeros", '{"order":5006.000}', accepted("5006")],
    ["an exponent", '{"order":5.0e3}', accepted("5000")],
    ["a capital exponent", '{"order":2.3501E+4}', accepted("23501")],
    ["a large exponent", '{"order":1.2e10}', accepted("12000000000")],
    ["a word in place of the number", '{"order":"success"}', unknown],
    ["no number yet", '{"order":"N/A"}', unknown],
    ["an invisible character in the number", '{"order":"\u200B42"}', unknown],
    ["a NUL in the number", '{"order":"4\\u00002"}', accepted("42")],
    ["zeros in front stay", '{"order":"000123"}', accepted("000123")],
    ["letters stay", '{"order":"AB-12"}', accepted("AB-12")],
    [
      "more digits than a double has",
      '{"order":12345678901234567890}',
      accepted("12345678901234567890"),
    ],
    ["wrapped in response", '{"response":{"order":23501}}', accepted("23501")],
    ["wrapped in a list in response", '{"response":[{"order":23501}]}', accepted("23501")],
    ["wrapped in result", '{"result":{"order":23501}}', accepted("23501")],
    ["wrapped in Data", '{"Status":"Success","Data":{"Order":23501}}', accepted("23501")],
    ["JSON in a JSON text", JSON.stringify('{"order":23501}'), accepted("23501")],
    ["JSONP", 'callback({"order":23501});', accepted("23501")],
    ["a guard in front", ')]}\',\n{"order":23501}', accepted("23501")],
    [
      "a notice behind, with brackets",
      '{"order":23501}<br />\n<b>Notice</b>: Undefined index: x[1] in <b>a.php</b>',
      accepted("23501"),
    ],
    [
      "a notice in front, with a number in brackets",
      'Warning: Undefined array key [5] in x.php\n{"order":23501}',
      accepted("23501"),
    ],
    [
      "a notice with an empty list",
      'Notice: $a[] = x in x.php\n{"order":23501}',
      accepted("23501"),
    ],
    ["two byte order marks", '\uFEFF\uFEFF{"order":23501}', accepted("23501")],
    ["UTF-16", bytes(Buffer.from('\uFEFF{"order":23501}', "utf16le")), accepted("23501")],
    ["UTF-16 without a mark", bytes(Buffer.from('{"order":23501}', "utf16le")), accepted("23501")],
    ["gzip", bytes(gzipSync(answer), { "content-encoding": "gzip" }), accepted("23501")],
    ["gzip without a label", bytes(gzipSync(answer)), accepted("23501")],
    [
      "gzip as a content type",
      bytes(gzipSync(answer), { "content-type": "application/gzip" }),
      accepted("23501"),
    ],
    [
      "gzip labelled deflate",
      bytes(gzipSync(answer), { "content-encoding": "deflate" }),
      accepted("23501"),
    ],
    ["deflate", bytes(deflateSync(answer), { "content-encoding": "deflate" }), accepted("23501")],
    [
      "raw deflate",
      bytes(deflateRawSync(answer), { "content-encoding": "deflate" }),
      accepted("23501"),
    ],
    ["deflate without a label", bytes(deflateSync(answer)), accepted("23501")],
    ["raw deflate without a label", bytes(deflateRawSync(answer)), accepted("23501")],
    [
      "deflate labelled gzip",
      bytes(deflateSync(answer), { "content-encoding": "gzip" }),
      accepted("23501"),
    ],
    ["br", bytes(brotliCompressSync(answer), { "content-encoding": "br" }), accepted("23501")],
    ["br without a label", bytes(brotliCompressSync(answer)), accepted("23501")],
    [
      "br labelled gzip",
      bytes(brotliCompressSync(answer), { "content-encoding": "gzip" }),
      accepted("23501"),
    ],
    ["zstd", bytes(zstdCompressSync(answer), { "content-encoding": "zstd" }), accepted("23501")],
    [
      "packed twice",
      bytes(gzipSync(gzipSync(answer)), { "content-encoding": "gzip" }),
      accepted("23501"),
    ],
    [
      "packed in two ways",
      bytes(gzipSync(brotliCompressSync(answer)), { "content-encoding": "br, gzip" }),
      accepted("23501"),
    ],
    ["plain, labelled gzip", bytes(answer, { "content-encoding": "gzip" }), accepted("23501")],
    ["plain, labelled br", bytes(answer, { "content-encoding": "br" }), accepted("23501")],
    [
      "plain, with a label that nobody knows",
      bytes(answer, { "content-encoding": "utf-8" }),
      accepted("23501"),
    ],
    [
      "a declared set that is wrong",
      bytes(answer, { "content-type": "application/json; charset=utf-16" }),
      accepted("23501"),
    ],
    [
      "a declared set that nobody knows",
      bytes(answer, { "content-type": "application/json; charset=x-none" }),
      accepted("23501"),
    ],
    ["the bare number, where that is set", "23501", accepted("23501"), { bare_numbers: "true" }],
    [
      "the bare number as a text, where that is set",
      '"23501"',
      accepted("23501"),
      { bare_numbers: "true" },
    ],
    [
      "the bare number as a float, where that is set",
      " 23501.0 \n",
      accepted("23501"),
      { bare_numbers: "true" },
    ],
    [
      "under a name of this action",
      '{"ticket":9}',
      accepted("9"),
      { answer_names: "add.order:ticket" },
    ],
    ["a bare number, where nothing is set", "23501", unknown],
    ["a bare 0", "0", unknown, { bare_numbers: "true" }],
    ["a bare -1", "-1", unknown, { bare_numbers: "true" }],
    ["a bare fraction", "1.5", unknown, { bare_numbers: "true" }],
    ["bare words", "OK", unknown, { bare_numbers: "true" }],
    ["a number that is none", '{"order":-5}', unknown],
    ["a fraction", '{"order":5006.5}', accepted("5006.5")],
    ["a list of two", '[{"order":1},{"order":2}]', unknown],
    ["two answers with a notice between", '{"order":1}\nNotice: x\n{"order":2}', unknown],
    ["half an answer behind a whole one", '{"order":1}{"order":2', unknown],
    ["an answer inside a page", '<p>x</p><html><body>{"order":23501}</body></html>', unknown],
    ["an answer inside a script", '<script>var a={"order":23501}</script>', unknown],
    ["an answer in front of a page", '{"order":23501}<html><h1>502</h1></html>', unknown],
    ["nothing but a byte order mark", "\uFEFF", unknown],
    ["zeros", bytes(Buffer.alloc(200)), unknown],
    ["noise", bytes(Buffer.from([1, 2, 3, 255, 0, 7, 8, 9])), unknown],
    ["gzip that is cut off", bytes(gzipSync(Buffer.alloc(500, "ab12")).subarray(0, 12)), unknown],
    [
      "gzip that is damaged",
      bytes(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 77, 1, 2])),
      unknown,
    ],
    ["a bomb", bytes(gzipSync(Buffer.alloc(30_000_000, "x"))), unknown],
    ["a bomb in a bomb", bytes(gzipSync(gzipSync(Buffer.alloc(30_000_000, "x")))), unknown],
    [
      "an error with a capital",
      '{"Error":"Not enough funds on balance"}',
      { ...refused, concern: "funds" },
    ],
    [
      "an error in capitals",
      '{"ERROR":"Incorrect service ID"}',
      { ...refused, concern: "service" },
    ],
    [
      "an error wrapped in response",
      '{"response":{"error":"Not enough funds"}}',
      { ...refused, concern: "funds" },
    ],
    [
      "an error in a list in response",
      '{"response":[{"Error":"Not enough funds"}]}',
      { ...refused, concern: "funds" },
    ],
    [
      "an error, packed without a label",
      bytes(gzipSync('{"error":"Not enough funds"}')),
      { ...refused, concern: "funds" },
    ],
    [
      "Errors as an object",
      '{"Errors":{"link":"Incorrect link"}}',
      { ...refused, concern: "order" },
    ],
    ["an order and an Error", '{"order":5,"Error":"x"}', unknown],
    [
      "an error in UTF-8, declared otherwise",
      bytes(Buffer.from('{"error":"Недостаточно средств"}'), {
        "content-type": "text/html; charset=windows-1251",
      }),
      { ...refused, concern: "funds" },
    ],
    [
      "a challenge of Cloudflare",
      {
        status: 403,
        headers: { ...page, "cf-mitigated": "challenge" },
        body: "<!DOCTYPE html><title>Just a moment...</title>",
      },
      notSent,
    ],
    [
      "a challenge of AWS",
      { status: 202, headers: { "x-amzn-waf-action": "challenge" }, body: "" },
      notSent,
    ],
    [
      "a captcha of AWS",
      { status: 405, headers: { "x-amzn-waf-action": "captcha" }, body: "" },
      notSent,
    ],
    [
      "a page that looks like a challenge",
      { status: 403, headers: page, body: "<!DOCTYPE html><title>Just a moment...</title>" },
      unknown,
    ],
    [
      "a challenge's header on a good answer",
      { status: 200, headers: { ...page, "cf-mitigated": "challenge" }, body: '{"order":23501}' },
      accepted("23501"),
    ],
    [
      "a challenge's header without a page",
      {
        status: 403,
        headers: { "content-type": "application/json", "cf-mitigated": "challenge" },
        body: "",
      },
      unknown,
    ],
    [
      "a challenge's header with another word",
      { status: 403, headers: { ...page, "cf-mitigated": "block" }, body: "" },
      unknown,
    ],
    ["522 of Cloudflare", { status: 522, headers: page, body: "error code: 522" }, unknown],
    ["521 of Cloudflare", { status: 521, headers: page, body: "error code: 521" }, unknown],
    [
      "503 with a time to come back",
      { status: 503, headers: { "retry-after": "3" }, body: "" },
      unknown,
    ],
    [
      "302 to a page of thanks",
      { status: 302, headers: { location: "/thanks" }, body: "" },
      unknown,
    ],
    ["202 and nothing", { status: 202, body: "" }, unknown],
    ["204", { status: 204, body: "" }, unknown],
    ["206 with half", { status: 206, body: '{"ord' }, unknown],
  ])("%s", async (_what, said, expected, settings = {}) => {
    provider.says(said);
    const outcome = await apiV2.placeOrder(order, call(settings));

    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toMatch(/[^\u0020-\uFFFF]/);
    expectOneNote();
  });
});

describe("a state that was answered oddly", () => {
  const ask = async (said: Said, settings: Settings = {}, ids = ["42"]) => {
    provider.says(said);
    const answered = await apiV2.orderStates(ids, call(settings));
    expectOneNote();
    if (!answered.ok) return answered.refusal;
    return answered.value.get("42") ?? { kind: "left out" };
  };
  const state = (more: object) => ({ kind: "state", ...more });
  const unread = { kind: "unknown", unread: expect.any(String) };

  test.each<[what: string, said: Said, expected: object, settings?: Settings]>([
    [
      "keys in another case",
      '{"Status":"Completed","Start_count":"5","REMAINS":"0","Charge":"0.5"}',
      state({ status: "completed", startCount: 5, remains: 0, charge: unit / 2n }),
    ],
    [
      "camels",
      '{"status":"In progress","startCount":3572,"remains":1}',
      state({ startCount: 3572 }),
    ],
    [
      "wrapped in response",
      '{"response":[{"order":42,"status":"Pending"}]}',
      state({ status: "pending" }),
    ],
    [
      "wrapped twice",
      '{"success":true,"data":{"orders":{"42":{"status":"Pending"}}}}',
      state({ status: "pending" }),
    ],
    [
      "wrapped under a status of the request",
      '{"status":"success","order":{"status":"Completed","charge":"1"}}',
      state({ status: "completed" }),
    ],
    [
      "wrapped under a status that is mapped",
      '{"status":1,"data":{"status":"Pending"}}',
      state({ status: "pending" }),
      { status_words: "1:Completed" },
    ],
    ["a word alone by id", '{"42":"Completed"}', state({ status: "completed", charge: undefined })],
    [
      "a number that is mapped",
      '{"status":2,"charge":"0.01","remains":0}',
      state({ status: "completed", word: "2" }),
      { status_words: "2:Completed" },
    ],
    [
      "a number that is mapped, one by one",
      '{"status":2,"charge":"0.01","remains":0}',
      state({ status: "completed" }),
      { status_words: "2:Completed", status_batch: "1" },
    ],
    [
      "a number that is mapped, alone",
      '{"status":2}',
      state({ status: "completed" }),
      { status_words: "2:Completed" },
    ],
    [
      "a number that is mapped, as a float",
      '{"status":2.0}',
      state({ status: "completed" }),
      { status_words: "2:Completed" },
    ],
    [
      "a mapped 200",
      '{"status":200}',
      state({ status: "completed" }),
      { status_words: "200:Completed" },
    ],
    [
      "a mapped success",
      '{"status":"success"}',
      state({ status: "completed" }),
      { status_words: "success:Completed" },
    ],
    [
      "a mapped text in another language",
      '{"status":"Tamamlandı"}',
      state({ status: "completed" }),
      { status_words: "Tamamlandı:Completed" },
    ],
    ["a number that nobody mapped", '{"status":3}', state({ status: undefined, word: "3" })],
    [
      "a number that nobody mapped, with a charge",
      '{"status":3,"charge":"1"}',
      state({ status: undefined, word: "3", charge: unit }),
    ],
    [
      "a word in another language",
      '{"status":"Завершен","remains":"0"}',
      state({ status: undefined, word: "Завершен" }),
    ],
    [
      "under a name of this action",
      '{"state":"Completed"}',
      state({ status: "completed" }),
      { answer_names: "status.status:state" },
    ],
    [
      "under the name of another action",
      '{"state":"Completed"}',
      unread,
      { answer_names: "refill_status.status:state" },
    ],
    ["null", "null", unread],
    ["nothing", "", unread],
    ["an empty object", "{}", unread],
    ["an empty list", "[]", unread],
    ["a bare success", '{"status":"success"}', unread],
    ["a bare 200", '{"status":200}', unread],
    ["a page", "<html><h1>Maintenance</h1></html>", unread],
    ["a sentence", "Please try again later", unread],
    ["a bare number", "3", unread],
    ["noise", bytes(Buffer.from([0, 1, 2, 3, 200])), unread],
    ["another order", '{"43":{"status":"Completed"}}', unread],
    ["null by id", '{"42":null}', { kind: "unread", said: "null" }],
    ["an empty object by id", '{"42":{}}', { kind: "unread" }],
    ["an empty list by id", '{"42":[]}', { kind: "unread" }],
    ["an empty text by id", '{"42":""}', { kind: "unread" }],
    ["a status that is null", '{"42":{"status":null,"charge":"1"}}', { kind: "unread" }],
    ["a status that is an object", '{"42":{"status":{"x":1},"charge":"1"}}', { kind: "unread" }],
    ["a charge without a status", '{"charge":"1","remains":"5"}', { kind: "unread" }],
    [
      "an Error",
      '{"Error":"Incorrect order ID"}',
      { kind: "missing", reason: "Incorrect order ID" },
    ],
    ["an Error by id", '{"42":{"Error":"Order not found"}}', { kind: "missing" }],
    ["501", { status: 501, body: "{}" }, { kind: "unknown" }],
  ])("%s", async (_what, said, expected, settings = {}) => {
    expect(await ask(said, settings)).toMatchObject(expected);
  });

  const counts = (said: string) =>
    `{"status":"In progress","start_count":${said},"remains":${said}}`;
  test.each<[said: string, expected: number | "unread" | "none", settings?: Settings]>([
    ["3572", 3572],
    ['"3572"', 3572],
    ['"3,572"', 3572],
    ['"1,234,567"', 1_234_567],
    ['"12,34,567"', 1_234_567],
    ['"3 572"', 3572],
    ['"3\u00A0572"', 3572],
    ['"3\u202F572"', 3572],
    ['"3\'572"', 3572],
    ['"1.234.567"', 1_234_567],
    ['"3.572"', 3572, { decimal_mark: "comma" }],
    ["3572.0", 3572],
    ['"3572.00"', 3572],
    ["3.572e3", 3572],
    ['" 3572 "', 3572],
    ['"+5"', 5],
    ['"0"', 0],
    ["null", "none"],
    ['""', "none"],
    ['"Unknown"', "none"],
    ['"N/A"', "none"],
    ['"-"', "none"],
    ["false", "none"],
    ['"3.572"', "unread"],
    ['"3572.5"', "unread"],
    ['"about 5"', "unread"],
    ['"3,57"', "unread"],
    ['"1,2345"', "unread"],
    ['"5k"', "unread"],
    ['"99999999999999999999"', "unread"],
    ["[5]", "unread"],
    ['{"count":5}', "unread"],
  ])("a count of %s is %s", async (said, expected, settings = {}) => {
    const found = await ask(counts(said), settings);
    if (expected === "unread") {
      expect(found).toMatchObject({ startCount: undefined, remains: undefined });
      expect(found).toMatchObject({ unread: { start_count: expect.any(String) } });
    } else {
      const number = expected === "none" ? undefined : expected;
      expect(found).toMatchObject({ startCount: number, remains: number });
      expect(found).not.toHaveProperty("unread");
    }
  });

  test.each<
    [
      said: string,
      expected: bigint | "unread" | "none",
      more?: { currency?: string; settings?: Settings },
    ]
  >([
    ['"0.27819"', 27_819_000n],
    ["0.27819", 27_819_000n],
    ['"1,234.50"', 123_450_000_000n],
    ['"1.234,50"', 123_450_000_000n],
    ['"1 234,50"', 123_450_000_000n],
    ['"1\u00A0234.50"', 123_450_000_000n],
    ['"12,34,567.5"', 123_456_750_000_000n],
    ['"1,234,567"', 123_456_700_000_000n],
    ['"0,5"', 50_000_000n],
    ['"0,278"', 27_800_000n],
    ['"12,5"', 1_250_000_000n],
    ['"1,2345"', 123_450_000n],
    ['".5"', 50_000_000n],
    ["5e-3", 500_000n],
    ["1.5e1", 1_500_000_000n],
    ['"0.15700000000000003"', 15_700_000n],
    ['"1.234"', 123_400_000n],
    ['"1,234"', 123_400_000_000n, { settings: { decimal_mark: "point" } }],
    ['"1,234"', 123_400_000n, { settings: { decimal_mark: "comma" } }],
    ['"1.234"', 123_400_000_000n, { settings: { decimal_mark: "comma" } }],
    ['"$1.50"', 150_000_000n],
    ['"US$ 1.50"', 150_000_000n],
    ['"€1.50"', 150_000_000n, { currency: "EUR" }],
    ['"1,50 €"', 150_000_000n, { currency: "EUR" }],
    ['"1.50 USD"', 150_000_000n, { currency: "USD" }],
    ['"USD 1.50"', 150_000_000n, { currency: "USD" }],
    ["null", "none"],
    ['""', "none"],
    ['"Unknown"', "none"],
    ['"1,234"', "unread"],
    ['"1,234,5"', "unread"],
    ['"1.2.3"', "unread"],
    ['"free"', "unread"],
    ['"1.50 per 1000"', "unread"],
    ['"NaN"', "unread"],
    ['"Infinity"', "unread"],
    ['"0x10"', "unread"],
    ['"1e400"', "unread"],
    ['{"amount":"1"}', "unread"],
  ])("a charge of %s is %s", async (said, expected, { currency, settings = {} } = {}) => {
    const found = await ask(`{"status":"Completed","remains":0,"charge":${said}}`, settings);
    if (expected === "unread") {
      expect(found).toMatchObject({ charge: undefined, unread: { charge: expect.any(String) } });
    } else {
      expect(found).toMatchObject({ charge: expected === "none" ? undefined : expected });
      expect(found).not.toHaveProperty("unread");
    }
    if (currency !== undefined) expect(found).toMatchObject({ currency });
  });

  test("the currency beside a charge is handed on", async () => {
    const said = '{"status":"Completed","charge":"1","Currency":"eur"}';
    expect(await ask(said)).toMatchObject({ currency: "EUR", charge: unit });
  });

  test("of several orders each is read for itself, and none is lost", async () => {
    provider.says(
      '{"1":{"Status":"Completed"},"2":null,"3":{"status":7},"4":"Incorrect order ID"}',
    );
    const answered = await apiV2.orderStates(["1", "2", "3", "4", "5"], call({}));
    expect(answered.ok && Object.fromEntries(answered.value)).toMatchObject({
      "1": { kind: "state", status: "completed" },
      "2": { kind: "unread" },
      "3": { kind: "state", status: undefined, word: "7" },
      "4": { kind: "missing" },
    });
    expect(answered.ok && answered.value.has("5")).toBe(false);
  });
});

describe("a refill that was answered oddly", () => {
  const refill = async (said: Said, settings: Settings = {}) => {
    provider.says(said);
    const outcome = await apiV2.refills?.refill("9", call(settings));
    expectOneNote();
    return outcome;
  };
  test.each<[said: Said, expected: object, settings?: Settings]>([
    ['{"Refill":"1"}', { kind: "taken", providerRefill: "1" }],
    ['{"refill":7.0}', { kind: "taken", providerRefill: "7" }],
    ['{"refill":"success"}', { kind: "taken", providerRefill: undefined }],
    ['{"refill":"true"}', { kind: "taken", providerRefill: undefined }],
    ['{"refill":"maybe"}', { kind: "failed", failure: { kind: "unknown" } }],
    ['{"refillId":7}', { kind: "taken", providerRefill: "7" }],
    ['{"success":true,"data":{"refill":7}}', { kind: "taken", providerRefill: "7" }],
    ['{"response":[{"order":9,"refill":7}]}', { kind: "taken", providerRefill: "7" }],
    ["77", { kind: "taken", providerRefill: "77" }, { bare_numbers: "true" }],
    ["77", { kind: "failed", failure: { kind: "unknown", unread: expect.any(String) } }],
    ['{"Error":"Refill is disabled"}', { kind: "refused" }],
    ["null", { kind: "failed", failure: { kind: "unknown" } }],
    ["<html>", { kind: "failed", failure: { kind: "unknown" } }],
  ])("%j", async (said, expected, settings = {}) => {
    expect(await refill(said, settings)).toMatchObject(expected);
  });

  test("parameters may differ by action", async () => {
    const settings = {
      parameter_names: "refill.order:refill,refill_status.refill:id,key:token",
      extra_parameters: "refill.mode:full,lang:en",
    };
    await refill('{"refill":1}', settings);
    expect(provider.asked[0]?.fields).toEqual({
      token: key,
      action: "refill",
      refill: "9",
      mode: "full",
      lang: "en",
    });

    provider.says('{"status":"Completed"}');
    await apiV2.refills?.refillStates(["1"], call(settings));
    expect(provider.asked[0]?.fields).toEqual({
      token: key,
      action: "refill_status",
      id: "1",
      lang: "en",
    });
    await apiV2.orderStates(["1"], call(settings));
    expect(provider.asked[1]?.fields).toEqual({
      token: key,
      action: "status",
      order: "1",
      lang: "en",
    });
  });

  const states = async (said: Said, settings: Settings = {}) => {
    provider.says(said);
    const answered = await apiV2.refills?.refillStates(["1"], call(settings));
    expectOneNote();
    return answered?.ok === true ? answered.value.get("1") : answered?.refusal;
  };
  test.each<[word: string, status: string | undefined, settings?: Settings]>([
    ["Refilled", "completed"],
    ["refilled", "completed"],
    ["Success", "completed"],
    ["Done", "completed"],
    ["Finished", "completed"],
    ["Cancelled", "rejected"],
    ["Canceled", "rejected"],
    ["CANCELED", "rejected"],
    ["Declined", "rejected"],
    ["Denied", "rejected"],
    ["Refused", "rejected"],
    ["Refilling", "in_progress"],
    ["Processing", "in_progress"],
    ["In-Progress", "in_progress"],
    ["Awaiting", "pending"],
    ["Failed", "error"],
    ["Fail", "error"],
    ["Weird", undefined],
    ["Weird", "completed", { refill_words: "weird:Completed" }],
    ["Success", "in_progress", { refill_words: "Success:In progress" }],
    ["3", "rejected", { refill_words: "3:Rejected" }],
  ])("the word %s means %s", async (word, status, settings = {}) => {
    expect(await states(`{"status":"${word}"}`, settings)).toEqual({ kind: "state", status, word });
    expect(await states(`[{"Refill":1,"Status":"${word}"}]`, settings)).toMatchObject({ status });
  });

  test.each<[said: Said, expected: object]>([
    ["null", { kind: "unknown", unread: expect.any(String) }],
    ["", { kind: "unknown", unread: expect.any(String) }],
    ['{"status":"success","message":"ok"}', { kind: "unknown", unread: expect.any(String) }],
    ['{"status":"success","data":{"status":"Rejected"}}', { kind: "state", status: "rejected" }],
    ['{"1":null}', { kind: "unread" }],
    ['{"1":{"status":null}}', { kind: "unread" }],
    ['{"Error":"Refill not found"}', { kind: "missing" }],
  ])("the answer %j", async (said, expected) => {
    expect(await states(said)).toMatchObject(expected);
  });

  test("a setting for words is checked", () => {
    expect(apiV2.checkSettings({ refill_words: "x:Nonsense" })).toMatchObject({
      refusal: { setting: "refill_words" },
    });
  });
});

describe("a cancel that was answered oddly", () => {
  test.each<[said: Said, expected: object]>([
    ['[{"Order":9,"Cancel":1}]', { kind: "taken" }],
    ['{"response":[{"order":"9","cancel":1.0}]}', { kind: "taken" }],
    ['{"success":true,"data":{"cancel":9}}', { kind: "taken" }],
    ['{"Cancelled":[9]}', { kind: "taken" }],
    ['{"Cancel":{"Error":"too late"}}', { kind: "refused", reason: "too late" }],
    ['{"cancel":0.0}', { kind: "refused" }],
    ["1", { kind: "failed", failure: { kind: "unknown" } }],
    ["null", { kind: "failed", failure: { kind: "unknown" } }],
  ])("%j", async (said, expected) => {
    provider.says(said);
    expect(await apiV2.cancels?.cancel("9", call({}))).toMatchObject(expected);
    expectOneNote();
  });
});

describe("a balance that was answered oddly", () => {
  test.each<[said: Said, expected: object, settings?: Settings]>([
    ['{"Balance":"1,234.50","Currency":"usd"}', { balance: 123_450_000_000n, currency: "USD" }],
    ['{"balance":"1 234,50"}', { balance: 123_450_000_000n }],
    ['{"balance":"€ 5"}', { balance: 5n * unit, currency: "EUR" }],
    ['{"response":{"balance":5.0}}', { balance: 5n * unit }],
    ['{"result":{"funds":"5"}}', { balance: 5n * unit }],
    ["100.5", { balance: 10_050_000_000n }, { bare_numbers: "true" }],
    ["100.5", { kind: "unknown", unread: expect.any(String) }],
    ['{"balance":"1,234"}', { kind: "unknown", unread: expect.any(String) }],
    ['{"balance":null}', { kind: "unknown" }],
  ])("%j", async (said, expected, settings = {}) => {
    provider.says(said);
    const answered = await apiV2.account?.balance(call(settings));
    expect(answered?.ok === true ? answered.value : answered?.refusal).toMatchObject(expected);
    expectOneNote();
  });
});
