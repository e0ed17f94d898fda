import { rename } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, buy, keys, stateOf } from "#test/store.ts";
import { commandLineActor } from "#values/actor.ts";
import type { ProductId, ProductOrderId } from "#values/ids.ts";
import { deliverProductOrder } from "./deliver-product-order.ts";
import type { HandDelivery } from "./deliver-product-order.ts";
import { endProductOrder } from "./end-product-order.ts";
import { moveProductOrder } from "./move-product-order.ts";
import { findProductOrder, lockProductOrder } from "./product-orders.sql.ts";
import { readProductTimeline } from "./product-timeline.ts";
import { revealProductOrder } from "./reveal-product-order.ts";
import { countWaitingProductOrders } from "./staff-lists.sql.ts";
import { startProductOrder } from "./start-product-order.ts";

const panel = testPanel();

const byHand = { type: "service", name: "Verified account", max: 100 } as const;

async function order(customer: TestCustomer, product: ProductId, quantity = 1) {
  const bought = await buy(panel, customer.key, product, { quantity });
  if (typeof bought !== "number") throw new Error(JSON.stringify(bought));
  return bought;
}

function deliver(id: ProductOrderId, delivery: Partial<HandDelivery>) {
  const nothing = { lines: [], items: undefined, end: undefined, note: undefined };
  return deliverProductOrder(panel.ctx, tester, id, { ...nothing, ...delivery });
}

const end = (id: ProductOrderId, items?: number, reason?: string) =>
  endProductOrder(panel.ctx, tester, id, { items, reason });

const balanceOf = async ({ key }: TestCustomer) =>
  ((await panel.api({ key, action: "balance" })) as { balance: string }).balance;

test("what is delivered by hand is in progress until all of it is there", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer({ balance: "10" });
  const id = await order(customer, product, 3);
  expect(await stateOf(panel, customer.key, id)).toEqual({ charge: 7.5, status: "Pending" });

  must(await startProductOrder(panel.ctx, tester, id, "tomorrow"));
  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 7.5,
    status: "In progress",
    note: "tomorrow",
  });
  must(await deliver(id, { lines: ["anna / one"] }));
  expect(await stateOf(panel, customer.key, id)).toMatchObject({
    status: "In progress",
    result: "anna / one",
  });
  must(await deliver(id, { lines: ["berta / two", "carla / three"], note: "have fun" }));

  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 7.5,
    status: "Completed",
    result: "anna / one\nberta / two\ncarla / three",
    note: "have fun",
  });
  expect(await balanceOf(customer)).toBe("2.50");
});

test("of a service lines and items are counted apart", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer();
  const one = await order(customer, product, 1);
  const five = await order(customer, product, 5);
  const none = await order(customer, product, 2);

  must(await deliver(one, { lines: ["user: x", "password: y"] }));
  must(await deliver(five, { lines: ["the first three"], items: 3 }));
  expect(await deliver(five, { items: 3 })).toMatchObject({
    refusal: { code: "items_above_remaining", remaining: 2 },
  });
  must(await deliver(none, { end: "completed" }));

  expect(await stateOf(panel, customer.key, one)).toMatchObject({
    status: "Completed",
    result: "user: x\npassword: y",
  });
  expect(await findProductOrder(panel.ctx.db, five)).toMatchObject({
    status: "in_progress",
    delivered: 3,
  });
  expect(await stateOf(panel, customer.key, none)).toEqual({ charge: 5, status: "Completed" });
  expect(await deliver(five, {})).toMatchObject({ refusal: { code: "delivery_empty" } });
});

test("a part that is all there will be gives the rest back, once", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer({ balance: "10" });
  const id = await order(customer, product, 4);

  must(await deliver(id, { lines: ["one"], end: "partial" }));
  expect(await deliver(id, { lines: ["two"] })).toMatchObject({
    refusal: { code: "product_order_ended", status: "partial" },
  });
  expect(must(await end(id)).refund).toBe(0n);

  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 2.5,
    status: "Partial",
    remains: 3,
    result: "one",
  });
  expect(await balanceOf(customer)).toBe("7.50");
});

test("an order without a delivery is canceled, with all of the money and a note", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer({ balance: "10" });
  const id = await order(customer, product, 2);

  expect(await end(id, 1)).toMatchObject({ refusal: { code: "items_unfit", undelivered: 2 } });
  expect(await deliver(id, { end: "partial" })).toMatchObject({
    refusal: { code: "delivery_unfit" },
  });
  expect(must(await end(id, 2, "sold out")).refund).toBe(amount("5"));
  expect(must(await end(id)).refund).toBe(0n);

  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 0,
    status: "Canceled",
    note: "sold out",
  });
  expect(await balanceOf(customer)).toBe("10.00");
});

test("what was delivered from the stock is no matter of a delivery or an end", async () => {
  const product = await addProduct(panel, { stock: keys(1, "STOCK") });
  const customer = await panel.addCustomer();
  const id = await order(customer, product);

  expect(await deliver(id, { lines: ["more"] })).toMatchObject({
    refusal: { code: "product_order_ended" },
  });
  expect(await end(id)).toMatchObject({ refusal: { code: "nothing_undelivered" } });
});

test("twenty who deliver and refund at once: each item is delivered or paid back", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer({ balance: "50" });
  const id = await order(customer, product, 20);

  const tries = await Promise.all([
    ...Array.from({ length: 10 }, (_, index) => deliver(id, { lines: [`line ${index}`] })),
    end(id),
    ...Array.from({ length: 9 }, (_, index) => deliver(id, { lines: [`late ${index}`] })),
    end(id),
  ]);

  const { delivered = 0, status } = (await findProductOrder(panel.ctx.db, id)) ?? {};
  const lines = tries.slice(0, 10).concat(tries.slice(11, 20));
  expect(lines.filter((each) => each.ok)).toHaveLength(delivered);
  expect(status).toBe(delivered === 0 ? "canceled" : "partial");
  const { rows } = await panel.ctx.db.query(
    "select count(*)::int as n from product_items where product_order_id = $1",
    [id],
  );
  expect(rows).toEqual([{ n: delivered }]);
  const { balance } = (await panel.api({ key: customer.key, action: "balance" })) as {
    balance: string;
  };
  expect(amount(balance)).toBe(amount("50") - BigInt(delivered) * amount("2.5"));
});

test("an order that its provider is at is not delivered by hand; one that failed is", async () => {
  const product = await addProduct(panel, { stock: ["IN-STOCK"] });
  await panel.ctx.db.query(
    `update products
        set provider_id = (select min(id) from providers), provider_product = '7', cost = 1
      where id = $1`,
    [product],
  );
  const customer = await panel.addCustomer({ balance: "20" });
  const id = await order(customer, product, 3);
  const wait = (reason: "unknown" | "failed") =>
    inTransaction(panel.ctx, async (tx) => {
      const locked = await lockProductOrder(tx, customer.id, id);
      if (locked === undefined) throw new Error("no product order");
      return moveProductOrder(tx, locked, { by: tester, waits: { for: reason, note: "no" } });
    });

  expect(await deliver(id, { lines: ["a"] })).toMatchObject({
    refusal: { code: "provider_delivers" },
  });
  must(await wait("unknown"));
  expect(await deliver(id, { lines: ["a"] })).toMatchObject({ refusal: { code: "outcome_open" } });
  must(await wait("failed"));
  // Of an auto product each line is an item, and each is sold once.
  expect(await deliver(id, { lines: ["a", "b"], items: 1 })).toMatchObject({
    refusal: { code: "lines_unfit" },
  });
  expect(await deliver(id, { lines: ["a", "IN-STOCK"] })).toMatchObject({
    refusal: { code: "line_known", line: 2 },
  });
  expect(await deliver(id, { lines: ["a", "a"] })).toMatchObject({
    refusal: { code: "line_known", line: 2 },
  });
  expect(await deliver(id, { lines: ["a", "x".repeat(4001)] })).toMatchObject({
    refusal: { code: "line_too_long", line: 2 },
  });
  expect(await deliver(id, { lines: keys(10_001), items: 1 })).toMatchObject({
    refusal: { code: "lines_too_many", max: 10_000 },
  });
  must(await deliver(id, { lines: ["a", "b"] }));
  expect(await deliver(id, { lines: ["b"] })).toMatchObject({
    refusal: { code: "line_known", line: 1 },
  });
  must(await deliver(id, { lines: ["c"] }));

  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 7.5,
    status: "Completed",
    result: "a\nb\nc",
  });
  const { rows } = await panel.ctx.db.query(
    "select 1 from product_tasks where product_order_id = $1",
    [id],
  );
  expect(rows).toEqual([]);
});

test("an order that ended is not sent, but what a provider has is still asked about", async () => {
  const product = await addProduct(panel, {});
  await panel.ctx.db.query(
    `update products
        set provider_id = (select min(id) from providers), provider_product = '8', cost = 1
      where id = $1`,
    [product],
  );
  const customer = await panel.addCustomer({ balance: "20" });
  const setTask = (id: ProductOrderId, kind: string) =>
    panel.ctx.db.query(
      `insert into product_tasks (product_order_id, account_id, provider_id, kind)
       select id, account_id, provider_id, $2 from product_orders where id = $1
           on conflict (product_order_id) do update set kind = excluded.kind`,
      [id, kind],
    );
  const left: unknown[] = [];
  for (const kind of ["send", "reconcile", "poll"]) {
    const id = await order(customer, product);
    await setTask(id, kind);

    expect(must(await end(id)).refund).toBe(amount("2.5"));

    const task = "select kind from product_tasks where product_order_id = $1";
    left.push((await panel.ctx.db.query(task, [id])).rows);
  }
  expect(left).toEqual([[], [], [{ kind: "poll" }]]);
});

test("lines are sealed, and every look at them is written down without them", async () => {
  const product = await addProduct(panel, { ...byHand, question: "Your user name?" });
  const customer = await panel.addCustomer();
  const bought = await buy(panel, customer.key, product, { require: "anna.secret" });
  const id = bought as ProductOrderId;
  must(await deliver(id, { lines: ["TOP-SECRET-LINE"], note: "done" }));

  const revealed = must(await revealProductOrder(panel.ctx, commandLineActor("ana"), id));
  expect(revealed).toEqual({
    answer: "anna.secret",
    hasAnswer: true,
    lines: [{ place: 1, state: "sold", origin: "hand", line: "TOP-SECRET-LINE" }],
  });
  const [entry] = await listAuditEntries(panel.ctx.db, 1, { subject: `product-order:${id}` });
  expect(entry).toMatchObject({
    actor: "cli:ana",
    action: "product_order.reveal",
    after: { lines: 1, answer: true },
  });
  const found = await findProductOrder(panel.ctx.db, id);
  const told = JSON.stringify([
    found && (await readProductTimeline(panel.ctx.db, found)),
    await listAuditEntries(panel.ctx.db, 1000),
    (await panel.ctx.db.query("select * from product_items")).rows,
    (await panel.ctx.db.query("select * from product_orders")).rows,
    (await panel.ctx.db.query("select * from product_order_changes")).rows,
  ]);
  expect(told).not.toContain("SECRET-LINE");
  expect(told).not.toContain("anna.secret");
});

test("without the encryption key nothing is delivered, and the words say what is missing", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer();
  const id = await order(customer, product);
  const file = path.join(testDataFolder(panel.database.url), "secret.key");
  const ctx = { ...panel.ctx, secrets: secretsWhenNeeded(panel.ctx.db, file) };
  await rename(file, `${file}.away`);
  try {
    const nothing = { items: undefined, end: undefined, note: undefined };
    const delivery = deliverProductOrder(ctx, tester, id, { lines: ["x"], ...nothing });
    await expect(delivery).rejects.toThrow(/encryption key file .* is missing/);
    await expect(revealProductOrder(ctx, tester, id)).rejects.toThrow(/is missing/);
  } finally {
    await rename(`${file}.away`, file);
  }

  expect(await findProductOrder(panel.ctx.db, id)).toMatchObject({
    status: "pending",
    delivered: 0,
  });
});

test("what waits is counted, and counted no more when it ends", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer();
  const waiting = async () =>
    (await countWaitingProductOrders(panel.ctx.db)).find((each) => each.waits_for === "delivery")
      ?.orders ?? 0;
  const before = await waiting();
  const first = await order(customer, product, 2);
  const second = await order(customer, product);
  expect(await waiting()).toBe(before + 2);

  must(await deliver(first, { lines: ["half"] }));
  expect(await waiting()).toBe(before + 2);
  must(await deliver(first, { lines: ["whole"] }));
  must(await end(second));

  expect(await waiting()).toBe(before);
});

test("a follower is told every step in its order", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer();
  const { key } = customer;
  const { cursor } = (await panel.api({ key, action: "changes" })) as { cursor: string };
  const id = await order(customer, product, 3);
  must(await startProductOrder(panel.ctx, tester, id, undefined));
  must(await deliver(id, { lines: ["one"] }));
  must(await deliver(id, { lines: ["two"], end: "partial" }));

  const { changes } = (await panel.api({ key, action: "changes", since: cursor })) as {
    changes: { event: string; data: Record<string, unknown> }[];
  };
  const base = { product_order: id, product, currency: "USD" };
  expect(changes).toMatchObject(
    [
      { ...base, status: "Pending", charge: 7.5, delivered: 0, remains: 3 },
      { ...base, status: "In progress", charge: 7.5, delivered: 0, remains: 3 },
      { ...base, status: "In progress", charge: 7.5, delivered: 1, remains: 2 },
      { ...base, status: "Partial", charge: 5, delivered: 2, remains: 1 },
    ].map((data) => ({ event: "product_order.updated", data })),
  );
  expect(changes).toHaveLength(4);
});

test("the timeline tells who did what", async () => {
  const product = await addProduct(panel, byHand);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);
  must(await deliver(id, { lines: ["one"], end: "partial", note: "that is all" }));

  const found = await findProductOrder(panel.ctx.db, id);
  const told = found && (await readProductTimeline(panel.ctx.db, found));

  expect(told?.map(({ who, kind }) => `${kind} ${who.replace(/\d+/g, "N")}`)).toEqual([
    "placed customer:N key:N",
    "change customer:N key:N",
    "money panel",
    "change cli:test",
    "money panel",
    "staff cli:test",
  ]);
  expect(told?.map(({ what }) => what).join("\n")).toContain(
    "Pending → Partial, delivered 0 → 1, given back 2.50, note: that is all",
  );
});
