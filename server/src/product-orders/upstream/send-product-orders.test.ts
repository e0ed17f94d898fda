import { expect, test } from "vitest";
import { commandLineActor } from "#values/actor.ts";
import { changeSetting } from "#catalog/change-setting.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { tester } from "#test/actors.ts";
import { goodsProvider, listedProduct } from "#test/goods-provider.ts";
import { goodsScene } from "#test/goods-scene.ts";
import { must, testPanel } from "#test/panel.ts";
import { productTasks } from "./product-tasks.sql.ts";
import { settleProductOrder } from "./settle-product-order.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

test("an order is bought, delivered to its buyer and its cost booked", async () => {
  await scene.open();
  const order = await scene.buy(2);

  expect(await scene.shown(order)).toEqual({ charge: 6, status: "Pending" });
  await scene.send();
  await scene.poll();

  expect(scene.added()).toHaveLength(1);
  const items = goods.orders[0]?.items ?? [];
  expect(await scene.shown(order)).toEqual({
    charge: 6,
    status: "Completed",
    result: items.join("\n"),
  });
  const { bookedCost, providerOrder } = await scene.order(order);
  expect({ bookedCost, providerOrder }).toEqual({
    bookedCost: 400_000_000n,
    providerOrder: String(goods.orders[0]?.id),
  });
});

test("what the buyer answered arrives there and stands in no log, and neither do the goods", async () => {
  goods.products = [{ ...listedProduct, require: "Your account" }];
  await scene.open();
  const order = await scene.buy(1, { require: "anna@example.com secret-pass" });

  await scene.send();
  await scene.poll();

  expect(goods.orders[0]?.answer).toBe("anna@example.com secret-pass");
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
  await expect
    .poll(async () => {
      const { rows } = await panel.ctx.db.query<{ text: string }>(
        "select coalesce(string_agg(c::text, ' '), '') as text from provider_calls c",
      );
      return rows[0]?.text;
    })
    .toMatch(/product_order_status.*Completed/s);
  const { rows } = await panel.ctx.db.query<{ text: string }>(
    `select (select string_agg(c::text, ' ') from provider_calls c)
         || coalesce((select string_agg(a::text, ' ') from product_attempts a), '')
         || coalesce((select string_agg(o::text, ' ') from product_orders o), '')
         || coalesce((select string_agg(i::text, ' ') from product_items i), '') as text`,
  );
  expect(rows[0]?.text).not.toContain("secret-pass");
  expect(rows[0]?.text).not.toContain(goods.orders[0]?.items[0] ?? "?");
});

test.each([
  ["reset_before", 0],
  ["reset_after", 1],
  ["silent_before", 0],
  ["silent_after", 1],
  ["500_before", 0],
  ["500_after", 1],
  ["html_after", 1],
  ["garbage_after", 1],
] as const)("after %s nobody knows, and it is never sent again by itself", async (fault, made) => {
  await scene.open();
  goods.faults = [fault];
  const order = await scene.buy();

  for (let turn = 0; turn < 3; turn++) {
    await scene.hurry();
    await scene.send();
    await scene.reconcile();
  }

  expect(scene.added()).toHaveLength(1);
  expect(goods.orders).toHaveLength(made);
  expect((await scene.order(order)).waits).toMatchObject({ for: "unknown" });
  expect(await scene.shown(order)).toEqual({ charge: 3, status: "Pending" });
});

test("a provider that honours request ids is sent the same again, and it counts once", async () => {
  goods.honoursRequestIds = true;
  await scene.open({ settings: { honours_request_id: "true" } });
  goods.faults = ["reset_after", "silent_before"];
  const order = await scene.buy();

  await scene.send();
  expect((await scene.order(order)).waits).toMatchObject({ for: "unknown" });
  await scene.reconcile();
  await scene.reconcile();
  await scene.poll();

  expect(goods.orders).toHaveLength(1);
  expect(new Set(scene.added().map((fields) => fields["request_id"])).size).toBe(1);
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
  expect((await scene.order(order)).waits).toBeUndefined();
  expect((await scene.attempts(order)).map((each) => each.settledAs ?? each.outcome)).toEqual([
    "accepted",
    "accepted",
    "accepted",
  ]);
});

test("a refusal of what was sent again leaves the outcome unknown", async () => {
  goods.honoursRequestIds = true;
  await scene.open({ settings: { honours_request_id: "true" } });
  goods.faults = ["silent_after", "refused"];
  const order = await scene.buy();

  await scene.send();
  await scene.reconcile();

  const { waits, status } = await scene.order(order);
  expect(status).toBe("pending");
  expect(waits).toMatchObject({ for: "unknown" });
  expect(waits?.note).toContain("Out of stock");
  await scene.reconcile();
  await scene.poll();
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
});

test("what is out of stock there waits on the desk, and is sold no more here", async () => {
  await scene.open();
  goods.faults = ["refused"];
  const order = await scene.buy();

  await scene.send();

  expect((await scene.order(order)).waits).toMatchObject({
    for: "failed",
    note: "Refused by the provider: Out of stock",
  });
  expect(await scene.shown(order)).toEqual({ charge: 3, status: "Pending" });
  expect((await scene.product()).providerInventory).toBe(0);
  await expect(scene.buy()).rejects.toThrow("Out of stock");
});

test("a refusal is refunded at once where the setting says so, without the provider's words", async () => {
  await scene.open();
  must(await changeSetting(panel.ctx, tester, "refused_orders", "refund"));
  goods.faults = ["refused"];
  goods.refusal = "Panel XY: product does not exist";
  const order = await scene.buy();

  await scene.send();

  expect(await scene.shown(order)).toEqual({
    charge: 0,
    status: "Canceled",
    note: "Could not be delivered",
  });
  must(await changeSetting(panel.ctx, tester, "refused_orders", "desk"));
});

test.each([
  ["Invalid API key", "key"],
  ["Not enough funds on balance", "funds"],
])("%s holds the provider's queue, and the order waits", async (words, kind) => {
  await scene.open();
  goods.faults = ["refused"];
  goods.refusal = words;
  const order = await scene.buy();

  await scene.send();
  await scene.hurry();
  await scene.send();

  expect(scene.added()).toHaveLength(1);
  const { hold } = await findProviderState(panel.ctx.db, (await scene.provider()).id);
  expect(hold).toMatchObject({ kind });
  expect((await scene.order(order)).status).toBe("pending");
  await panel.ctx.db.query("update provider_states set probe_at = panel_now()");
  await scene.hurry();
  await scene.send();
  await scene.poll();
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
});

test.each(["No keys left", "This key is not available", "Not enough stock"])(
  "%s concerns the product and holds nothing",
  async (words) => {
    await scene.open();
    goods.faults = ["refused"];
    goods.refusal = words;
    const order = await scene.buy();

    await scene.send();

    expect((await scene.order(order)).waits).toMatchObject({ for: "failed" });
    const { hold } = await findProviderState(panel.ctx.db, (await scene.provider()).id);
    expect(hold).toBeUndefined();
  },
);

test("what was not sent is sent again under its name", async () => {
  await scene.open();
  goods.faults = ["limit"];
  const order = await scene.buy();

  await scene.send();
  await panel.ctx.db.query("update provider_states set hold_kind = null, held_at = null");
  await scene.hurry();
  await scene.send();
  await scene.poll();

  const attempts = await scene.attempts(order);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["not_sent", "accepted"]);
  expect(attempts[0]?.requestId).toBe(attempts[1]?.requestId);
  expect(await scene.shown(order)).toMatchObject({ status: "Completed" });
});

test("a try whose worker is gone is of unknown outcome", async () => {
  await scene.open();
  const order = await scene.buy();
  const { id: providerId } = await scene.provider();
  // As a worker leaves it that was killed within the call.
  await productTasks.lease(panel.ctx.db, { providerId, kind: "send", limit: 1 });
  await panel.ctx.db.query(
    `insert into product_attempts (account_id, product_order_id, number, provider_id,
                                   provider_product, request_id)
     values ($1, $2, 1, $3, '7', 'pwp-test')`,
    [scene.buyer().id, order, providerId],
  );

  await scene.hurry();
  await scene.send();

  expect(scene.added()).toHaveLength(0);
  expect((await scene.order(order)).waits).toMatchObject({ for: "unknown" });
});

test("settled as accepted it is followed, as refused it fails, and twice it is refused", async () => {
  await scene.open();
  goods.faults = ["silent_after", "silent_before"];
  const [first, second] = [await scene.buy(), await scene.buy()];
  await scene.send();
  const number = String(goods.orders[0]?.id);

  const accepted = await settleProductOrder(panel.ctx, commandLineActor("anna"), first, {
    as: "accepted",
    providerOrder: number,
  });
  const taken = await settleProductOrder(panel.ctx, commandLineActor("anna"), second, {
    as: "accepted",
    providerOrder: number,
  });
  const refused = await settleProductOrder(panel.ctx, commandLineActor("anna"), second, {
    as: "refused",
    note: "asked them",
  });
  const again = await settleProductOrder(panel.ctx, commandLineActor("anna"), second, {
    as: "refused",
    note: undefined,
  });
  await scene.poll();

  expect(accepted).toMatchObject({ ok: true, value: { after: "accepted" } });
  expect(taken).toMatchObject({ refusal: { code: "provider_product_order_taken", by: first } });
  expect(refused).toMatchObject({ ok: true, value: { after: "failed" } });
  expect(again).toMatchObject({ refusal: { code: "nothing_to_settle" } });
  expect(await scene.shown(first)).toMatchObject({ status: "Completed" });
  expect((await scene.order(second)).waits).toMatchObject({ for: "failed" });
  expect(scene.added()).toHaveLength(2);
});

test("three silences in a row hold the queue, so that no more orders become unknown", async () => {
  await scene.open({ parallelCalls: 1 });
  goods.faults = Array.from({ length: 10 }, () => "silent_before" as const);
  for (let n = 0; n < 6; n++) await scene.buy();

  await scene.send();

  expect(scene.added()).toHaveLength(3);
});
