import { expect, test } from "vitest";
import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import { tester } from "#test/actors.ts";
import { goodsProvider, listedProduct } from "#test/goods-provider.ts";
import { goodsScene } from "#test/goods-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { importProducts } from "./import-products.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { syncProducts } from "./sync-products.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

const many = (count: number, more: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...listedProduct, product: index + 1, ...more }));

test("a plan changes nothing; applied it is on sale with the mark-up, and again nothing is new", async () => {
  goods.products = many(3, { require: "Your account", desc: "Fast" });
  await scene.open();
  const provider = await scene.provider();

  const [first, ...others] = await scene.products();
  expect(others).toHaveLength(2);
  expect(first).toMatchObject({
    category: "Keys",
    name: "Key",
    description: "Fast",
    type: "auto",
    rate: amount("3"),
    cost: amount("2"),
    providerRate: amount("2"),
    providerInventory: 1000,
    question: "Your account",
    min: 1,
    max: 100,
  });
  goods.products = many(4);
  const order = { markUp: markUpOf(amount("50")), mode: "plan", acceptsBrakes: false } as const;
  const planned = must(await importProducts(panel.ctx, tester, provider, order));
  expect(planned.plan.changes.map(({ kind }) => kind)).toEqual(["new"]);
  expect(await scene.products()).toHaveLength(3);
  expect((await scene.import()).applied).toBe(1);
  expect((await scene.import()).plan.changes).toEqual([]);
});

test("two imports at once bring each product once", async () => {
  goods.products = [];
  await scene.open();
  goods.products = many(20);

  await Promise.all([scene.import(), scene.import(), scene.import()]);

  expect(await scene.products()).toHaveLength(20);
});

test("stock, bounds and costs follow the list, and so does the price", async () => {
  await scene.open();
  goods.products = [
    { ...listedProduct, rate: "2.2", inventory: 3, max: 5, require: "Your account" },
  ];

  await syncProducts(panel.ctx);

  expect(await scene.product()).toMatchObject({
    rate: amount("3.3"),
    cost: amount("2.2"),
    providerInventory: 3,
    max: 5,
    question: "Your account",
  });
});

test("a price that was set by hand stays, and what it costs is known", async () => {
  await scene.open();
  const { id } = await scene.product();
  await panel.ctx.db.query("update products set rate = 9 where id = $1", [id]);
  goods.products = [{ ...listedProduct, rate: 2.2 }];

  await scene.sync();

  expect(await scene.product()).toMatchObject({ rate: amount("9"), cost: amount("2.2") });
});

test("below cost nothing is sold", async () => {
  await scene.open();
  const { id } = await scene.product();
  await panel.ctx.db.query("update products set rate = 1 where id = $1", [id]);
  const order = await scene.buy(2);
  expect(await scene.shown(order)).toMatchObject({ charge: 4 });
});

test("what became much dearer is not sold until an operator accepts it", async () => {
  await scene.open();
  goods.products = [{ ...listedProduct, rate: 3 }];

  const first = await scene.sync();
  const again = await scene.sync();

  expect(first.plan.changes[0]?.brake).toBe("its price moved by 50 %");
  expect(again.plan.changes[0]?.brake).toBeDefined();
  expect(await scene.product()).toMatchObject({ rate: amount("3"), providerInventory: 0 });
  await expect(scene.buy()).rejects.toThrow("Out of stock");
  await scene.sync({ acceptsBrakes: true });
  expect(await scene.product()).toMatchObject({ rate: amount("4.5"), providerInventory: 1000 });
});

test("what became much cheaper is sold on at its old price until then", async () => {
  await scene.open();
  goods.products = [{ ...listedProduct, rate: "0.01" }];

  await scene.sync();

  expect(await scene.product()).toMatchObject({ rate: amount("3"), providerInventory: 1000 });
});

test("what is gone is out of stock, and comes back", async () => {
  goods.products = many(20);
  await scene.open();
  goods.products = many(19);

  const gone = await scene.sync();
  expect(gone.plan.changes).toMatchObject([{ kind: "gone", providerProduct: "20" }]);
  expect(await scene.product("20")).toMatchObject({ providerInventory: 0, cost: amount("2") });
  expect((await scene.sync()).plan.changes).toEqual([]);
  goods.products = many(20);
  expect((await scene.sync()).plan.changes).toMatchObject([{ kind: "returned" }]);
  expect(await scene.product("20")).toMatchObject({ providerInventory: 1000, rate: amount("3") });
});

test.each([
  ["an empty list", 0],
  ["a list that lost more than a tenth", 17],
])("%s is not believed", async (_, left) => {
  goods.products = many(20);
  await scene.open();
  goods.products = many(left, { inventory: 1 });

  const stopped = await scene.sync();

  expect(stopped).toMatchObject({ isApplied: false, applied: 0 });
  expect(stopped.plan.brakes).toHaveLength(1);
  expect((await scene.products()).every((each) => each.providerInventory === 1000)).toBe(true);
  await scene.sync({ acceptsBrakes: true });
  expect(await scene.product("20")).toMatchObject({ providerInventory: 0 });
});

test("another exchange rate makes other costs and prices", async () => {
  await scene.open();
  const { id } = await scene.provider();
  must(
    await changeProvider(
      panel.ctx,
      tester,
      id,
      { currency: "EUR", exchangeRate: amount("1.1") },
      repriceProvider,
    ),
  );

  await scene.sync();

  expect(await scene.product()).toMatchObject({ cost: amount("2.2"), rate: amount("3.3") });
});

test("a list that cannot be read is refused, and one provider's fault is not another's", async () => {
  await scene.open();
  const provider = await scene.provider();
  goods.products = { error: "Invalid API key" } as never;
  const order = { markUp: undefined, mode: "apply", acceptsBrakes: false } as const;

  const refused = await importProducts(panel.ctx, tester, provider, order);

  expect(refused).toMatchObject({ refusal: { code: "products_not_fetched" } });
  await syncProducts(panel.ctx);
  expect((await scene.product()).providerInventory).toBe(1000);
});

test("an order takes from what the list said, so that few are sold in vain", async () => {
  goods.products = [{ ...listedProduct, inventory: 3 }];
  await scene.open();
  await scene.buy(2);
  await scene.send();

  expect((await scene.product()).providerInventory).toBe(1);
  await expect(scene.buy(2)).rejects.toThrow("Out of stock");
});
