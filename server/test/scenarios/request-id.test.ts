import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import type { Panel } from "#panel.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { startPanelProcess } from "./panel-process.ts";

const panel = testPanel();
let service: ServiceId;
let other: Panel;

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});

afterEach(async () => {
  const { rows } = await panel.ctx.db.query(
    "select account_id, request_id from orders group by 1, 2 having count(*) > 1 and request_id is not null",
  );
  expect(rows).toEqual([]);
});

async function freshShop(balance = "100"): Promise<TestCustomer> {
  service = await panel.addService({ rate: amount("10"), min: 1 });
  return panel.addCustomer({ balance });
}

type Fields = Readonly<Record<string, string | number>>;

const order = (fields: Fields = {}): Fields => ({
  action: "add",
  service,
  link: "a",
  quantity: 100,
  ...fields,
});

async function add(
  key: string,
  fields: Fields,
  options: { readonly url?: string | undefined; readonly headers?: Record<string, string> } = {},
): Promise<unknown> {
  const all: Fields = { key, ...fields };
  const pairs = Object.entries(all).map(([name, value]): [string, string] => [name, String(value)]);
  const response = await fetch(`${options.url ?? panel.url}/api/v2`, {
    method: "POST",
    body: new URLSearchParams(pairs),
    headers: options.headers ?? {},
  });
  return response.json();
}

const balanceOf = async (customer: TestCustomer) =>
  (await add(customer.key, { action: "balance" })) as { balance: string };

describe("the same request again", () => {
  test("answers the same order and charges once, on every process and with every key", async () => {
    const customer = await freshShop();
    const second = must(await createKey(panel.ctx, tester, customer.id, apiKeyTermsDefault));
    const request = order({ request_id: "r1" });

    const first = await add(customer.key, request);
    const answers = [
      await add(customer.key, request),
      await add(customer.key, request, { url: other.url }),
      await add(second.key, request),
      await add(second.key, order(), { headers: { "Idempotency-Key": "r1" } }),
    ];

    expect(first).toEqual({ order: expect.any(Number) });
    expect(answers).toEqual([first, first, first, first]);
    expect(await balanceOf(customer)).toMatchObject({ balance: "99.00" });
  });

  test("is recognised by a process that was started later", async () => {
    const customer = await freshShop();
    const request = order({ request_id: "r1" });
    const first = await add(customer.key, request);

    const later = await panel.openAnother(["api"]);

    expect(await add(customer.key, request, { url: later.url })).toEqual(first);
  });

  test("many times at once on two processes places one order", async () => {
    const customer = await freshShop();
    const request = order({ request_id: "r1" });

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        add(customer.key, request, { url: index % 2 === 0 ? panel.url : other.url }),
      ),
    );

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await balanceOf(customer)).toMatchObject({ balance: "99.00" });
  });

  test("answers the same order when the price has changed, and costs no more", async () => {
    const customer = await freshShop();
    const request = order({ request_id: "r1", max_charge: "1.00" });
    const first = await add(customer.key, request);

    must(await changeService(panel.ctx, tester, service, () => ({ rate: amount("50") })));

    expect(await add(customer.key, request)).toEqual(first);
    expect(await add(customer.key, request, { url: other.url })).toEqual(first);
    expect(await balanceOf(customer)).toMatchObject({ balance: "99.00" });
  });

  test("answers the same order when the service is disabled or its bounds have moved", async () => {
    const customer = await freshShop();
    const request = order({ request_id: "r1" });
    const first = await add(customer.key, request);

    must(await changeService(panel.ctx, tester, service, () => ({ min: 500 })));
    expect(await add(customer.key, request, { url: other.url })).toEqual(first);
    must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));
    expect(await add(customer.key, request)).toEqual(first);
    expect(await add(customer.key, request, { url: other.url })).toEqual(first);
    expect(await add(customer.key, order({ request_id: "r2" }))).toEqual({
      error: "Incorrect service ID",
    });
  });

  test("answers the same order when the balance is spent", async () => {
    const customer = await freshShop("1");
    const request = order({ request_id: "r1" });
    const first = await add(customer.key, request);

    expect(await add(customer.key, request)).toEqual(first);
    expect(await add(customer.key, order())).toEqual({ error: "Not enough funds on balance" });
  });

  test("is the same however it is written", async () => {
    const customer = await freshShop();
    const first = await add(customer.key, order({ request_id: " r1 " }));

    const answer = await add(customer.key, order({ request_id: "r1", link: " a ", runs: "" }));

    expect(answer).toEqual(first);
  });
});

test("orders whose process was killed are found by asking again, each once", async () => {
  const customer = await freshShop();
  const requests = Array.from({ length: 60 }, (_, index) => order({ request_id: `r${index}` }));
  const doomed = await startPanelProcess(panel.database.url);
  const asked = requests.map((request) =>
    add(customer.key, request, { url: doomed.url }).catch(() => undefined),
  );

  await Promise.any(
    asked.map(async (answer) => (await answer) ?? Promise.reject(new Error("none"))),
  );
  await doomed.kill();
  const heard = await Promise.all(asked);
  const later = await startPanelProcess(panel.database.url);
  const again = await Promise.all(
    requests.map((request) => add(customer.key, request, { url: later.url })),
  );
  await later.stop();

  heard.forEach((answer, index) => {
    if (answer !== undefined) expect(again[index]).toEqual(answer);
  });
  expect(new Set(again.map((answer) => JSON.stringify(answer))).size).toBe(60);
  expect(await balanceOf(customer)).toMatchObject({ balance: "40.00" });
});

describe("another request under the same request id", () => {
  test.each([{ quantity: 101 }, { link: "b" }])(
    "with %j is refused and not charged",
    async (change) => {
      const customer = await freshShop();
      await add(customer.key, order({ request_id: "r1" }));

      for (const url of [panel.url, other.url]) {
        const answer = await add(customer.key, order({ request_id: "r1", ...change }), { url });
        expect(answer).toEqual({ error: "This request_id was used for another order" });
      }
      expect(await balanceOf(customer)).toMatchObject({ balance: "99.00" });
    },
  );

  test("of another customer is a request of its own", async () => {
    const customer = await freshShop();
    const stranger = await panel.addCustomer();
    const request = order({ request_id: "r1" });

    const first = await add(customer.key, request);
    const second = await add(stranger.key, request);

    expect(second).toEqual({ order: expect.any(Number) });
    expect(second).not.toEqual(first);
  });
});

test("a refusal is not remembered: the same request is decided anew", async () => {
  const customer = await freshShop("0");
  const request = order({ request_id: "r1" });
  expect(await add(customer.key, request)).toEqual({ error: "Not enough funds on balance" });

  const deposit = { accountId: customer.id, amount: amount("1"), idempotencyKey: "d" };
  must(await recordDeposit(panel.ctx, tester, deposit));

  expect(await add(customer.key, request)).toEqual({ order: expect.any(Number) });
  expect(await balanceOf(customer)).toMatchObject({ balance: "0.00" });
});

test("request ids of 128 characters are taken, longer and unprintable ones are refused", async () => {
  const customer = await freshShop();
  const refusal = { error: "Incorrect request_id, expected 1 to 128 printable characters" };

  const taken = await add(customer.key, order({ request_id: "r".repeat(128) }));

  expect(taken).toEqual({ order: expect.any(Number) });
  for (const request_id of ["r".repeat(129), "a\u0000b", "a\nb", " "]) {
    expect(await add(customer.key, order({ request_id }))).toEqual(refusal);
  }
});

test("an order whose answer was lost is found by its request id", async () => {
  const customer = await freshShop();
  const placed = (await add(customer.key, order({ request_id: "r1" }))) as { order: number };

  const found = await add(customer.key, { action: "orders", request_id: "r1" });
  const missing = await add(customer.key, { action: "orders", request_id: "r2" });

  expect(found).toEqual([
    expect.objectContaining({ order: placed.order, request_id: "r1", charge: "1.00", service }),
  ]);
  expect(missing).toEqual([]);
});

describe("max_charge", () => {
  test("stops an order that would cost more, to the last decimal", async () => {
    const customer = await freshShop();
    const text = (charge: string) => `The charge would be ${charge}, more than max_charge`;

    expect(await add(customer.key, order({ max_charge: "1" }))).toEqual({
      order: expect.any(Number),
    });
    expect(await add(customer.key, order({ max_charge: "0.99999999" }))).toEqual({
      error: text("1.00"),
    });
    expect(await add(customer.key, order({ max_charge: "0" }))).toEqual({ error: text("1.00") });
  });

  test("that is no amount is refused", async () => {
    const customer = await freshShop();
    for (const max_charge of ["x", "-1", "1e3", "1,5", "0.000000001", "NaN"]) {
      expect(await add(customer.key, order({ max_charge }))).toEqual({
        error: "Incorrect max_charge, expected a decimal such as 1.25",
      });
    }
  });

  test("counts against the price that is charged, on a process that has not heard of it", async () => {
    const customer = await freshShop();
    await add(customer.key, order(), { url: other.url });

    must(await changeService(panel.ctx, tester, service, () => ({ rate: amount("20") })));

    expect(await add(customer.key, order({ max_charge: "1.00" }), { url: other.url })).toEqual({
      error: "The charge would be 2.00, more than max_charge",
    });
  });
});
