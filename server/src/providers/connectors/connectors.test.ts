import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OutgoingOrder, ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { testCall } from "#test/provider-call.ts";
import { testPanel } from "#test/panel.ts";
import { startWireProvider } from "#test/wire-provider.ts";
import type { Said, WireProvider } from "#test/wire-provider.ts";
import type { OrderId } from "#values/ids.ts";
import { connectors, findConnector } from "./index.ts";

const panel = testPanel();
let scripted: WireProvider;
let reseller = "";

beforeAll(async () => {
  scripted = await startWireProvider();
  await panel.addService({ refill: true, cancel: true });
  reseller = (await panel.addCustomer()).key;
});
afterAll(() => scripted.close());

/** A small panel of each variety: one order with the number 5, one refill with the number 6. */
const varieties: Readonly<Record<string, (fields: URLSearchParams) => unknown>> = {
  PerfectPanel: (fields) => {
    const ids = (name: string) => (fields.get(name) ?? "").split(",");
    const state = {
      charge: "0.09",
      start_count: null,
      status: "In progress",
      remains: "100",
      currency: "USD",
    };
    const unknown = { error: "Incorrect order ID" };
    switch (fields.get("action")) {
      case "add":
        return { order: 5 };
      case "status":
        if (!fields.has("orders")) return fields.get("order") === "5" ? state : unknown;
        return Object.fromEntries(ids("orders").map((id) => [id, id === "5" ? state : unknown]));
      case "balance":
        return { balance: "99.91", currency: "USD" };
      case "services":
        return [
          { service: "1", name: "A", type: "Default", rate: "0.90", min: "50", max: "10000" },
        ];
      case "refill":
        return fields.get("order") === "5" ? { refill: "6" } : unknown;
      case "refill_status":
        return fields.get("refill") === "6" ? { status: "Pending" } : { error: "Refill not found" };
      case "cancel":
        return ids("orders").map((id) => ({ order: Number(id), cancel: id === "5" ? 1 : unknown }));
      default:
        return { error: "Incorrect request" };
    }
  },
  "a PHP clone": (fields) => {
    const ids = (fields.get("orders") ?? fields.get("order") ?? "").split(",");
    const unknown = { error: "Order not found.", status: "104" };
    const stateOf = (id: string) =>
      id === "5"
        ? { charge: 0.09, start_count: "0", status: "Inprogress", remains: "100" }
        : unknown;
    switch (fields.get("action")) {
      case "add":
        return { status: 100, order: "5" };
      case "status":
        return ids.length === 1
          ? stateOf(ids[0] ?? "")
          : Object.fromEntries(ids.map((id) => [id, stateOf(id)]));
      case "balance":
        return { status: "success", balance: "99.91", currency: "USD" };
      case "services":
        return [
          { service: 1, name: "A", type: "Default", rate: 0.9, min: 50, max: 10000, refill: "1" },
        ];
      case "refill":
        return fields.get("order") === "5" ? { refill: 6, status: 200, message: "done" } : unknown;
      case "refill_status":
        return fields.get("refill") === "6" ? { status: "pending" } : { error: "Refill not found" };
      case "cancel":
        return ids[0] === "5"
          ? { status: "success", message: "Cancellation request added" }
          : unknown;
      default:
        return { error: "Incorrect method name" };
    }
  },
  SmartPanel: (fields) => {
    const ids = (fields.get("orders") ?? fields.get("order") ?? "").split(",");
    const state = (id: string) => ({
      order: id,
      charge: "0.0900",
      start_count: "0",
      status: "In progress",
      remains: "100",
    });
    switch (fields.get("action")) {
      case "add":
        return { status: "success", order: 5 };
      case "status":
        if (!fields.has("orders"))
          return ids[0] === "5" ? state("5") : { error: "Incorrect order ID" };
        return Object.fromEntries(
          ids.map((id) => [id, id === "5" ? state(id) : "Incorrect order ID"]),
        );
      case "balance":
        return { status: "success", balance: "99.91", currency: "USD" };
      case "services":
        return [
          {
            service: "1",
            name: "A",
            type: "default",
            rate: "0.9000",
            min: "50",
            max: "10000",
            desc: "",
            dripfeed: "0",
          },
        ];
      case "refill":
        return ids[0] === "5"
          ? { success: "Refill requested", refill: 6 }
          : { error: "Order not eligible for refill." };
      case "refill_status":
        return fields.get("refill") === "6"
          ? { status: "Pending" }
          : { error: "Refill Request Not found" };
      case "cancel":
        return ids[0] === "5" ? { cancel: "1" } : { error: "Incorrect order ID" };
      default:
        return { error: "This action is invalid" };
    }
  },
};

type Case = { readonly connector: ProviderConnector; readonly call: () => ProviderCall };

const remote = findConnector("api-v2");
if (remote === undefined) throw new Error("there is no api-v2");
const cases: (readonly [string, Case])[] = [
  ...Object.entries(connectors)
    .filter(([, connector]) => !connector.isRemote)
    .map(([name, connector]) => [name, { connector, call: () => testCall("", "") }] as const),
  ["api-v2 with a second panel", { connector: remote, call: () => testCall(panel.url, reseller) }],
  ...Object.entries(varieties).map(([name, answer]) => {
    const said: Said = (_request, response, fields) => response.end(JSON.stringify(answer(fields)));
    const call = () => {
      scripted.says(said);
      return testCall(scripted.url, "0123456789abcdef");
    };
    return [`api-v2 with ${name}`, { connector: remote, call }] as const;
  }),
];

const order: OutgoingOrder = {
  orderId: 77 as OrderId,
  requestId: "pw-test-77-1",
  providerService: "1",
  type: "Default",
  link: "https://example.com/p/1",
  quantity: 100,
  runs: undefined,
  intervalMinutes: undefined,
  fields: {},
};

test("every connector of the registry goes by its name and is tried here", () => {
  const tried = new Set(cases.map(([, { connector }]) => connector.name));

  expect(Object.values(connectors).map(({ name }) => name)).toEqual(Object.keys(connectors));
  expect(Object.keys(connectors).filter((name) => !tried.has(name))).toEqual([]);
});

describe.each(cases)("%s", (_name, { connector, call }) => {
  test("takes an order, or leaves it to an operator", async () => {
    const outcome = await connector.placeOrder(order, call());
    expect(["accepted", "by_hand"]).toContain(outcome.kind);
    if (outcome.kind === "accepted") expect(outcome.providerOrder).toMatch(/^\S{1,100}$/);
  });

  test("says how its orders are, and makes up nothing for those that it does not know", async () => {
    const outcome = await connector.placeOrder(order, call());
    const known = outcome.kind === "accepted" ? [outcome.providerOrder] : [];
    const asked = [...known, "999999999999999"];

    const states = must(await connector.orderStates(asked, call()));

    expect([...states.keys()].every((id) => asked.includes(id))).toBe(true);
    for (const id of known) expect(states.get(id)).toMatchObject({ kind: "state" });
    expect(states.get("999999999999999")?.kind).not.toBe("state");
    expect(must(await connector.orderStates([], call())).size).toBe(0);
    expect(connector.statesMax({})).toBeGreaterThan(0);
  });

  test("refuses settings that it does not have, and stores those that it has as it reads them", () => {
    const refused = connector.checkSettings({ no_such_setting: "x" });
    expect(refused).toMatchObject({ ok: false, refusal: { setting: "no_such_setting" } });
    expect(connector.checkSettings({})).toEqual({ ok: true, value: {} });
  });

  test("answers what it can do beyond that", async () => {
    const placed = await connector.placeOrder(order, call());
    const id = placed.kind === "accepted" ? placed.providerOrder : "5";
    if (connector.account !== undefined) {
      const { balance, currency } = must(await connector.account.balance(call()));
      expect(balance).toBeGreaterThan(0n);
      expect(currency).toBe("USD");
    }
    if (connector.catalog !== undefined) {
      expect(must(await connector.catalog.listServices(call()))).toContain("Default".slice(1));
    }
    if (connector.cancels !== undefined) {
      const { kind } = await connector.cancels.cancel(id, call());
      expect(kind).toBe(connector.isRemote ? "taken" : "ended");
      expect(await connector.cancels.cancel("999", call())).toMatchObject({ kind: "refused" });
    }
    if (connector.refills !== undefined) {
      const refused = await connector.refills.refill("999999999999999", call());
      expect(refused).toMatchObject({ kind: "refused" });
      const missing = must(await connector.refills.refillStates(["999999"], call()));
      expect(missing.get("999999")?.kind).not.toBe("state");
    }
    if (connector.lookup?.canFind({ honours_request_id: true }) === true) {
      expect(connector.lookup.canFind({})).toBe(false);
    }
  });
});

describe("a refill", () => {
  test.each(cases.filter(([name]) => !name.includes("second panel")))(
    "of %s is taken and followed by its number",
    async (_name, { connector, call }) => {
      if (connector.refills === undefined) return;
      const placed = await connector.placeOrder(order, call());
      const id = placed.kind === "accepted" ? placed.providerOrder : "5";

      const taken = await connector.refills.refill(id, call());

      expect(taken).toMatchObject({ kind: "taken", providerRefill: expect.any(String) });
      const refill = taken.kind === "taken" ? (taken.providerRefill ?? "") : "";
      const states = must(await connector.refills.refillStates([refill], call()));
      expect(states.get(refill)).toMatchObject({ kind: "state", status: "pending" });
    },
  );

  test("of the sandbox goes on by steps and comes to its end", async () => {
    const { sandbox } = connectors;
    const now = Date.now();
    const at = (ms: number) => testCall("", "", { now: now + ms, settings: { step_ms: 100 } });
    const placed = await sandbox.placeOrder(order, at(0));
    if (placed.kind !== "accepted") throw new Error("not accepted");
    const taken = await sandbox.refills?.refill(placed.providerOrder, at(0));
    const refill = taken?.kind === "taken" ? (taken.providerRefill ?? "") : "";
    const words: string[] = [];
    for (const ms of [0, 100, 199, 200, 5000]) {
      const states = await sandbox.refills?.refillStates([refill], at(ms));
      const state = states?.ok === true ? states.value.get(refill) : undefined;
      words.push(state?.kind === "state" ? state.word : "missing");
    }
    expect(words).toEqual(["pending", "in_progress", "in_progress", "completed", "completed"]);
  });
});

test("an order placed under a request id is found by it, and placed once, in a second panel", async () => {
  const more = { settings: { honours_request_id: true } };
  const again = { ...order, requestId: "pw-test-once" };

  const first = await remote.placeOrder(again, testCall(panel.url, reseller, more));
  const second = await remote.placeOrder(again, testCall(panel.url, reseller, more));
  const found = await remote.lookup?.findOrder("pw-test-once", testCall(panel.url, reseller, more));
  const never = await remote.lookup?.findOrder("pw-never", testCall(panel.url, reseller, more));
  const other = { ...again, quantity: 200 };
  const conflict = await remote.placeOrder(other, testCall(panel.url, reseller, more));

  expect(first).toMatchObject({ kind: "accepted" });
  expect(second).toEqual(first);
  const number = first.kind === "accepted" ? first.providerOrder : "";
  expect(found).toMatchObject({ ok: true, value: { providerOrder: number, charge: 9_000_000n } });
  expect(never).toEqual({ ok: true, value: undefined });
  // Something stands under that id: it must not be taken for a refusal.
  expect(conflict).toMatchObject({ kind: "unknown" });
});

function must<Value>(result: { ok: true; value: Value } | { ok: false; refusal: object }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}
