import { expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { goodsProvider } from "#test/goods-provider.ts";
import type { GoodsOrder } from "#test/goods-provider.ts";
import { goodsScene } from "#test/goods-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { settleProductOrder } from "./settle-product-order.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

/** An order that the provider delivers so. */
async function delivered(change: (order: GoodsOrder) => void): Promise<ProductOrderId> {
  await scene.open();
  const { deliver } = goods;
  goods.deliver = (order) => {
    deliver(order);
    change(order);
  };
  const id = await scene.buy(2);
  await scene.send();
  return id;
}

async function poll(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await scene.hurry();
    await scene.poll();
  }
}

test.each<[what: string, state: Record<string, unknown>]>([
  ["a status that is null", { charge: 4, status: null }],
  ["a status under a name that nobody knows", { charge: 4, zustand: "fertig" }],
])(
  "%s: staff see it from the third answer on, and it is forgotten when it is read",
  async (_, state) => {
    const kept: { order?: GoodsOrder; state?: GoodsOrder["state"] } = {};
    const id = await delivered((order) => {
      kept.order = order;
      kept.state = order.state;
      order.state = state;
    });

    await poll(4);
    expect((await scene.order(id)).waits).toMatchObject({
      for: "status_unknown",
      note: expect.stringContaining("cannot be read"),
    });

    if (kept.order !== undefined && kept.state !== undefined) kept.order.state = kept.state;
    await poll(1);
    expect(await scene.order(id)).toMatchObject({ status: "completed", waits: undefined });
  },
);

test.each<[more: Record<string, unknown>, words: string]>([
  [{ charge: "4,000" }, 'charge "4,000" cannot be read'],
  [{ charge: 4, currency: "EUR" }, "charge 4.00 EUR not booked"],
  [{ charge: "-4" }, "charge -4.00 not booked"],
  [{ charge: 400 }, "charge 400.00 not booked, 4.00 expected"],
])("a charge of %j is not booked, and waits until staff have seen it", async (more, words) => {
  const id = await delivered((order) => {
    order.state = { ...order.state, ...more };
  });
  await poll(1);

  const order = await scene.order(id);
  expect(order).toMatchObject({ status: "completed", bookedCost: amount("0") });
  expect(order.waits).toMatchObject({ for: "cost_unclear", note: expect.stringContaining(words) });
  const seen = { as: "seen", note: "asked" } as const;
  must(await settleProductOrder(panel.ctx, tester, id, seen));
  expect((await scene.order(id)).waits).toBeUndefined();
  expect(await settleProductOrder(panel.ctx, tester, id, seen)).toMatchObject({
    refusal: { code: "nothing_to_settle" },
  });
});

test("goods and charges are read as people write them, whatever the spelling of their names", async () => {
  const id = await delivered((order) => {
    const { status, result } = order.state;
    order.state = { Status: status, Result: result, Charge: "4,00", Currency: "usd" };
  });
  await poll(1);
  expect(await scene.order(id)).toMatchObject({ status: "completed", bookedCost: amount("4") });
});

test("a number that another order carries is not followed: no goods, no cost, no refund of it", async () => {
  await scene.open();
  const first = await scene.buy(2);
  await scene.send();
  const [one] = goods.orders;
  const { deliver } = goods;
  goods.deliver = (order) => {
    deliver(order);
    Object.assign(order, { id: one?.id });
  };
  const second = await scene.buy(2);
  await scene.send();
  await poll(2);

  expect(await scene.order(first)).toMatchObject({ status: "completed", bookedCost: amount("4") });
  const other = await scene.order(second);
  expect(other).toMatchObject({ status: "pending", delivered: 0, bookedCost: amount("0") });
  expect(other.waits).toMatchObject({
    for: "unknown",
    note: expect.stringContaining(`which order ${first} carries`),
  });

  const accepted = { as: "accepted", providerOrder: String(one?.id) } as const;
  expect(await settleProductOrder(panel.ctx, tester, second, accepted)).toMatchObject({
    refusal: { code: "provider_product_order_taken", by: first },
  });
  must(await settleProductOrder(panel.ctx, tester, second, { ...accepted, isReused: true }));
  expect(await scene.order(second)).toMatchObject({ providerOrder: String(one?.id) });
});

test("a number is given up by no order that goes on", async () => {
  await scene.open();
  goods.deliver = (order) => {
    order.state = { charge: 2, status: "In progress" };
    Object.assign(order, { id: 77 });
  };
  const [first, second] = [await scene.buy(1), await scene.buy(1)];
  await scene.send();
  const [holder, other] =
    (await scene.order(first)).providerOrder === "77" ? [first, second] : [second, first];
  const verdict = { as: "accepted", providerOrder: "77", isReused: true } as const;
  expect(await settleProductOrder(panel.ctx, tester, other, verdict)).toMatchObject({
    refusal: { code: "provider_product_order_in_use", by: holder },
  });
});
