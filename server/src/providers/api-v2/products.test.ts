import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallNote } from "#providers/connector.ts";
import { testCall } from "#test/provider-call.ts";
import { startWireProvider } from "#test/wire-provider.ts";
import type { WireProvider } from "#test/wire-provider.ts";
import { amount } from "#test/panel.ts";
import { apiV2Products } from "./products.ts";

let wire: WireProvider;
const notes: CallNote[] = [];
const call = () => testCall(wire.url, "k".repeat(32), { notes });

beforeAll(async () => {
  wire = await startWireProvider();
});
afterAll(() => wire.close());

const order = { requestId: "pwp-1", providerProduct: "7", quantity: 2, answer: undefined };

describe("the list", () => {
  test("is priced by what was meant, and never below it", async () => {
    const rates = [0.9600000000000001, "0.9600000000000001", "1.000000001"];
    wire.says({ body: rates.map((rate, index) => ({ product: index + 1, name: "A", rate })) });
    const listed = await apiV2Products.listProducts(call());
    if (!listed.ok) throw new Error(listed.refusal.reason);
    expect(listed.value.products.map(({ rate }) => rate)).toEqual(
      ["0.96", "0.96", "1.00000001"].map(amount),
    );
  });

  test("of the documents is read, with numbers and with texts", async () => {
    const row = { product: 1, name: "Netflix", rate: 2.5, min: 1, max: 10, category: "TV" };
    const rows = [
      { ...row, require: "Your account", status: "In stock", inventory: 40, type: "Auto" },
      { ...row, product: "2", rate: "0.50000", min: "1", max: "2", status: "Out of stock" },
      { ...row, product: 3, status: "In stock", type: "Service" },
    ];
    for (const body of [rows, { data: rows }, `\uFEFFWarning: x\n${JSON.stringify(rows)}`]) {
      wire.says({ body });
      const listed = await apiV2Products.listProducts(call());
      if (!listed.ok) throw new Error(listed.refusal.reason);
      expect(listed.value.refused).toEqual([]);
      expect(listed.value.products).toMatchObject([
        { providerProduct: "1", rate: amount("2.5"), question: "Your account", inventory: 40 },
        { providerProduct: "2", rate: amount("0.5"), max: 2, inventory: 0, question: undefined },
        { providerProduct: "3", type: "service", inventory: undefined },
      ]);
    }
  });

  test("leaves out what cannot be sold, and says why", async () => {
    const good = { product: 1, name: "A", rate: 1, min: 1, max: 5 };
    wire.says({
      body: [
        good,
        good,
        { ...good, product: 2, rate: 0 },
        { ...good, product: 3, rate: "free" },
        { ...good, product: 4, name: "\u0000 " },
        { ...good, product: 5, min: 6 },
        { name: "x", rate: 1 },
        "row",
      ],
    });
    const listed = await apiV2Products.listProducts(call());
    if (!listed.ok) throw new Error(listed.refusal.reason);
    expect(listed.value.products).toHaveLength(1);
    expect(listed.value.refused.map(({ row }) => row)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  test.each(["<html>", "{}", '{"data":{}}', "", '"text"'])("%s is none", async (body) => {
    wire.says({ body });
    expect(await apiV2Products.listProducts(call())).toMatchObject({ ok: false });
  });
});

describe("an order", () => {
  test.each([
    ['{"order":99999}', "99999"],
    ['{"order":"99999"}', "99999"],
    ['{"status":"success","data":{"order":7}}', "7"],
    ['{"product_order":12}', "12"],
  ])("is taken by %s", async (body, providerOrder) => {
    wire.says({ body });
    const outcome = await apiV2Products.placeProductOrder(order, call());
    expect(outcome).toEqual({ kind: "accepted", providerOrder });
    expect(wire.asked[0]?.fields).toMatchObject({
      action: "add_product_order",
      product: "7",
      quantity: "2",
    });
    expect(wire.asked[0]?.fields).not.toHaveProperty("request_id");
    expect(wire.asked[0]?.fields).not.toHaveProperty("require");
  });

  test.each([
    ["Out of stock", "service"],
    ["No keys left", "service"],
    ["Incorrect product ID", "service"],
    ["Quantity more than maximum 10", "service"],
    ["Not enough funds on balance", "funds"],
    ["Invalid API key", "provider"],
    ["Too many requests", "limit"],
  ])("refused with %s concerns the %s", async (error, concern) => {
    wire.says({ body: { error } });
    const outcome = await apiV2Products.placeProductOrder(order, call());
    expect(outcome).toEqual({ kind: "refused", reason: error, concern });
  });

  test.each(['{"order":5,"error":"Out of stock"}', "[]", "{}", "null", '{"result":"KEY-1"}'])(
    "answered with %s is of unknown outcome, and the answer is not quoted",
    async (body) => {
      wire.says({ body });
      const outcome = await apiV2Products.placeProductOrder(order, call());
      expect(outcome.kind).toBe("unknown");
      expect(JSON.stringify(outcome)).not.toContain("KEY-1");
    },
  );

  test("keeps what the buyer answered out of notes and reasons, also where it comes back", async () => {
    notes.length = 0;
    wire.says({ body: { error: "Account anna:hunter22 is banned" } });
    const outcome = await apiV2Products.placeProductOrder(
      { ...order, answer: "anna:hunter22" },
      call(),
    );
    expect(wire.asked[0]?.fields["require"]).toBe("anna:hunter22");
    expect(outcome).toMatchObject({ kind: "refused", reason: "Account *** is banned" });
    expect(JSON.stringify(notes)).not.toContain("hunter22");
    expect(notes[0]?.answer).toContain("is banned");
  });
});

describe("states", () => {
  const ask = (...ids: string[]) => apiV2Products.productOrderStates(ids, call());

  test("of one and of many, numbers and texts alike", async () => {
    wire.says({ body: { charge: 7.5, status: "Completed", result: "c85c1d1a" } });
    expect(await ask("123")).toEqual({
      ok: true,
      value: new Map([["123", stateOf({ charge: amount("7.5"), result: "c85c1d1a" })]]),
    });
    wire.says({
      body: {
        "123": { charge: "6.00", status: "partial", remains: "3", result: " A \nB\n" },
        "456": { error: "Incorrect order ID" },
        "789": { charge: 0, status: "Cancelled", note: "Out of\nstock" },
        "790": { charge: 0, status: "In progress", result: ["A", "B"] },
      },
    });
    const said = await ask("123", "456", "789", "790");
    if (!said.ok) throw new Error(said.refusal.reason);
    expect(Object.fromEntries(said.value)).toEqual({
      "123": {
        ...stateOf({ charge: amount("6"), status: "partial", word: "partial", remains: 3 }),
        result: " A \nB\n",
      },
      "456": { kind: "missing", reason: "Incorrect order ID" },
      "789": stateOf({ charge: 0n, status: "canceled", word: "Cancelled", note: "Out of stock" }),
      "790": stateOf({
        charge: 0n,
        status: "in_progress",
        word: "In progress",
        result: ["A", "B"],
      }),
    });
  });

  test("hide the goods from notes and reasons, whatever comes", async () => {
    const secret = "SECRET-KEY-1";
    const bodies = [
      JSON.stringify({ charge: 1, status: "Completed", result: secret, extra: [secret] }),
      JSON.stringify({ [secret]: { status: "Completed", code: { text: secret } } }),
      `<html>${secret}</html>`,
      secret,
      JSON.stringify([secret]),
      `{"status":"Completed","result":"${secret}`,
    ];
    for (const body of bodies) {
      for (const status of [200, 500, 429]) {
        notes.length = 0;
        wire.says({ body, status });
        const said = await ask("1");
        expect(JSON.stringify(notes)).not.toContain(secret);
        if (!said.ok) expect(JSON.stringify(said)).not.toContain(secret);
      }
    }
  });

  test("items are listed one by one, or there is no such action", async () => {
    wire.says({ body: { result: ["a\nb", "c"] } });
    expect(await apiV2Products.listItems("1", call())).toEqual({ ok: true, value: ["a\nb", "c"] });
    wire.says({ body: { error: "Incorrect request" } });
    expect(await apiV2Products.listItems("1", call())).toEqual({ ok: true, value: undefined });
    wire.says({ body: "", status: 502 });
    expect(await apiV2Products.listItems("1", call())).toMatchObject({ ok: false });
  });
});

function stateOf(state: Record<string, unknown>): Record<string, unknown> {
  return {
    kind: "state",
    status: "completed",
    word: "Completed",
    charge: undefined,
    remains: undefined,
    note: undefined,
    result: undefined,
    ...state,
  };
}
