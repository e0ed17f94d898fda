import { beforeAll, expect, test } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, keys } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { expectRefusal, form, jsonBody, jsonOf, send } from "./send.ts";
import type { Sent } from "./send.ts";

const panel = testPanel();
let customer: TestCustomer;
let product: ProductId;
let asking: ProductId;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "100000", terms: { rateLimit: 0 } });
  const many = { max: 10_000, rate: amount("0.01"), stock: keys(300, "PLAIN") };
  product = await addProduct(panel, many);
  asking = await addProduct(panel, { question: "Your account", stock: keys(100, "ASKED") });
});

const ask = (sent: Sent) => send(panel.url, sent);
const order = () => ({ key: customer.key, action: "add_product_order", product, quantity: 1 });
const asked = () => ({ ...order(), product: asking });
const taken = { order: expect.any(Number) };

test.each([
  "0x1",
  "-1",
  "+1",
  "1e3",
  "1E0",
  "1.0",
  "1.5",
  "１",
  "١",
  "1\u0000",
  "1 or 1=1",
  "1;drop table products",
  "<b>1</b>",
  "NaN",
  "true",
  "9007199254740992",
  "9".repeat(400),
])("%j is no quantity, no product and no order", async (text) => {
  expectRefusal(await ask(form({ ...order(), quantity: text })), "quantity_invalid");
  expectRefusal(await ask(form({ ...order(), product: text })), "product_unknown");
  for (const action of ["product_order_status", "result_product"]) {
    const heard = await ask(form({ key: customer.key, action, order: text }));
    expectRefusal(heard, "order_unknown", "Incorrect order ID");
  }
});

test("nothing, zero and too much are refused with what was expected", async () => {
  expectRefusal(await ask(form({ ...order(), quantity: "" })), "quantity_required");
  expectRefusal(await ask(form({ ...order(), quantity: "undefined" })), "quantity_required");
  expectRefusal(await ask(form({ ...order(), quantity: 0 })), "quantity_below_min");
  expectRefusal(await ask(form({ ...order(), quantity: 10_001 })), "quantity_above_max");
  const huge = { ...order(), quantity: "9007199254740991" };
  expectRefusal(await ask(form(huge)), "quantity_above_max");
  expectRefusal(await ask(form({ ...order(), quantity: 301 })), "out_of_stock", "Out of stock");
  expectRefusal(await ask(form({ ...order(), product: "" })), "product_unknown");
});

test("lists where one value belongs are refused, and an answer may be one", async () => {
  for (const junk of [[1], [], ["1", "2"], { a: 1 }]) {
    expectRefusal(await ask(jsonBody({ ...order(), quantity: junk })), "quantity_invalid");
    expectRefusal(await ask(jsonBody({ ...order(), product: junk })), "product_unknown");
    expectRefusal(await ask(jsonBody({ ...order(), max_charge: junk })), "max_charge_invalid");
    expectRefusal(await ask(jsonBody({ ...order(), request_id: junk })), "request_id_invalid");
  }
  const lines = await ask(jsonBody({ ...asked(), require: ["first line", "second line"] }));
  const { body } = form(asked());
  const php = await ask({ ...form({}), body: `${String(body)}&require[]=a&require[]=b` });
  expect(jsonOf(lines)).toEqual(taken);
  expect(jsonOf(php)).toEqual(taken);
  const stored = await panel.ctx.db.query<{ id: number; sealed_answer: string }>(
    "select id, sealed_answer from product_orders where sealed_answer is not null order by id",
  );
  const secrets = await panel.ctx.secrets();
  const answers = stored.rows.map(({ id, sealed_answer: sealed }) =>
    secrets.open(`product-order:${id}:answer`, sealed),
  );
  expect(answers).toEqual(["first line\nsecond line", "a\nb"]);
});

test("an answer that nothing can keep, or that is a book, is refused", async () => {
  for (const require of ["a\u0000b", "\ud800", "x".repeat(100_000)]) {
    expectRefusal(await ask(jsonBody({ ...asked(), require })), "field_invalid");
  }
  for (const require of ["", " \r\n ", "undefined"]) {
    expectRefusal(await ask(jsonBody({ ...asked(), require })), "field_required");
  }
  expectRefusal(await ask(jsonBody({ ...asked(), require: [] })), "field_invalid");
  expectRefusal(await ask(jsonBody({ ...asked(), require: { a: 1 } })), "field_invalid");
  // Nobody asked: it is neither read nor kept.
  expect(jsonOf(await ask(jsonBody({ ...order(), require: { a: 1 } })))).toEqual(taken);
});

test("markup in an answer stays what it is", async () => {
  const answer = "<script>alert('%s')</script> \u202e & \"quotes\" 🎁";
  expect(jsonOf(await ask(jsonBody({ ...asked(), require: answer })))).toEqual(taken);
});

test("a thousand ids are answered, names of JavaScript's own among them", async () => {
  const names = ["__proto__", "constructor", "toString"];
  const ids = [...names, ...Array.from({ length: 998 }, (_, n) => 500_000 + n)];
  const fields = { key: customer.key, action: "product_order_status", orders: ids.join(",") };

  const heard = await ask(form(fields));

  const unknown = JSON.stringify({ error: "Incorrect order ID" });
  const tooMany = JSON.stringify({ error: "Maximum 1000 IDs in one request" });
  const pairs = ids.map((id, n) => `"${id}":${n < 1000 ? unknown : tooMany}`);
  expect(heard.text).toBe(`{${pairs.join(",")}}`);
  const flood = Array.from({ length: 2001 }, (_, n) => n).join(",");
  expectRefusal(await ask(form({ ...fields, orders: flood })), "too_many_ids");
});

test("a foreign order is unknown, and a key that only reads buys nothing", async () => {
  const { order: theirs } = jsonOf(await ask(form(order()))) as { order: number };
  const stranger = await panel.addCustomer({ terms: { scopes: ["read"] } });
  const { key } = stranger;

  for (const action of ["product_order_status", "result_product"]) {
    expectRefusal(await ask(form({ key, action, order: theirs })), "order_unknown");
  }
  const several = { key, action: "product_order_status", orders: String(theirs) };
  expect(jsonOf(await ask(form(several)))).toEqual({
    [theirs]: { error: "Incorrect order ID" },
  });
  expectRefusal(await ask(form({ ...order(), key })), "scope_missing");
  expect(jsonOf(await ask(form({ key, action: "products" })))).toHaveLength(2);
});
