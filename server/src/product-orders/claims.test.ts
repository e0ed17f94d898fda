import { expect, test } from "vitest";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addItems, addProduct, buy, keys, stateOf } from "#test/store.ts";
import type { ProductClaimId, ProductId, ProductOrderId } from "#values/ids.ts";
import { deliverProductOrder } from "./deliver-product-order.ts";
import { openClaim } from "#product-orders/claims/open-claim.ts";
import { refundClaim } from "#product-orders/claims/refund-claim.ts";
import { rejectClaim } from "#product-orders/claims/reject-claim.ts";
import { replaceClaim } from "#product-orders/claims/replace-claim.ts";
import type { ClaimReplacement } from "#product-orders/claims/replace-claim.ts";

const panel = testPanel();
let names = 0;

/** A product with a warranty of 30 days and so many keys of its own. */
async function addKeys(count: number): Promise<{ product: ProductId; lines: string[] }> {
  const lines = keys(count, `W${++names}`);
  return { product: await addProduct(panel, { warrantyDays: 30, stock: lines }), lines };
}

async function order({ key }: TestCustomer, product: ProductId, quantity = 1) {
  const bought = await buy(panel, key, product, { quantity });
  if (typeof bought !== "number") throw new Error(JSON.stringify(bought));
  return bought;
}

const claim = (
  { key }: TestCustomer,
  id: ProductOrderId,
  fields: Readonly<Record<string, string | number>> = {},
) =>
  panel.api({ key, action: "claim_product_order", order: id, reason: "does not work", ...fields });

async function claimed(
  customer: TestCustomer,
  id: ProductOrderId,
  fields: Readonly<Record<string, string | number>> = {},
): Promise<ProductClaimId> {
  const answer = (await claim(customer, id, fields)) as { claim?: ProductClaimId };
  if (answer.claim === undefined) throw new Error(JSON.stringify(answer));
  return answer.claim;
}

const replace = (id: ProductClaimId, by: Partial<ClaimReplacement> = {}) =>
  replaceClaim(panel.ctx, tester, id, {
    lines: undefined,
    places: undefined,
    note: undefined,
    ...by,
  });
const refund = (id: ProductClaimId, places?: readonly number[], note?: string) =>
  refundClaim(panel.ctx, tester, id, { places, note });

const claimState = ({ key }: TestCustomer, id: number) =>
  panel.api({ key, action: "product_claim_status", claim: id });

const balanceOf = async ({ key }: TestCustomer) =>
  ((await panel.api({ key, action: "balance" })) as { balance: string }).balance;

/** Puts an order's end so many days back. */
const age = (id: ProductOrderId, days: number) =>
  panel.ctx.db.query(
    "update product_orders set finished_at = finished_at - $2::integer * interval '1 day' where id = $1",
    [id, days],
  );

test("named lines are replaced from the stock, and the result shows the lines of now", async () => {
  const { product, lines } = await addKeys(5);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 3);

  const first = await claimed(customer, id, { items: "2" });
  expect(await claimState(customer, first)).toEqual({ status: "Open" });
  must(await replace(first, { note: "sorry" }));

  expect(await claimState(customer, first)).toEqual({ status: "Replaced", note: "sorry" });
  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 7.5,
    status: "Completed",
    result: [lines[0], lines[2], lines[3]].join("\n"),
  });
  // The second line of the result is now the third that was delivered.
  const second = await claimed(customer, id, { items: "2,3" });
  must(await refund(second));
  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 2.5,
    status: "Completed",
    result: lines[0],
  });
  expect(await panel.api({ key: customer.key, action: "result_product", order: id })).toEqual({
    result: [lines[0]],
  });
  expect(await balanceOf(customer)).toBe("97.50");
});

test("a stock that is too small is said, and nothing has changed", async () => {
  const { product, lines } = await addKeys(3);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);
  const all = await claimed(customer, id);

  expect(await replace(all)).toMatchObject({
    refusal: { code: "stock_short", free: 1, needed: 2 },
  });
  expect(await claimState(customer, all)).toEqual({ status: "Open" });
  expect(await stateOf(panel, customer.key, id)).toMatchObject({
    result: lines.slice(0, 2).join("\n"),
  });
  await addItems(panel.ctx, product, [`${lines[0]}-b`]);
  must(await replace(all));

  expect(await stateOf(panel, customer.key, id)).toMatchObject({
    result: `${lines[2]}\n${lines[0]}-b`,
  });
});

test("a line that cannot be opened is nobody's replacement", async () => {
  const { product } = await addKeys(2);
  const customer = await panel.addCustomer();
  const id = await order(customer, product);
  await panel.ctx.db.query(
    "update product_items set sealed = 'AA' where product_id = $1 and state = 'free'",
    [product],
  );
  const all = await claimed(customer, id);

  expect(await replace(all)).toMatchObject({ refusal: { code: "stock_sealed_otherwise" } });
  expect(await claimState(customer, all)).toEqual({ status: "Open" });
});

test("how many do not work is not which: staff name the lines", async () => {
  const { product, lines } = await addKeys(4);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 3);
  const two = await claimed(customer, id, { quantity: 2 });

  for (const places of [undefined, [1], [1, 9], [1, 1]]) {
    expect(await refund(two, places)).toMatchObject({
      refusal: { code: "claim_items_needed", quantity: 2 },
    });
  }
  expect(must(await refund(two, [1, 3], "you are right")).refund).toBe(amount("5"));

  expect(await claimState(customer, two)).toEqual({ status: "Refunded", note: "you are right" });
  expect(await stateOf(panel, customer.key, id)).toMatchObject({ charge: 2.5, result: lines[1] });
});

test("lines by hand replace as well: for keys one each and none that is known", async () => {
  const { product, lines } = await addKeys(3);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);
  const all = await claimed(customer, id);

  expect(await replace(all, { lines: ["x"] })).toMatchObject({ refusal: { code: "lines_unfit" } });
  expect(await replace(all, { lines: ["x", lines[2] ?? ""] })).toMatchObject({
    refusal: { code: "line_known", line: 2 },
  });
  must(await replace(all, { lines: [`${lines[0]}-x`, `${lines[0]}-y`] }));

  expect(await stateOf(panel, customer.key, id)).toMatchObject({
    result: `${lines[0]}-x\n${lines[0]}-y`,
  });
});

test("what was delivered by hand is replaced by hand, and refunded by the item", async () => {
  const product = await addProduct(panel, { type: "service", warrantyDays: 7 });
  const customer = await panel.addCustomer({ balance: "10" });
  const id = await order(customer, product, 4);
  const delivery = { lines: ["user", "password"], items: 4, end: undefined, note: undefined };
  must(await deliverProductOrder(panel.ctx, tester, id, delivery));

  const first = await claimed(customer, id, { items: "2", quantity: 1 });
  expect(await replace(first)).toMatchObject({ refusal: { code: "claim_lines_needed" } });
  must(await replace(first, { lines: ["new password"] }));
  expect(await stateOf(panel, customer.key, id)).toMatchObject({ result: "user\nnew password" });
  const second = await claimed(customer, id, { quantity: 3 });
  must(await refund(second));
  expect(await claim(customer, id, { quantity: 2 })).toEqual({
    error: "Quantity more than maximum 1",
  });
  must(await refund(await claimed(customer, id)));

  expect(await stateOf(panel, customer.key, id)).toEqual({ charge: 0, status: "Completed" });
  expect(await claim(customer, id)).toEqual({ error: "The warranty is over" });
  expect(await balanceOf(customer)).toBe("10.00");
});

test("what cannot be claimed is said in words, for strangers as for one that does not exist", async () => {
  const { product } = await addKeys(3);
  const without = await addProduct(panel, { stock: [`none ${++names}`] });
  const customer = await panel.addCustomer();
  const stranger = await panel.addCustomer();
  const id = await order(customer, product, 2);
  const bare = await order(customer, without);

  const error = (text: string) => ({ error: text });
  expect(await claim(stranger, id)).toEqual(error("Incorrect order ID"));
  expect(await claim(customer, 999_999 as ProductOrderId)).toEqual(error("Incorrect order ID"));
  expect(await claim(customer, bare)).toEqual(error("This order has no warranty"));
  expect(await claim(customer, id, { reason: " " })).toMatchObject(
    error("There are missing required parameters. Please check your API Manual"),
  );
  expect(await claim(customer, id, { reason: "x".repeat(2001) })).toEqual(
    error("Incorrect reason, expected 1 to 2000 characters"),
  );
  expect(await claim(customer, id, { reason: "a\u0000b" })).toMatchObject({
    error: expect.any(String),
  });
  for (const items of ["3", "0", "1,1", "first"]) {
    expect(await claim(customer, id, { items })).toEqual(
      error("Incorrect items, expected places of delivered lines, such as 1,3"),
    );
  }
  expect(await claim(customer, id, { quantity: "two" })).toEqual(
    error("Quantity must be a whole number"),
  );
  const open = await claimed(customer, id);
  expect(await claim(customer, id)).toEqual(error("There is an open claim for this order"));
  expect(await claimState(stranger, open)).toEqual(error("Claim not found"));
  const { key } = customer;
  expect(
    await panel.api({ key, action: "product_claim_status", claims: `${open},x,999999` }),
  ).toEqual({
    [open]: { status: "Open" },
    x: error("Claim not found"),
    999_999: error("Claim not found"),
  });
});

test("the warranty ends with its last day, and begins anew for what was replaced", async () => {
  const { product } = await addKeys(6);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);
  must(await replace(await claimed(customer, id, { items: "1" })));
  await age(id, 31);

  expect(await claim(customer, id, { items: "1" })).toEqual({ error: "The warranty is over" });
  const second = await claimed(customer, id);
  expect(await refund(second)).toMatchObject({ refusal: { code: "claim_items_needed" } });
  must(await refund(second, [3]));
  const goodwill = { reason: "a friend", places: [], quantity: undefined } as const;
  const late = must(
    await openClaim(panel.ctx, tester, customer.id, id, {
      ...goodwill,
      countedBy: "place",
      isGoodwill: true,
    }),
  );
  must(await refund(late));

  expect(await balanceOf(customer)).toBe("100.00");
});

test("what an order was charged for a part comes back in parts, and never more", async () => {
  const lines = keys(2, `P${++names}`);
  const product = await addProduct(panel, {
    warrantyDays: 30,
    partDelivery: true,
    rate: amount("0.33333"),
    stock: lines,
  });
  const customer = await panel.addCustomer({ balance: "10" });
  const id = await order(customer, product, 5);
  expect(await stateOf(panel, customer.key, id)).toMatchObject({ charge: 0.66666, remains: 3 });

  must(await refund(await claimed(customer, id, { items: "2" })));
  must(await refund(await claimed(customer, id)));

  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 0,
    status: "Partial",
    remains: 3,
  });
  expect(await claim(customer, id)).toEqual({ error: "The warranty is over" });
  expect(await balanceOf(customer)).toBe("10.00");
});

test("twelve who settle one claim at once: one does, the others are told", async () => {
  for (let round = 0; round < 5; round++) {
    const { product } = await addKeys(8);
    const customer = await panel.addCustomer({ balance: "10" });
    const id = await order(customer, product, 2);
    const open = await claimed(customer, id);

    const settled = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 3 === 0
          ? replace(open)
          : index % 3 === 1
            ? refund(open)
            : rejectClaim(panel.ctx, tester, open, "no"),
      ),
    );

    expect(settled.filter((each) => each.ok)).toHaveLength(1);
    expect(settled.every((each) => each.ok || each.refusal.code === "claim_settled")).toBe(true);
  }
});

test("claims of many buyers for the last items: each item goes to one of them", async () => {
  const { product } = await addKeys(13);
  const customers = await Promise.all(Array.from({ length: 8 }, () => panel.addCustomer()));
  const claims: ProductClaimId[] = [];
  for (const customer of customers) {
    claims.push(await claimed(customer, await order(customer, product)));
  }
  const late = await panel.addCustomer();

  const [bought, ...replaced] = await Promise.all([
    buy(panel, late.key, product, { quantity: 2 }),
    ...claims.map((id) => replace(id)),
  ]);

  const done = replaced.filter((each) => each.ok).length;
  expect(done).toBe(typeof bought === "number" ? 3 : 5);
  const { rows } = await panel.ctx.db.query(
    `select count(*) filter (where state = 'free')::int as free,
            count(*) filter (where state = 'replaced')::int as replaced,
            count(*) filter (where state = 'sold')::int as sold
       from product_items
      where product_id = $1`,
    [product],
  );
  expect(rows).toEqual([{ free: 0, replaced: done, sold: 13 - done }]);
});

test("two claims of one order at once: one is opened", async () => {
  const { product } = await addKeys(2);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);

  const answers = await Promise.all(Array.from({ length: 8 }, () => claim(customer, id)));

  expect(answers.filter((each) => (each as { claim?: number }).claim !== undefined)).toHaveLength(
    1,
  );
});

test("a rejected claim changes nothing, and the buyer may claim again", async () => {
  const { product, lines } = await addKeys(2);
  const customer = await panel.addCustomer();
  const id = await order(customer, product, 2);
  const open = await claimed(customer, id);

  must(await rejectClaim(panel.ctx, tester, open, "it works for us"));

  expect(await claimState(customer, open)).toEqual({
    status: "Rejected",
    note: "it works for us",
  });
  expect(await stateOf(panel, customer.key, id)).toEqual({
    charge: 5,
    status: "Completed",
    result: lines.join("\n"),
  });
  expect(await claimed(customer, id)).not.toBe(open);
});

test("a follower is told of a claim in its order, and the audit has no buyer's words", async () => {
  const { product } = await addKeys(4);
  const customer = await panel.addCustomer();
  const { key } = customer;
  const id = await order(customer, product, 2);
  const { cursor } = (await panel.api({ key, action: "changes" })) as { cursor: string };
  const first = await claimed(customer, id, { items: "1", reason: "BUYERS-WORDS" });
  must(await replace(first));
  const second = await claimed(customer, id);
  must(await refund(second, undefined, "money back"));

  const { changes } = (await panel.api({ key, action: "changes", since: cursor })) as {
    changes: { event: string; data: Record<string, unknown> }[];
  };
  expect(changes.map(({ event, data }) => [event, data["status"], data["charge"]])).toEqual([
    ["product_claim.updated", "Open", undefined],
    ["product_order.updated", "Completed", 5],
    ["product_claim.updated", "Replaced", undefined],
    ["product_claim.updated", "Open", undefined],
    ["product_order.updated", "Completed", 0],
    ["product_claim.updated", "Refunded", undefined],
  ]);
  expect(changes.at(-1)?.data).toEqual({
    claim: second,
    product_order: id,
    status: "Refunded",
    quantity: 2,
    note: "money back",
  });
  const audited = await listAuditEntries(panel.ctx.db, 1000);
  expect(audited.filter((entry) => entry.subject === `product-claim:${first}`)).toMatchObject([
    { actor: "cli:test", action: "product_claim.replace" },
    { actor: expect.stringMatching(/^customer:\d+ key:\d+$/), action: "product_claim.open" },
  ]);
  expect(JSON.stringify([audited, changes])).not.toContain("BUYERS-WORDS");
});

test("a claim with a test key is replaced at once, by play lines", async () => {
  const { product } = await addKeys(3);
  const owner = await panel.addCustomer();
  const made = await createKey(panel.ctx, tester, owner.id, apiKeyTermsDefault, { isTest: true });
  const customer = { ...owner, key: must(made).key };
  const id = await order(customer, product, 2);

  const open = await claimed(customer, id, { items: "2" });

  expect(await claimState(customer, open)).toEqual({ status: "Replaced" });
  expect(await stateOf(panel, customer.key, id)).toMatchObject({
    result: `SANDBOX-${id}-1\nSANDBOX-${id}-3`,
  });
});
