import { randomInt } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import type { Panel } from "#panel.ts";
import { changeProduct } from "#products/change-product.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, tryBuy, keys } from "#test/store.ts";
import type { ProductId, ProductOrderId } from "#values/ids.ts";

const panel = testPanel();
let other: Panel;

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});

const customersOf = (count: number, balance = "100"): Promise<TestCustomer[]> =>
  Promise.all(
    Array.from({ length: count }, () => panel.addCustomer({ balance, terms: { rateLimit: 0 } })),
  );

/** Buys from one of two processes. */
function buyAt(n: number, ...order: [string, ProductId, Record<string, string | number>?]) {
  if (n % 2 === 0) return tryBuy(panel, ...order);
  const api = async (fields: Readonly<Record<string, string | number>>) => {
    const pairs = Object.entries(fields).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const body = new URLSearchParams(pairs);
    const response = await fetch(`${other.url ?? ""}/api/v2`, { method: "POST", body });
    return response.json();
  };
  return tryBuy({ api }, ...order);
}

async function linesOf(product: ProductId): Promise<{ account_id: number; n: number }[]> {
  const { rows } = await panel.ctx.db.query<{ account_id: number; n: number }>(
    `select account_id, count(*) as n from product_items
      where product_id = $1 and state = 'sold' group by account_id`,
    [product],
  );
  return rows;
}

async function paidBy({ key }: TestCustomer): Promise<string> {
  const answer = (await panel.api({ key, action: "balance" })) as { balance: string };
  return answer.balance;
}

test("a hundred buyers of ten items get ten, one each, and the others pay nothing", async () => {
  const product = await addProduct(panel, { stock: keys(10, "RACE") });
  const buyers = await customersOf(100);

  const answers = await Promise.all(buyers.map(({ key }, n) => buyAt(n, key, product)));

  const got = buyers.filter((_, n) => typeof answers[n] === "number");
  const lost = answers.filter((answer) => typeof answer !== "number");
  expect(got).toHaveLength(10);
  expect(lost).toEqual(Array.from({ length: 90 }, () => "Out of stock"));
  const lines = await linesOf(product);
  expect(lines.map((row) => row.account_id).toSorted((a, b) => a - b)).toEqual(
    got.map(({ id }) => id).toSorted((a, b) => a - b),
  );
  expect(lines.every(({ n }) => n === 1)).toBe(true);
  const balances = await Promise.all(buyers.map(paidBy));
  expect(balances.filter((balance) => balance === "97.50")).toHaveLength(10);
  expect(balances.filter((balance) => balance === "100.00")).toHaveLength(90);
});

test("where parts are delivered, racing buyers share the stock to the last item", async () => {
  const product = await addProduct(panel, { partDelivery: true, stock: keys(50, "SHARE") });
  const buyers = await customersOf(20);

  await Promise.all(
    buyers.map(({ key }, n) => buyAt(n, key, product, { quantity: randomInt(1, 9) })),
  );

  const { rows } = await panel.ctx.db.query<{ delivered: number; charge: string }>(
    "select delivered, charge from product_orders where product_id = $1",
    [product],
  );
  expect(rows.reduce((sum, row) => sum + row.delivered, 0)).toBe(50);
  for (const row of rows) expect(amount(row.charge)).toBe(amount("2.5") * BigInt(row.delivered));
});

test("many buyers of many products each get what they paid for", async () => {
  const products: ProductId[] = [];
  for (let n = 0; n < 8; n++)
    products.push(await addProduct(panel, { stock: keys(40, `MANY${n}`) }));
  const buyers = await customersOf(6, "1000");
  const wanted = Array.from({ length: 240 }, () => products[randomInt(8)] ?? (0 as ProductId));

  const answers = await Promise.all(
    wanted.map((product, n) => {
      const { key } = buyers[n % 6] ?? { key: "" };
      return buyAt(n, key, product, { quantity: 1 });
    }),
  );

  const orders = answers.filter((answer) => typeof answer === "number");
  const refusals = answers.filter((answer) => typeof answer !== "number");
  const askedFor = products.map((each) => wanted.filter((product) => product === each).length);
  expect(new Set(orders).size).toBe(orders.length);
  // Everybody gets one while there are any.
  expect(orders).toHaveLength(askedFor.reduce((sum, n) => sum + Math.min(n, 40), 0));
  for (const refusal of refusals) expect(refusal).toBe("Out of stock");
  const sold = (await Promise.all(products.map(linesOf))).flat();
  expect(sold.reduce((sum, { n }) => sum + n, 0)).toBe(orders.length);
});

test("the same request sent many times at once is one order, also for the last item", async () => {
  for (let turn = 0; turn < 10; turn++) {
    const product = await addProduct(panel, { question: "Name", stock: keys(1, `ONCE${turn}`) });
    const [{ key } = { key: "" }] = await customersOf(1, "2.5");
    const fields = { require: "me", request_id: `same-${turn}` };

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => buyAt(n, key, product, fields)),
    );

    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toEqual(expect.any(Number));
  }
});

test("two different requests under one id at once: one is placed, the other is refused", async () => {
  for (let turn = 0; turn < 10; turn++) {
    const one = await addProduct(panel, { stock: keys(1, `LEFT${turn}`) });
    const two = await addProduct(panel, { stock: keys(1, `RIGHT${turn}`) });
    const [{ key } = { key: "" }] = await customersOf(1);
    const fields = { request_id: `torn-${turn}` };

    const answers = await Promise.all([buyAt(0, key, one, fields), buyAt(1, key, two, fields)]);

    expect(answers.filter((answer) => typeof answer === "number")).toHaveLength(1);
    expect(answers).toContain("This request_id was used for another order");
  }
});

test("no order that begins after a price was raised takes the old one", async () => {
  const product = await addProduct(panel, { rate: amount("1"), stock: keys(400, "PRICE") });
  const buyers = await customersOf(8, "10000");
  const rates = Array.from({ length: 12 }, (_, n) => n + 2);
  let floor = 1;
  let isChanging = true;
  const seen: { readonly before: number; readonly order: ProductOrderId }[] = [];

  const load = Promise.all(
    buyers.map(async ({ key }, n) => {
      while (isChanging) {
        const before = floor;
        const order = await buyAt(n, key, product);
        if (typeof order === "number") seen.push({ before, order });
      }
    }),
  );
  for (const rate of rates) {
    must(await changeProduct(panel.ctx, tester, product, () => ({ rate: amount(String(rate)) })));
    floor = rate;
  }
  isChanging = false;
  await load;

  const { rows } = await panel.ctx.db.query<{ id: number; rate: string }>(
    "select id, rate from product_orders where product_id = $1",
    [product],
  );
  const rateOf = new Map(rows.map((row) => [row.id, Number(row.rate)]));
  expect(seen.length).toBeGreaterThan(10);
  for (const { before, order } of seen) expect(rateOf.get(order)).toBeGreaterThanOrEqual(before);
});

test("once a customer is suspended, nothing of theirs is sold any more", async () => {
  const product = await addProduct(panel, { stock: keys(300, "SUSPEND") });
  const [{ key, id } = { key: "", id: 0 as TestCustomer["id"] }] = await customersOf(1, "10000");
  const countOrders = async () => {
    const text = "select count(*) as n from product_orders where account_id = $1";
    const { rows } = await panel.ctx.db.query<{ n: number }>(text, [id]);
    return rows[0]?.n ?? 0;
  };

  const load = Array.from({ length: 60 }, (_, n) => buyAt(n, key, product));
  await expect.poll(countOrders, { interval: 5 }).toBeGreaterThan(2);
  must(await changeCustomer(panel.ctx, tester, id, { isActive: false }));
  const sold = await countOrders();
  const answers = await Promise.all(load);

  expect(await countOrders()).toBe(sold);
  expect(answers.filter((answer) => typeof answer === "number")).toHaveLength(sold);
});
