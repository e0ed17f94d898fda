import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { testDataFolder } from "#test/database.ts";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, buy } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { runPanel, words } from "#test/run-panel.ts";

const panel = testPanel({ roles: ["api"] });
let customer: TestCustomer;
let product: ProductId;

const run = (line: string, ...more: string[]) =>
  runPanel(panel.database.url, ...words(line), ...more, "--json");

async function order(quantity: number): Promise<number> {
  const bought = await buy(panel, customer.key, product, { quantity, require: "anna" });
  if (typeof bought !== "number") throw new Error(JSON.stringify(bought));
  return bought;
}

beforeAll(async () => {
  customer = await panel.addCustomer();
  product = await addProduct(panel, {
    type: "service",
    name: "Account",
    question: "Who are you?",
    warrantyDays: 1,
    max: 50,
  });
});

test("an order by hand from the desk to its claim, each step in words and in JSON", async () => {
  const id = await order(3);
  expect((await run("product desk")).json()).toMatchObject({
    counts: { delivery: 1 },
    open_claims: 0,
    entries: [{ order: id, product, name: "Account", quantity: 3, reason: "delivery" }],
  });
  expect((await run(`product start ${id}`)).json()).toEqual({ order: id, status: "In progress" });
  const file = path.join(testDataFolder(panel.database.url), "lines.txt");
  await writeFile(file, "first \u{1F511}\r\n\r\n  حساب ثاني\n");
  const delivered = await run(`product deliver ${id} --file ${file} --part --note`, "all we have");
  expect(delivered.json()).toEqual({
    order: id,
    status: "Partial",
    delivered: 2,
    quantity: 3,
    refund: "2.50",
  });
  expect((await run(`product refund ${id}`)).json()).toMatchObject({ refund: "0.00" });

  const hidden = await run(`product order ${id}`);
  expect(hidden.stdout).not.toContain("first");
  expect(hidden.stdout).not.toContain('"anna"');
  expect(hidden.json()).toMatchObject({
    status: "Partial",
    charge: "5.00",
    refunded: "2.50",
    note: "all we have",
    email: customer.email,
    lines: [{ place: 1, state: "sold", origin: "hand" }, { place: 2 }],
  });
  expect((await run(`product order ${id} --reveal`)).json()).toMatchObject({
    revealed: {
      answer: "anna",
      lines: [{ line: "first \u{1F511}" }, { line: "حساب ثاني" }],
    },
  });
  const looked = await runPanel(panel.database.url, "audit", "list", `product-order:${id}`);
  expect(looked.stdout).toContain("product_order.reveal");

  const opened = await run(`product claim open ${id} --items 2 --reason`, "locked out");
  const { claim } = opened.json() as { claim: number };
  expect((await run("product claim list --status open")).json()).toMatchObject([
    { claim, order: id, email: customer.email, status: "Open", items: [2], reason: "locked out" },
  ]);
  expect((await run(`product claim replace ${claim}`)).json()).toMatchObject({
    code: "claim_lines_needed",
  });
  expect((await run(`product claim replace ${claim} --text third`)).json()).toMatchObject({
    status: "Replaced",
  });
  const again = (await run(`product claim open ${id} --reason x`)).json() as { claim: number };
  expect((await run(`product claim reject ${again.claim} --reason no`)).json()).toMatchObject({
    status: "Rejected",
  });
  const last = (await run(`product claim open ${id} --reason x`)).json() as { claim: number };
  expect((await run(`product claim refund ${last.claim}`)).json()).toMatchObject({
    refund: "5.00",
  });
  const listed = await run(`product orders --email ${customer.email} --status partial`);
  expect(listed.json()).toMatchObject([{ order: id, charge: "0.00", delivered: 2, remains: 1 }]);
  expect((await run("product orders --waiting")).json()).toEqual([]);
}, 120_000);

test("what is refused is refused in words", async () => {
  const id = await order(2);
  const refusals: readonly (readonly [code: string, line: string])[] = [
    ["product_order_unknown", "product order 999999"],
    ["product_order_unknown", "product deliver 999999 --done"],
    ["product_order_unknown", "product refund 999999"],
    ["delivery_empty", `product deliver ${id}`],
    ["items_above_remaining", `product deliver ${id} --items 3`],
    ["items_unfit", `product refund ${id} --items 1`],
    ["file_unreadable", `product deliver ${id} --file /missing`],
    ["order_not_completed", `product claim open ${id} --reason x`],
    ["claim_unknown", "product claim refund 999999"],
    ["claim_unknown", "product claim replace 999999"],
    ["claim_unknown", "product claim reject 999999 --reason x"],
  ];
  for (const [code, line] of refusals) {
    const refused = await run(line);
    expect(refused.exitCode, line).toBe(1);
    expect(refused.json()).toEqual({ error: refused.stderr.trim(), code });
    expect(refused.stderr).toMatch(/^\S.*\.\n$/s);
  }
  for (const line of [
    `product deliver ${id} --done --part`,
    `product deliver ${id} --text a --file b`,
    `product claim open ${id} --items 0 --reason x`,
    `product claim`,
    `product claim lst`,
  ]) {
    expect(await run(line), line).toMatchObject({ exitCode: 2 });
  }
}, 120_000);
