import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { setProductRate } from "#products/set-product-rate.ts";
import { changeProduct } from "#products/change-product.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { createKey, apiKeyTermsDefault } from "#customers/create-key.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { placeProductOrder } from "./place-product-order.ts";
import { openProductContext } from "./product-context.ts";
import { listProductOrderChanges } from "./product-orders.sql.ts";
import { apiKeyActor, customerActor } from "#values/actor.ts";
import type { ApiKeyId, ProductOrderId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { addProduct, tryBuy, keys, stateOf } from "#test/store.ts";

const panel = testPanel();
const balanceOf = async (key: string) => {
  const answer = (await panel.api({ key, action: "balance" })) as { balance: string };
  return answer.balance;
};

test("what is in stock is delivered with the order, oldest first, and paid", async () => {
  const product = await addProduct(panel, { stock: ["oldest", "a\u202bעברית 🎁", "newest"] });
  const { key, id } = await panel.addCustomer({ balance: "10" });

  const order = await tryBuy(panel, key, product, { quantity: 2 });

  expect(await stateOf(panel, key, order)).toStrictEqual({
    charge: 5,
    status: "Completed",
    result: "oldest\na\u202bעברית 🎁",
  });
  const lines = await panel.api({ key, action: "result_product", order: Number(order) });
  expect(lines).toStrictEqual({ result: ["oldest", "a\u202bעברית 🎁"] });
  expect(await balanceOf(key)).toBe("5.00");
  const story = await listProductOrderChanges(panel.ctx.db, id, order as ProductOrderId);
  expect(story).toMatchObject([{ status_before: null, status: "completed", delivered: 2 }]);
  expect(story[0]?.actor).toMatch(/^customer:\d+ key:\d+$/);
});

test("an order that the stock does not fill is refused and costs nothing", async () => {
  const product = await addProduct(panel, { stock: keys(2, "FEW") });
  const { key } = await panel.addCustomer();

  expect(await tryBuy(panel, key, product, { quantity: 3 })).toEqual("Out of stock");

  expect(await balanceOf(key)).toBe("100.00");
  expect(await tryBuy(panel, key, product, { quantity: 2 })).toEqual(expect.any(Number));
});

test("where parts are delivered, an order gets what there is and pays for that alone", async () => {
  const product = await addProduct(panel, { partDelivery: true, stock: keys(2, "PART") });
  const { key } = await panel.addCustomer();

  const order = await tryBuy(panel, key, product, { quantity: 5 });

  expect(await stateOf(panel, key, order)).toStrictEqual({
    charge: 5,
    status: "Partial",
    remains: 3,
    result: "PART-1\nPART-2",
  });
  expect(await balanceOf(key)).toBe("95.00");
  expect(await tryBuy(panel, key, product)).toEqual("Out of stock");
});

test("an order for staff waits for them, with nothing to show", async () => {
  const product = await addProduct(panel, { type: "service" });
  const { key } = await panel.addCustomer();

  const order = await tryBuy(panel, key, product, { quantity: 2 });

  expect(await stateOf(panel, key, order)).toStrictEqual({ charge: 5, status: "Pending" });
  expect(await panel.api({ key, action: "result_product", order: Number(order) })).toStrictEqual({
    result: [],
  });
  const { rows } = await panel.ctx.db.query("select waits_for from product_orders where id = $1", [
    order,
  ]);
  expect(rows).toEqual([{ waits_for: "delivery" }]);
});

test("an answer is asked for, checked, and kept sealed; nobody asked keeps none", async () => {
  const asking = { question: "Your account", questionCheck: "email", stock: keys(5, "ASK") };
  const product = await addProduct(panel, asking);
  const silent = await addProduct(panel, { stock: keys(2, "SILENT") });
  const { key } = await panel.addCustomer();

  const missing = await tryBuy(panel, key, product);
  const wrong = await tryBuy(panel, key, product, { require: "no address" });
  const order = await tryBuy(panel, key, product, { require: " somebody@example.com\r\n" });
  const unasked = await tryBuy(panel, key, silent, { require: "somebody@example.com" });

  const words = "There are missing required parameters. Please check your API Manual";
  expect(missing).toBe(words);
  expect(wrong).toMatch(/^Incorrect require, expected/);
  const { rows } = await panel.ctx.db.query<{ sealed_answer: string | null }>(
    "select sealed_answer from product_orders where id = any ($1) order by id",
    [[order, unasked]],
  );
  expect(rows[1]?.sealed_answer).toBeNull();
  const secrets = await panel.ctx.secrets();
  const opened = secrets.open(
    `product-order:${String(order)}:answer`,
    rows[0]?.sealed_answer ?? "",
  );
  expect(opened).toBe("somebody@example.com");
});

test("the bounds hold, and a quantity is never guessed", async () => {
  const product = await addProduct(panel, { min: 2, max: 3, stock: keys(5, "BOUND") });
  const { key } = await panel.addCustomer();

  expect(await tryBuy(panel, key, product, { quantity: 1 })).toEqual(
    "Quantity less than minimal 2",
  );
  expect(await tryBuy(panel, key, product, { quantity: 4 })).toEqual(
    "Quantity more than maximum 3",
  );
  expect(await tryBuy(panel, key, product, { quantity: "" })).toEqual("Quantity is required");
});

test("the price is the buyer's own for this quantity, and a changed one holds at once", async () => {
  const product = await addProduct(panel, { rate: amount("1.00001"), stock: keys(50, "OWN") });
  const { key, id } = await panel.addCustomer();
  const discounts = [{ quantityFrom: 10, percent: amount("50") }];
  must(await changeProduct(panel.ctx, tester, product, () => ({ discounts })));

  const few = await tryBuy(panel, key, product, { quantity: 9 });
  const many = await tryBuy(panel, key, product, { quantity: 10 });
  must(
    await setProductRate(panel.ctx, tester, id, product, { kind: "fixed", rate: amount("0.2") }),
  );
  const own = await tryBuy(panel, key, product, { quantity: 9 });

  expect(await stateOf(panel, key, few)).toMatchObject({ charge: 9.00009 });
  expect(await stateOf(panel, key, many)).toMatchObject({ charge: 5.0001 });
  expect(await stateOf(panel, key, own)).toMatchObject({ charge: 1.8 });
  must(await changeProduct(panel.ctx, tester, product, () => ({ visibility: "nobody" })));
  expect(await tryBuy(panel, key, product)).toEqual("Incorrect product ID");
});

test("a product for chosen customers is bought by those who have a price of their own", async () => {
  const product = await addProduct(panel, { visibility: "chosen", stock: keys(2, "CHOSEN") });
  const chosen = await panel.addCustomer();
  const other = await panel.addCustomer();
  const rate = { kind: "percent", percent: amount("100") } as const;
  must(await setProductRate(panel.ctx, tester, chosen.id, product, rate));

  expect(await tryBuy(panel, chosen.key, product)).toEqual(expect.any(Number));
  expect(await tryBuy(panel, other.key, product)).toEqual("Incorrect product ID");
});

test("who cannot pay, or would pay more than they said, gets nothing and the stock stays", async () => {
  const product = await addProduct(panel, { stock: keys(4, "POOR") });
  const poor = await panel.addCustomer({ balance: "2.49999999" });
  const careful = await panel.addCustomer();

  expect(await tryBuy(panel, poor.key, product)).toEqual("Not enough funds on balance");
  const dear = await tryBuy(panel, careful.key, product, { quantity: 2, max_charge: "4.99999999" });
  expect(dear).toBe("The charge would be 5.00, more than max_charge");
  const exact = await tryBuy(panel, careful.key, product, { quantity: 4, max_charge: "10" });
  expect(await stateOf(panel, careful.key, exact)).toMatchObject({ charge: 10 });
});

test("the same request again is the same order, another one under its id is refused", async () => {
  const product = await addProduct(panel, { question: "Name", stock: keys(3, "AGAIN") });
  const { key } = await panel.addCustomer();
  const request = { require: "first", request_id: "r-1" };

  const order = await tryBuy(panel, key, product, request);
  const again = await tryBuy(panel, key, product, { ...request, require: "first\r\n" });
  const others = [
    await tryBuy(panel, key, product, { ...request, require: "second" }),
    await tryBuy(panel, key, product, { ...request, quantity: 2 }),
    await tryBuy(panel, key, await addProduct(panel), { request_id: "r-1" }),
  ];

  expect(order).toEqual(expect.any(Number));
  expect(again).toBe(order);
  for (const other of others) {
    expect(other).toBe("This request_id was used for another order");
  }
  expect(await balanceOf(key)).toBe("97.50");
});

test("a repeated request answers its order, whatever became of product, stock and money", async () => {
  const product = await addProduct(panel, { stock: ["the last one"] });
  const { key } = await panel.addCustomer({ balance: "2.5" });
  const order = await tryBuy(panel, key, product, { request_id: "r-2" });

  expect(await tryBuy(panel, key, product, { request_id: "r-2" })).toBe(order);
  must(await changeProduct(panel.ctx, tester, product, () => ({ visibility: "nobody", min: 5 })));
  expect(await tryBuy(panel, key, product, { request_id: "r-2" })).toBe(order);
});

test("a header names the request as the field does", async () => {
  const product = await addProduct(panel, { stock: keys(2, "HEADER") });
  const { key } = await panel.addCustomer();
  const call = async () => {
    const response = await fetch(`${panel.url}/api/v2`, {
      method: "POST",
      headers: { "Idempotency-Key": "h-1" },
      body: new URLSearchParams({
        key,
        action: "add_product_order",
        product: String(product),
        quantity: "1",
      }),
    });
    return response.json();
  };

  expect(await call()).toEqual(await call());
  expect(await balanceOf(key)).toBe("97.50");
});

test("a damaged line in the stock delivers nothing and charges nothing", async () => {
  const product = await addProduct(panel, { stock: keys(3, "DAMAGED") });
  const { key } = await panel.addCustomer();
  await panel.ctx.db.query(
    `update product_items set sealed = (select max(sealed) from product_items where product_id <> $1)
      where product_id = $1 and id = (select min(id) + 1 from product_items where product_id = $1)`,
    [product],
  );

  const words = "This cannot be delivered at the moment, please contact support";
  expect(await tryBuy(panel, key, product, { quantity: 2 })).toEqual(words);

  expect(await balanceOf(key)).toBe("100.00");
  // The one before it is whole.
  const order = await tryBuy(panel, key, product);
  expect(await stateOf(panel, key, order)).toMatchObject({ result: "DAMAGED-1" });
  expect(await tryBuy(panel, key, product)).toEqual(words);
});

test("without the encryption key nothing is sold, and nobody pays", async () => {
  const product = await addProduct(panel, { stock: keys(2, "KEYLESS") });
  const { key, id } = await panel.addCustomer();
  const secrets = secretsWhenNeeded(panel.ctx.db, path.join(tmpdir(), randomUUID()));
  const context = openProductContext({ ...panel.ctx, secrets });
  const buyer = { accountId: id, id: undefined, version: undefined, isTest: false };

  const placed = await placeProductOrder(
    context,
    { ...buyer, by: customerActor(id), source: "web" },
    { product: String(product), quantity: "1" },
  );

  expect(placed).toEqual({ ok: false, refusal: { code: "delivery_unavailable" } });
  expect(await balanceOf(key)).toBe("100.00");
});

test("a delivered line that cannot be opened any more is not left out of the result", async () => {
  const product = await addProduct(panel, { stock: keys(3, "LATER") });
  const { key } = await panel.addCustomer();
  const whole = await tryBuy(panel, key, product);
  const order = await tryBuy(panel, key, product, { quantity: 2 });
  await panel.ctx.db.query(
    "update product_items set sealed = 'AAAA' where product_order_id = $1 and place = 2",
    [order],
  );

  const words = "This cannot be delivered at the moment, please contact support";
  expect(await stateOf(panel, key, order)).toEqual({ error: words });
  const orders = `${String(whole)},${String(order)}`;
  expect(await panel.api({ key, action: "product_order_status", orders })).toEqual({
    [String(whole)]: { charge: 2.5, status: "Completed", result: "LATER-1" },
    [String(order)]: { error: words },
  });
});

test("a test key gets play lines of anything, and touches neither stock nor staff", async () => {
  const product = await addProduct(panel, { stock: keys(1, "REAL") });
  const byHand = await addProduct(panel, { type: "service" });
  const { id, key: real } = await panel.addCustomer();
  const { key } = must(
    await createKey(panel.ctx, tester, id, apiKeyTermsDefault, { isTest: true }),
  );

  const order = await tryBuy(panel, key, product, { quantity: 2 });
  const waits = await tryBuy(panel, key, byHand);

  expect(await stateOf(panel, key, order)).toStrictEqual({
    charge: 5,
    status: "Completed",
    result: `SANDBOX-${String(order)}-1\nSANDBOX-${String(order)}-2`,
  });
  expect(await stateOf(panel, key, waits)).toMatchObject({ status: "Completed" });
  expect(await stateOf(panel, real, order)).toEqual({ error: "Incorrect order ID" });
  const mine = await tryBuy(panel, real, product);
  expect(await stateOf(panel, real, mine)).toMatchObject({ result: "REAL-1" });
  expect(await balanceOf(real)).toBe("97.50");
});

test("a product of a provider is taken, paid, and due to be sent there", async () => {
  const product = await addProduct(panel);
  const { key, id } = await panel.addCustomer();
  await panel.ctx.db.query(
    `update products set provider_id = (select id from providers where name = 'sandbox'),
            provider_product = '7', cost = 2, provider_inventory = 3 where id = $1`,
    [product],
  );

  const tooMany = await tryBuy(panel, key, product, { quantity: 4 });
  const order = await tryBuy(panel, key, product, { quantity: 3 });

  expect(tooMany).toBe("Out of stock");
  expect(await stateOf(panel, key, order)).toStrictEqual({ charge: 7.5, status: "Pending" });
  const { rows } = await panel.ctx.db.query(
    `select t.kind, t.account_id, o.provider_product, o.cost
       from product_tasks t join product_orders o on o.id = t.product_order_id
      where o.id = $1`,
    [order],
  );
  expect(rows).toEqual([
    { kind: "send", account_id: id, provider_product: "7", cost: "6.00000000" },
  ]);
});

test("a key that was changed on the way, or a suspended customer, buys nothing", async () => {
  const product = await addProduct(panel, { stock: keys(2, "GONE") });
  const { key, id } = await panel.addCustomer();
  const { rows } = await panel.ctx.db.query<{ id: ApiKeyId; version: number }>(
    "select id, version from api_keys where account_id = $1",
    [id],
  );
  const { id: keyId, version } = rows[0] ?? { id: 0 as ApiKeyId, version: 0 };
  const place = (known: number) =>
    placeProductOrder(
      openProductContext(panel.ctx),
      {
        accountId: id,
        id: keyId,
        version: known,
        isTest: false,
        by: apiKeyActor(keyId, id),
        source: "api",
      },
      { product: String(product), quantity: "1" },
    );

  expect(await place(version + 1)).toMatchObject({ refusal: { code: "key_dead" } });
  must(await changeCustomer(panel.ctx, tester, id, { isActive: false }));
  expect(await place(version)).toMatchObject({ refusal: { code: "customer_inactive" } });
  expect(await tryBuy(panel, key, product)).toEqual("Account suspended");
  must(await changeCustomer(panel.ctx, tester, id, { isActive: true }));

  expect(await place(version)).toMatchObject({ ok: true });
  expect(await balanceOf(key)).toBe("97.50");
});

test("followers of the account hear of the order, without what was delivered", async () => {
  const product = await addProduct(panel, { stock: ["secret line"] });
  const { key } = await panel.addCustomer();
  const begun = (await panel.api({ key, action: "changes" })) as { cursor: string };

  const order = await tryBuy(panel, key, product);

  const heard = await panel.api({ key, action: "changes", since: begun.cursor });
  expect(heard).toMatchObject({
    changes: [{ event: "product_order.updated", data: { status: expect.any(String) } }],
  });
  expect(JSON.stringify(heard)).not.toContain("secret line");
  expect(JSON.stringify(heard)).toContain(String(order));
});

test("status of an order does not find a product order, nor the other way round", async () => {
  const product = await addProduct(panel, { stock: keys(1, "SPACE") });
  const service = await panel.addService();
  const { key } = await panel.addCustomer();
  const order = await tryBuy(panel, key, product);
  const add = { key, action: "add", service, link: "a", quantity: 100 };
  const placed = (await panel.api(add)) as { order: number };

  const unknown = { error: "Incorrect order ID" };
  expect(await panel.api({ key, action: "status", order: Number(order) })).toEqual(unknown);
  expect(await stateOf(panel, key, placed.order)).toEqual(unknown);
});
