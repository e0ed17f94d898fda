import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addItems, addProduct, buy, keys } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { changeProduct } from "#products/change-product.ts";
import { lockStock } from "#products/items.sql.ts";
import { setProductRate } from "#products/set-product-rate.ts";
import { tellStock } from "./tell-stock.ts";

const panel = testPanel();

type Page = {
  readonly changes: readonly { readonly event: string; readonly data: Record<string, unknown> }[];
  readonly cursor: string;
};

async function changes({ key }: TestCustomer, since?: string): Promise<Page> {
  const asked = { key, action: "changes", ...(since === undefined ? {} : { since }) };
  return (await panel.api(asked)) as Page;
}

/** Everything that there is to tell so far is told, and not looked at. */
async function begin(customer: TestCustomer): Promise<string> {
  await tellStock(panel.ctx);
  return (await changes(customer)).cursor;
}

async function toldOf(customer: TestCustomer, since: string) {
  const page = await changes(customer, since);
  return page.changes
    .filter(({ event }) => event === "product.stock_changed")
    .map(({ data }) => data);
}

test("what changed in between is one event, in the words of the product list", async () => {
  const id = await addProduct(panel, { name: "Keys", stock: keys(3, "TOLD") });
  const customer = await panel.addCustomer();
  const since = await begin(customer);

  await buy(panel, customer.key, id);
  await buy(panel, customer.key, id);
  expect(await tellStock(panel.ctx)).toBe(1);
  expect(await tellStock(panel.ctx)).toBe(0);
  await buy(panel, customer.key, id);
  await tellStock(panel.ctx);
  await addItems(panel.ctx, id, keys(2, "MORE"));
  await tellStock(panel.ctx);

  expect(await toldOf(customer, since)).toEqual([
    { product: id, name: "Keys", status: "In stock", inventory: 1 },
    { product: id, name: "Keys", status: "Out of stock", inventory: 0 },
    { product: id, name: "Keys", status: "In stock", inventory: 2 },
  ]);
});

test("what fewer are left of than one may buy is out of stock, unless parts are delivered", async () => {
  const whole = await addProduct(panel, { min: 3, stock: keys(4, "WHOLE") });
  const part = await addProduct(panel, { min: 3, partDelivery: true, stock: keys(4, "PART") });
  const customer = await panel.addCustomer();
  const since = await begin(customer);

  for (const id of [whole, part]) await buy(panel, customer.key, id, { quantity: 3 });
  await tellStock(panel.ctx);

  expect(await toldOf(customer, since)).toMatchObject([
    { product: whole, status: "Out of stock", inventory: 1 },
    { product: part, status: "In stock", inventory: 1 },
  ]);
});

test("only those are told who may see the product, and of goods by hand there is nothing to tell", async () => {
  const chosen = await addProduct(panel, { visibility: "chosen" });
  const hidden = await addProduct(panel, { visibility: "nobody" });
  await addProduct(panel, { type: "service" });
  const [one, other] = [await panel.addCustomer(), await panel.addCustomer()];
  const rate = { kind: "fixed", rate: amount("1") } as const;
  must(await setProductRate(panel.ctx, tester, one.id, chosen, rate));
  const cursors = [await begin(one), await begin(other)];

  for (const id of [chosen, hidden]) await addItems(panel.ctx, id, keys(2, `SEEN-${id}`));
  expect(await tellStock(panel.ctx)).toBe(2);

  expect(await toldOf(one, cursors[0] ?? "")).toMatchObject([{ product: chosen, inventory: 2 }]);
  expect(await toldOf(other, cursors[1] ?? "")).toEqual([]);
});

test("of a provider's goods its list is told, also where it does not say how many", async () => {
  const [auto, byHand] = [await addProduct(panel), await addProduct(panel, { type: "service" })];
  const customer = await panel.addCustomer();
  const say = async (id: ProductId, inventory: number | null) => {
    await panel.ctx.db.query(
      `update products set provider_id = 1, provider_product = id::text, provider_inventory = $2
        where id = $1`,
      [id, inventory],
    );
  };
  await say(auto, 5);
  await say(byHand, null);
  const since = await begin(customer);

  for (const [first, second] of [
    [7, 0],
    [null, null],
  ] as const) {
    await say(auto, first);
    await say(byHand, second);
    await tellStock(panel.ctx);
  }

  const [theirs, hands] = [
    { product: auto, name: "License key" },
    { product: byHand, name: "License key" },
  ];
  expect(await toldOf(customer, since)).toEqual([
    { ...theirs, status: "In stock", inventory: 7 },
    { ...hands, status: "Out of stock" },
    { ...theirs, status: "In stock" },
    { ...hands, status: "In stock" },
  ]);
});

test("a stock that somebody holds for long is told later, and holds up no other", async () => {
  const [held, free] = [await addProduct(panel), await addProduct(panel)];
  const customer = await panel.addCustomer();
  const since = await begin(customer);
  await addItems(panel.ctx, held, keys(1, "HELD"));
  await addItems(panel.ctx, free, keys(1, "FREE"));

  await inTransaction(panel.ctx, async (tx) => {
    await lockStock(tx, held);
    expect(await tellStock(panel.ctx)).toBe(1);
  });
  expect(await tellStock(panel.ctx)).toBe(1);

  expect((await toldOf(customer, since)).map(({ product }) => product)).toEqual([free, held]);
});

test("two workers, price changes and buyers at once: numbered without a gap, the last word is right", async () => {
  const id = await addProduct(panel, { max: 1, stock: keys(30, "RACE") });
  const service = await addProduct(panel, { type: "service" });
  const customer = await panel.addCustomer({ balance: "1000" });
  const since = await begin(customer);

  const telling = Array.from({ length: 10 }, () => tellStock(panel.ctx));
  const buying = Array.from({ length: 25 }, () => buy(panel, customer.key, id));
  const changing = [1, 2, 3].map((cents) =>
    changeProduct(panel.ctx, tester, service, () => ({ rate: amount(`1.0${cents}`) })),
  );
  await Promise.all([...telling, ...buying, ...changing]);
  await tellStock(panel.ctx);

  const told = await toldOf(customer, since);
  expect(told.at(-1)).toMatchObject({ product: id, inventory: 5 });
  const counts = told.map(({ inventory }) => Number(inventory));
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
});
