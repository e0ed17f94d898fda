import { describe, expect, test } from "vitest";
import { RefusedError, UnreadableError } from "panelwright-sdk";
import type { Each, Service } from "panelwright-sdk";
import { answering, scriptedPanel } from "./scripted-panel.ts";

// Shapes of panels that are deployed; which engine answers what stands beside each.

const order = { service: 1, link: "https://example.com/a", quantity: 100 };

async function servicesOf(answer: unknown): Promise<readonly Service[]> {
  return (await answering({ services: answer })).client().services();
}

describe("the price list", () => {
  test.each<[string, unknown, Partial<Service>]>([
    [
      "PerfectPanel: ids and bounds as text",
      {
        service: "7599",
        name: "A",
        type: "Default",
        rate: "18.75",
        min: "100",
        max: "500000",
        dripfeed: false,
        refill: false,
        cancel: true,
        category: "Coins",
      },
      { service: 7599, rate: "18.75", min: 100, max: 500_000, dripfeed: false, cancel: true },
    ],
    [
      "SmartPanel: lower-case types, flags as text",
      {
        service: "378",
        name: "B",
        category: "C",
        rate: "0.6000",
        min: "50",
        max: "100000",
        type: "custom_comments",
        desc: "fast",
        dripfeed: "0",
      },
      {
        service: 378,
        type: "Custom Comments",
        rate: "0.6000",
        dripfeed: false,
        description: "fast",
      },
    ],
    [
      "numbers throughout, and a platform",
      {
        service: 1475,
        name: "D",
        category: "E",
        platform: "Bigo",
        rate: 0.41022,
        min: 10,
        max: 20_000,
        type: "Default",
        refill: false,
      },
      { service: 1475, rate: "0.41022", min: 10, max: 20_000, refill: false, cancel: null },
    ],
    [
      "no bounds at all",
      { service: "52", name: "F", category: "G", rate: 2.8, type: "default", dripfeed: 0 },
      { service: 52, type: "Default", rate: "2.8", min: null, max: null, dripfeed: false },
    ],
    [
      "true and false in letters, prices in thousands",
      {
        service: "10101461",
        category: "H",
        type: "Default",
        rate: 880,
        name: "I",
        min: 10,
        max: 1_000_000,
        cancel: "false",
        refill: "true",
      },
      { service: 10_101_461, rate: "880", cancel: false, refill: true },
    ],
    [
      "zeros and ones",
      {
        name: "J",
        rate: 9600,
        min: 0,
        max: 0,
        type: "default",
        refill: 0,
        cancel: 1,
        service: 3,
        category: "K",
      },
      { service: 3, refill: false, cancel: true, min: 0, max: 0 },
    ],
    [
      "a type that nobody knows, an id that is no number, a tiny rate",
      { service: "x-9", name: "L", type: "fb_viplike", rate: 1e-7, category: 4 },
      { service: "x-9", type: "fb_viplike", rate: "0.0000001", category: "4" },
    ],
  ])("of %s", async (_, row, expected) => {
    expect(await servicesOf([row])).toMatchObject([expected]);
  });

  test.each([
    ["in an object", { status: "success", data: [{ service: 1, rate: "1" }] }],
    ["under its name", { services: [{ service: 1, rate: "1" }] }],
    ["by id", { "1": { service: 1, rate: "1" } }],
    ["with rows that cannot be ordered", [{ service: 1, rate: "1" }, null, { name: "no id" }]],
  ])("is found %s", async (_, answer) => {
    expect((await servicesOf(answer)).map(({ service }) => service)).toEqual([1]);
  });

  test.each([
    ["SmartPanel", { status: "success", data: "Empty Data" }],
    ["others", []],
  ])("of %s is empty when nothing is sold", async (_, answer) => {
    expect(await servicesOf(answer)).toEqual([]);
  });

  test("is refused in the place of the list", async () => {
    const sentence = "API is Disable for this user or User Not Found! Contact the Support";

    await expect(servicesOf({ error: sentence })).rejects.toMatchObject({
      name: "RefusedError",
      kind: "auth",
      message: sentence,
    });
  });

  test("is read behind a byte-order mark and the warnings of PHP", async () => {
    const warning =
      "<br />\n<b>Warning</b>: Undefined index [id] in <b>x.php</b> on line <b>3</b>\n";
    const panel = await scriptedPanel(() => ({
      text: `\uFEFF${warning}[{"service":"5","name":"\\u00e9\\/","rate":"0.5"}]`,
    }));

    expect(await panel.client().services()).toMatchObject([{ service: 5, name: "é/" }]);
  });

  test("that has not changed is not fetched again", async () => {
    const list = [{ service: 1, rate: "1" }];
    const panel = await scriptedPanel(({ headers }) =>
      headers["if-none-match"] === '"a"'
        ? { text: "", status: 304, headers: { ETag: '"a"' } }
        : { json: list, headers: { ETag: '"a"' } },
    );
    const client = panel.client();

    const first = await client.services();

    expect(await client.services()).toBe(first);
    expect(panel.asked).toHaveLength(2);
  });
});

describe("a placed order", () => {
  test.each([
    ["a number", { order: 23501 }, 23501],
    ["a text", { order: "23501" }, 23501],
    ["with a status beside it", { status: "success", order: 23501 }, 23501],
    ["with a number for a status", { status: 100, order: "23501" }, 23501],
    ["inside data", { status: "success", data: { order: 23501 } }, 23501],
    ["inside an object", { order: { id: 23501 } }, 23501],
    ["under another name", { order_id: "23501" }, 23501],
    ["no number", { order: "0190f2c4-aaaa" }, "0190f2c4-aaaa"],
    ["with an empty error", { order: 23501, error: "" }, 23501],
    ["with a remark", { order: 23501, error: "balance is low" }, 23501],
  ])("has an id: %s", async (_, answer, id) => {
    const panel = await answering({ add: answer });

    expect((await panel.client().order(order)).order).toBe(id);
  });

  test("has an id of twenty digits, and keeps all of them", async () => {
    const panel = await scriptedPanel(() => ({ text: '{"order":12345678901234567891}' }));

    expect((await panel.client().order(order)).order).toBe("12345678901234567891");
  });

  test.each([
    ["a text", { error: "Bad Link" }, 200],
    ["an object", { error: { message: "Bad Link", code: 7 } }, 200],
    ["a list", { error: ["Bad Link"] }, 200],
    ["a status and a message", { status: "error", message: "Bad Link" }, 200],
    ["no success and a message", { success: false, message: "Bad Link" }, 400],
    ["a numbered status beside it", { error: "Bad Link", status: "107" }, 200],
    ["errors by field", { message: "Invalid.", errors: { link: ["Bad Link"] } }, 422],
    ["a message alone, with a status", { message: "Bad Link" }, 422],
    ["a bare text", "Bad Link", 200],
  ])("is refused with %s", async (_, json, status) => {
    const panel = await scriptedPanel(() => ({ json, status }));

    await expect(panel.client().order(order)).rejects.toMatchObject({
      name: "RefusedError",
      kind: "input",
      code: "bad_link",
      field: "link",
    });
    expect(panel.asked).toHaveLength(1);
  });
});

describe("the state of an order", () => {
  test.each([
    [
      "text throughout",
      {
        charge: "0.27819",
        start_count: "3572",
        status: "Partial",
        remains: "157",
        currency: "USD",
      },
      { charge: "0.27819", startCount: 3572, status: "Partial", remains: 157, currency: "USD" },
    ],
    [
      "no currency, more delivered than ordered",
      { charge: "2.5", start_count: null, status: "Completed", remains: "-2" },
      { charge: "2.5", startCount: null, remains: -2, currency: "EUR" },
    ],
    [
      "numbers, and a name misspelt",
      { charge: 0.5, start_counter: 10, status: "In progress", remains: 0 },
      { charge: "0.5", startCount: 10, remains: 0 },
    ],
    [
      "words for what is not known",
      { charge: "1", start_count: "N/A", status: "Pending", remains: "Unknown" },
      { startCount: null, remains: null },
    ],
    ["an own spelling", { status: "Inprogress", charge: "1" }, { status: "In progress" }],
    ["the British spelling", { status: "Cancelled", charge: "0" }, { status: "Canceled" }],
    ["an own word", { status: "Awaiting" }, { status: "Unknown", statusText: "Awaiting" }],
    [
      "a subscription",
      { status: "Active", expiry: "31/12/2026", posts: "5", orders: ["10", 11] },
      { status: "Active", expiry: "31/12/2026", posts: 5, orders: [10, 11], charge: null },
    ],
    [
      "a drip-feed",
      { status: "In progress", runs: 3, orders: [1, 2] },
      { runs: 3, orders: [1, 2] },
    ],
    [
      "wrapped",
      { status: "success", data: { charge: "1.00", status: "Pending", remains: "5" } },
      { status: "Pending", charge: "1.00", remains: 5 },
    ],
  ])("of a panel with %s", async (_, answer, expected) => {
    const panel = await answering({ status: answer });

    expect(await panel.client({ currency: "EUR" }).status(1)).toMatchObject(expected);
  });

  test.each([
    ["Order not found.", { error: "Order not found.", status: "104" }],
    ["Incorrect order ID", { error: "Incorrect order ID" }],
  ])("is refused with %s", async (message, answer) => {
    const panel = await answering({ status: answer });

    await expect(panel.client().status(1)).rejects.toMatchObject({ message, kind: "missing" });
  });
});

const one = { charge: "1.00", start_count: "5", status: "Pending", remains: "10" };

describe("the states of several orders", () => {
  test.each([
    ["by id, as documented", { "1": one, "2": { error: "Incorrect order ID" } }],
    ["SmartPanel: a bare text", { "1": one, "2": "Incorrect order ID" }],
    [
      "CL: a status beside the error",
      { "1": one, "2": { error: "Order not found.", status: "104" } },
    ],
    [
      "a list",
      [
        { order: 1, ...one },
        { order: "2", error: "Incorrect order ID" },
      ],
    ],
    ["inside data", { status: "success", data: { "1": one, "2": { error: "Order not found" } } }],
    [
      "by name",
      {
        orders: [
          { id: 1, ...one },
          { id: 2, error: "Incorrect Order ID" },
        ],
      },
    ],
  ])("come %s", async (_, answer) => {
    const panel = await answering({ status: answer });

    const [known, unknown] = await panel.client().statuses([1, 2]);

    expect(known).toMatchObject({ id: 1, ok: true, value: { status: "Pending", charge: "1.00" } });
    expect(unknown).toMatchObject({ id: 2, ok: false, error: { kind: "missing" } });
  });

  test("come flat where one was asked for", async () => {
    const panel = await answering({ status: one });

    expect(await panel.client().statuses([7])).toMatchObject([{ id: 7, ok: true }]);
  });

  test("stand in the order of the question, and a missing one says so", async () => {
    const panel = await answering({ status: { "2": one, "1": one } });

    const states = await panel.client().statuses([2, 3, 1, 2]);

    expect(states.map(({ id, ok }) => [id, ok])).toEqual([
      [2, true],
      [3, false],
      [1, true],
      [2, true],
    ]);
    expect(errorOf(states[1])).toBeInstanceOf(UnreadableError);
  });

  test("are nothing where nothing was asked, without asking", async () => {
    const panel = await answering({});

    expect(await panel.client().statuses([])).toEqual([]);
    expect(panel.asked).toHaveLength(0);
  });

  test("are all unknown where PHP writes its empty object", async () => {
    const panel = await answering({ status: [] });

    expect((await panel.client().statuses([1, 2])).map(({ ok }) => ok)).toEqual([false, false]);
  });
});

describe("a refill", () => {
  test.each([
    ["an id as text", { refill: "1" }, 1],
    ["an id", { refill: 1 }, 1],
    ["words beside it", { success: "Refill taken", refill: 12345 }, 12345],
    ["words alone", { status: "Success", message: "Refill has been placed" }, null],
  ])("is taken with %s", async (_, answer, refill) => {
    const panel = await answering({ refill: answer });

    expect(await panel.client().refill(1)).toEqual({ refill });
  });

  test.each([
    ["flat", { error: "Refill is disabled for this service" }],
    ["nested", { refill: { error: "Refill is disabled for this service" } }],
  ])("is refused %s", async (_, answer) => {
    const panel = await answering({ refill: answer });

    await expect(panel.client().refill(1)).rejects.toMatchObject({
      kind: "state",
      code: "refill_disabled",
    });
  });

  test.each([
    ["nested", { order: 3, refill: { error: "Incorrect order ID" } }],
    ["flat", { order: 3, error: "Incorrect order ID" }],
    ["bare", { order: 3, refill: "Incorrect order ID" }],
  ])("of several is refused %s", async (_, refused) => {
    const panel = await answering({ refill: [{ order: 1, refill: 1 }, refused] });

    const [taken, missing] = await panel.client().refills([1, 3]);

    expect(taken).toEqual({ id: 1, ok: true, value: { refill: 1 } });
    expect(missing).toMatchObject({ ok: false, error: { kind: "missing" } });
  });

  test.each([
    [{ status: "Completed" }, "Completed"],
    [{ status: "inprogress" }, "In progress"],
    [{ status: "Error" }, "Error"],
    [{ status: "Cancelled" }, "Unknown"],
  ])("has a state: %j", async (answer, status) => {
    const panel = await answering({ refill_status: answer });

    expect((await panel.client().refillStatus(1)).status).toBe(status);
  });

  test.each(["Refill not found", "Incorrect refill ID"])("has none: %s", async (sentence) => {
    const panel = await answering({
      refill_status: [
        { refill: 1, status: "Completed" },
        { refill: 3, status: { error: sentence } },
      ],
    });

    const [known, unknown] = await panel.client().refillStatuses([1, 3]);

    expect(known).toMatchObject({ ok: true, value: { status: "Completed" } });
    expect(unknown).toMatchObject({ ok: false, error: { kind: "missing", message: sentence } });
  });
});

describe("a cancel", () => {
  test.each([
    ["the documented list", [{ order: 2, cancel: 1 }]],
    ["a text for a one", { cancel: "1" }],
    ["words", { success: "Cancellation request added" }],
    ["a status", { status: "success", message: "Cancellation request added" }],
    ["an id", { cancel: 77, status: "Success" }],
    ["by id", { "2": { cancel: "requested" } }],
    ["a list of what was cancelled", { canceled: [2] }],
  ])("is taken with %s", async (_, answer) => {
    const panel = await answering({ cancel: answer });

    expect(await panel.client().cancel([2])).toEqual([{ id: 2, ok: true, value: true }]);
  });

  test("is refused in its place", async () => {
    const panel = await answering({
      cancel: [
        { order: 9, cancel: { error: "Incorrect order ID" } },
        { order: 2, cancel: 1 },
      ],
    });

    const [refused, taken] = await panel.client().cancel([9, 2]);

    expect(errorOf(refused)).toBeInstanceOf(RefusedError);
    expect(taken?.ok).toBe(true);
  });

  test("is asked for one by one where the panel takes no lists", async () => {
    const panel = await answering({ cancel: { cancel: "1" } });

    const results = await panel.client({ idsPerRequest: 1 }).cancel([4, 5]);

    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    expect(panel.asked.map(({ fields }) => fields["order"])).toEqual(["4", "5"]);
    expect(panel.asked.some(({ fields }) => "orders" in fields)).toBe(false);
  });
});

describe("the balance", () => {
  test.each([
    [
      { balance: "100.84292", currency: "USD" },
      { balance: "100.84292", currency: "USD" },
    ],
    [{ balance: 68.6868 }, { balance: "68.6868", currency: "EUR" }],
    [
      { status: "success", data: { balance: "5" } },
      { balance: "5", currency: "EUR" },
    ],
    [
      { balance: "1,234.50", currency: "USD" },
      { balance: "1234.50", currency: "USD" },
    ],
    [
      { balance: -1e-7, currency: "USD" },
      { balance: "-0.0000001", currency: "USD" },
    ],
  ])("of %j", async (answer, expected) => {
    const panel = await answering({ balance: answer });

    expect(await panel.client({ currency: "EUR" }).balance()).toEqual(expected);
  });
});

describe("products of 1DG", () => {
  test("are listed, ordered and delivered", async () => {
    const panel = await answering({
      products: [
        {
          product: 1,
          name: "Mail",
          require: "Your mail",
          rate: 0.5,
          min: 1,
          max: 10,
          category: "A",
          status: "In stock",
          inventory: 99,
          type: "Auto",
        },
        {
          product: 2,
          name: "Help",
          rate: 2,
          min: 1,
          max: 1,
          category: "B",
          status: "Out of stock",
          type: "Service",
        },
      ],
      add_product_order: { order: 99_999 },
      product_order_status: { charge: 6, status: "Partial", remains: 3, result: "a\nb" },
      result_product: { result: ["a", "b"] },
    });
    const client = panel.client();

    const products = await client.products();
    const placed = await client.orderProduct({
      product: 1,
      quantity: 5,
      require: "me@example.com",
    });

    expect(products).toMatchObject([
      { product: 1, rate: "0.5", isInStock: true, inventory: 99, require: "Your mail" },
      { product: 2, rate: "2", isInStock: false, inventory: null, require: null },
    ]);
    expect(placed.order).toBe(99_999);
    expect(await client.productStatus(99_999)).toEqual({
      status: "Partial",
      statusText: "Partial",
      charge: "6",
      remains: 3,
      result: ["a", "b"],
      note: null,
    });
    expect(await client.productResult(99_999)).toEqual(["a", "b"]);
    expect(panel.asked[1]?.fields).toMatchObject({ product: "1", quantity: "5" });
  });

  test("have their states by id", async () => {
    const panel = await answering({
      product_order_status: {
        "1": { charge: 0, status: "Canceled", note: "out of stock" },
        "2": { error: "Incorrect order ID" },
      },
    });

    const [canceled, unknown] = await panel.client().productStatuses([1, 2]);

    expect(canceled).toMatchObject({ value: { charge: "0", note: "out of stock" } });
    expect(unknown).toMatchObject({ error: { kind: "missing" } });
  });
});

test("a list of orders is read by the names that others have for it too", async () => {
  const panel = await answering({
    orders: [
      {
        id: "5",
        service: "1",
        link: "a",
        quantity: "100",
        status: "Completed",
        charge: 0.5,
        date: "2026-01-01 10:00:00",
      },
    ],
  });

  expect(await panel.client().orders({ limit: 1 })).toMatchObject([
    { order: 5, service: 1, quantity: 100, status: "Completed", charge: "0.5", requestId: null },
  ]);
});

function errorOf(result: Each<unknown> | undefined): unknown {
  return result === undefined || result.ok ? undefined : result.error;
}
