import { describe, expect, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { addProduct, buy, keys, stateOf } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { changeProductCategory } from "./change-category.ts";
import { changeProduct, withDiscount } from "./change-product.ts";
import type { ProductChange } from "./change-product.ts";
import { createProduct } from "./create-product.ts";
import { listSeenProducts } from "#products/import/list-seen-products.ts";
import { findProduct, listProductCategories, listProducts } from "./products.sql.ts";
import { setProductRate } from "./set-product-rate.ts";

const panel = testPanel();

const change = (id: ProductId, to: ProductChange) => changeProduct(panel.ctx, tester, id, () => to);

async function lowSince(id: ProductId) {
  return (await listProducts(panel.ctx.db)).find((product) => product.id === id)?.lowSince;
}

describe("a product", () => {
  test("is kept as it was described, and its changes are in the audit", async () => {
    const id = await addProduct(panel, {
      category: " Netflix ",
      name: " Premium 🎬 ",
      rate: amount("7.5"),
      question: " Your account ",
      questionCheck: "email",
      lowMark: 5,
      warrantyDays: 30,
      partDelivery: true,
      visibility: "chosen",
      description: "אחד",
    });

    const made = await findProduct(panel.ctx.db, id);
    const changed = must(
      await change(id, { rate: amount("8"), category: "Other", question: undefined }),
    );

    expect(made).toMatchObject({
      category: "Netflix",
      name: "Premium 🎬",
      rate: amount("7.5"),
      question: "Your account",
      questionCheck: "email",
      lowMark: 5,
      warrantyDays: 30,
      partDelivery: true,
      visibility: "chosen",
      description: "אחד",
      discounts: [],
      providerId: undefined,
    });
    expect(changed).toEqual(await findProduct(panel.ctx.db, id));
    expect(changed).toMatchObject({
      category: "Other",
      questionCheck: undefined,
      rate: amount("8"),
    });
    const { rows } = await panel.ctx.db.query(
      "select before, after from audit_entries where action = 'product.change' and subject = $1",
      [`product:${id}`],
    );
    expect(rows).toMatchObject([{ before: { rate: "7.50" }, after: { rate: "8.00" } }]);
  });

  test.each<[code: string, change: ProductChange]>([
    ["product_name_invalid", { name: " " }],
    ["product_name_invalid", { name: "x".repeat(501) }],
    ["product_category_invalid", { category: "x".repeat(201) }],
    ["product_rate_invalid", { rate: amount("0") }],
    ["product_rate_invalid", { rate: amount("100000000000.00000001") }],
    ["product_bounds_invalid", { min: 0 }],
    ["product_bounds_invalid", { min: 11 }],
    ["product_bounds_invalid", { max: 10_001 }],
    ["question_invalid", { question: "x".repeat(501) }],
    ["question_invalid", { question: "Your name", questionCheck: "(a+)+$" }],
    ["product_terms_invalid", { warrantyDays: 3651 }],
    ["product_terms_invalid", { lowMark: 0 }],
    ["product_terms_invalid", { marginPercent: amount("1000") }],
    ["product_terms_invalid", { description: "x".repeat(20_001) }],
    ["product_discount_invalid", { discounts: [{ quantityFrom: 1, percent: amount("5") }] }],
    ["product_discount_invalid", { discounts: [{ quantityFrom: 2, percent: amount("100") }] }],
    ["product_discount_invalid", { discounts: [{ quantityFrom: 2, percent: amount("0") }] }],
  ])("%s refuses a change, number %#, and leaves everything", async (code, to) => {
    const id = await addProduct(panel);
    const before = await findProduct(panel.ctx.db, id);

    expect(await change(id, to)).toMatchObject({ ok: false, refusal: { code } });

    expect(await findProduct(panel.ctx.db, id)).toEqual(before);
  });

  test("that is delivered by hand has no low mark, and one that is not there no change", async () => {
    const id = await addProduct(panel, { type: "service" });

    expect(await change(id, { lowMark: 1 })).toMatchObject({ ok: false });
    expect(await change(999_999 as ProductId, {})).toMatchObject({
      refusal: { code: "product_unknown" },
    });
    const described = { ...must(await change(id, {})), lowMark: 1 };
    expect(await createProduct(panel.ctx, tester, described)).toMatchObject({ ok: false });
  });

  test("made by many at once in a new category lands in one category", async () => {
    const category = "Made at once";
    await Promise.all(Array.from({ length: 8 }, () => addProduct(panel, { category })));

    const named = (await listProductCategories(panel.ctx.db)).filter(
      ({ name }) => name === category,
    );
    expect(named).toMatchObject([{ products: 8 }]);
  });

  test("gets its low mark noted when the mark is moved", async () => {
    const id = await addProduct(panel, { stock: keys(3, "LOW") });
    expect(await lowSince(id)).toBeUndefined();
    must(await change(id, { lowMark: 3 }));
    expect(await lowSince(id)).toBeInstanceOf(Date);
    must(await change(id, { lowMark: 2 }));
    expect(await lowSince(id)).toBeUndefined();
    must(await change(id, { lowMark: 4 }));
    must(await change(id, { lowMark: undefined }));
    expect(await lowSince(id)).toBeUndefined();
  });

  test("sold after a change of its price takes the new one", async () => {
    const id = await addProduct(panel, { stock: keys(20, "PRICE"), rate: amount("1") });
    const customer = await panel.addCustomer();

    for (let cents = 1; cents <= 10; cents++) {
      must(await change(id, { rate: amount(`1.0${cents % 10}`) }));
      const order = await buy(panel, customer.key, id);
      expect(await stateOf(panel, customer.key, order)).toMatchObject({
        charge: Number(`1.0${cents % 10}`),
      });
    }
  });
});

describe("what one customer pays", () => {
  test("is their own price, and takes quantity discounts", async () => {
    const id = await addProduct(panel, { rate: amount("10"), stock: keys(10, "OWN") });
    const [own, other] = [await panel.addCustomer(), await panel.addCustomer()];
    const half = { kind: "percent", percent: amount("50") } as const;
    must(await changeCustomer(panel.ctx, tester, own.id, { discountPercent: amount("90") }));
    must(
      await changeProduct(panel.ctx, tester, id, ({ discounts }) => ({
        discounts: withDiscount(discounts, 3, amount("10")),
      })),
    );

    const pays = must(await setProductRate(panel.ctx, tester, own.id, id, half));

    expect(pays).toBe(amount("5"));
    const bought = [
      await buy(panel, own.key, id),
      await buy(panel, own.key, id, { quantity: 3 }),
      await buy(panel, other.key, id),
    ];
    const keysOf = [own.key, own.key, other.key];
    const states = await Promise.all(
      bought.map((order, index) => stateOf(panel, keysOf[index] ?? "", order)),
    );
    expect(states).toMatchObject([{ charge: 5 }, { charge: 13.5 }, { charge: 10 }]);
    expect(must(await setProductRate(panel.ctx, tester, own.id, id, undefined))).toBe(amount("1"));
  });

  test("is refused where it is nothing, or nobody's", async () => {
    const id = await addProduct(panel);
    const customer = await panel.addCustomer();
    const set = (rate: Parameters<typeof setProductRate>[4], of = customer.id, at = id) =>
      setProductRate(panel.ctx, tester, of, at, rate);
    const fixed = (text: string) => ({ kind: "fixed", rate: amount(text) }) as const;

    expect(await set(fixed("0"))).toMatchObject({ refusal: { code: "product_rate_invalid" } });
    expect(await set({ kind: "percent", percent: amount("1001") })).toMatchObject({ ok: false });
    expect(await set(undefined)).toMatchObject({ refusal: { code: "product_rate_unknown" } });
    expect(await set(fixed("1"), 999_999 as never)).toMatchObject({
      refusal: { code: "customer_unknown" },
    });
    expect(await set(fixed("1"), customer.id, 999_999 as ProductId)).toMatchObject({
      refusal: { code: "product_unknown" },
    });
  });
});

test("a product for chosen customers is seen by those who have a price of their own", async () => {
  const [open, chosen, hidden] = [
    await addProduct(panel),
    await addProduct(panel, { visibility: "chosen" }),
    await addProduct(panel, { visibility: "nobody" }),
  ];
  const [one, other] = [await panel.addCustomer(), await panel.addCustomer()];
  for (const id of [chosen, hidden]) {
    const rate = { kind: "percent", percent: amount("100") } as const;
    must(await setProductRate(panel.ctx, tester, one.id, id, rate));
  }

  const seen = async (account: typeof one) => [
    ...(await listSeenProducts(panel.ctx.db, account.id, [open, chosen, hidden])).keys(),
  ];

  expect(await seen(one)).toEqual([open, chosen]);
  expect(await seen(other)).toEqual([open]);
});

test("categories are renamed and moved, and no two have one name", async () => {
  await addProduct(panel, { category: "First" });
  await addProduct(panel, { category: "Second" });
  const move = (name: string, to: { name?: string; position?: number }) =>
    changeProductCategory(panel.ctx, tester, name, { name: undefined, position: undefined, ...to });

  must(await move("Second", { name: " Renamed ", position: 0 }));

  const [first] = await listProductCategories(panel.ctx.db);
  expect(first).toMatchObject({ name: "Renamed", position: 0, products: 1 });
  expect(await move("First", { name: "Renamed" })).toMatchObject({
    refusal: { code: "product_category_taken" },
  });
  expect(await move("Missing", {})).toMatchObject({
    refusal: { code: "product_category_unknown" },
  });
  expect(await move("First", { name: " " })).toMatchObject({
    refusal: { code: "product_category_invalid" },
  });
});
