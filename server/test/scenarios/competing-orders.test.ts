import { afterEach, beforeAll, expect, test } from "vitest";
import { form, jsonOf, send } from "#test/hostile/send.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { startPanelProcess } from "./panel-process.ts";
import type { PanelProcess } from "./panel-process.ts";

const panel = testPanel();
let service: ServiceId;
const processes: PanelProcess[] = [];

beforeAll(async () => {
  service = await panel.addService({ rate: amount("10"), min: 1 });
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
});

/** Fifty orders of 1.00 at once, spread over these addresses. */
async function competeFor(customer: TestCustomer, urls: readonly string[]): Promise<unknown[]> {
  const { key } = customer;
  const body = { key, action: "add", service: String(service), link: "a", quantity: "100" };
  return Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const url = urls[index % urls.length] ?? "";
      const response = await fetch(`${url}/api/v2`, {
        method: "POST",
        body: new URLSearchParams(body),
      });
      return response.json();
    }),
  );
}

async function expectTenAccepted(customer: TestCustomer, answers: readonly unknown[]) {
  const refused = { error: "Not enough funds on balance" };
  const placed = answers.filter((answer) => JSON.stringify(answer) !== JSON.stringify(refused));
  expect(placed).toEqual(Array.from({ length: 10 }, () => ({ order: expect.any(Number) })));
  expect(new Set(placed.map((answer) => JSON.stringify(answer))).size).toBe(10);
  expect(await panel.api({ key: customer.key, action: "balance" })).toMatchObject({
    balance: "0.00",
  });
  const sums = await panel.ctx.db.query(
    `select count(*) as n, sum(charge)::text as charge,
            (select count(*) from postings where account_id = $1 and kind = 'charge') as postings,
            (select count(*) from tasks where account_id = $1) as tasks
       from orders where account_id = $1`,
    [customer.id],
  );
  expect(sums.rows).toEqual([{ n: 10, charge: "10.00000000", postings: 10, tasks: 10 }]);
}

test("of fifty orders at once exactly the ten that the balance pays for are taken", async () => {
  const customer = await panel.addCustomer({ balance: "10" });

  await expectTenAccepted(customer, await competeFor(customer, [panel.url]));
});

test("the same through two panels over one database", async () => {
  const customer = await panel.addCustomer({ balance: "10" });
  const other = await panel.openAnother(["api"]);

  await expectTenAccepted(customer, await competeFor(customer, [panel.url, other.url ?? ""]));
});

test("the same through two processes that were started as an operator starts them", async () => {
  const customer = await panel.addCustomer({ balance: "10" });
  for (let n = 0; n < 2; n++) processes.push(await startPanelProcess(panel.database.url));

  const answers = await competeFor(
    customer,
    processes.map(({ url }) => url),
  );

  await expectTenAccepted(customer, answers);
  for (const each of processes) expect(await each.stop()).toBe(0);
});

test("orders that fit are taken in the order in which they came", async () => {
  const customer = await panel.addCustomer({ balance: "5" });
  const add = (quantity: number) =>
    panel.api({ key: customer.key, action: "add", service, link: "a", quantity });

  // 4.00 is taken, 2.00 no longer fits, 1.00 still does.
  const answers = [await add(400), await add(200), await add(100)];

  expect(answers).toEqual([
    { order: expect.any(Number) },
    { error: "Not enough funds on balance" },
    { order: expect.any(Number) },
  ]);
});

test("a process that is told to end answers every order that it has taken", async () => {
  const customer = await panel.addCustomer({ balance: "1000" });
  const running = await startPanelProcess(panel.database.url);
  const { key } = customer;
  const sent = form({ key, action: "add", service, link: "a", quantity: 100 });
  const headers = { ...sent.headers, Connection: "close" };
  const asked = Array.from({ length: 200 }, async () =>
    jsonOf(await send(running.url, { ...sent, headers })),
  );

  await Promise.any(asked);
  expect(await running.stop()).toBe(0);
  const heard = await Promise.allSettled(asked);

  const answers = heard.filter((each) => each.status === "fulfilled").map((each) => each.value);
  expect(answers.every((answer) => Object.hasOwn(Object(answer), "order"))).toBe(true);
  const count = "select count(*) as n from orders where account_id = $1";
  const { rows } = await panel.ctx.db.query(count, [customer.id]);
  expect(rows).toEqual([{ n: answers.length }]);
});
