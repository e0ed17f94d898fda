import { expect, test } from "vitest";
import { brokenConstraint } from "#database/transaction.ts";
import { testPanel } from "#test/panel.ts";

// Rows that no code of the panel writes: what the tables themselves refuse, should it ever try.
const panel = testPanel();

const order = {
  account_id: 1,
  id: 1,
  service_id: 1,
  provider_id: 1,
  quantity: 10,
  remains: 10,
  rate: 1,
  charge: 1,
  link: "a",
};

const posting = {
  account_id: 1,
  seq: 1,
  order_id: 1,
  kind: "charge",
  counter: "revenue",
  direction: -1,
  amount: 1,
  balance_after: 1,
  balance_floor: 0,
  idempotency_key: "k",
};

type Row = Readonly<Record<string, string | number | null>>;

/** The constraint that refuses the row; `undefined` where it is taken. Nothing stays. */
async function refusalOf(table: "orders" | "postings", row: Row): Promise<string | undefined> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(", ");
  const client = await panel.ctx.db.connect();
  try {
    await client.query("begin");
    await client.query(
      `insert into ${table} (${columns.join(", ")}) values (${places})`,
      Object.values(row),
    );
    return undefined;
  } catch (error) {
    return brokenConstraint(error);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

test("a row as it should be is taken", async () => {
  const drip = { runs: 2, interval_minutes: 0, parent_id: 1, run: 1, source: "drip_feed" };
  expect(await refusalOf("orders", { ...order, ...drip, cost: 0 })).toBeUndefined();
  expect(await refusalOf("postings", posting)).toBeUndefined();
});

test.each<[string, Row, string]>([
  ["a negative quantity", { quantity: -1 }, "orders_numbers"],
  ["a negative charge", { charge: -1 }, "orders_numbers"],
  ["no runs", { runs: 0 }, "orders_numbers"],
  ["a negative interval", { runs: 2, interval_minutes: -1 }, "orders_numbers"],
  ["a negative interval without runs", { interval_minutes: -1 }, "orders_numbers"],
  ["a negative cost", { cost: -1 }, "orders_numbers"],
  ["a negative booked cost", { booked_cost: -1 }, "orders_numbers"],
  ["a run before the first", { parent_id: 1, run: 0 }, "orders_numbers"],
  ["a run of nothing", { run: 1 }, "orders_whole"],
  ["a parent without a run", { parent_id: 1 }, "orders_whole"],
  ["a request without its hash", { request_id: "r" }, "orders_whole"],
  ["an unknown source", { source: "elsewhere" }, "orders_whole"],
  ["a refund above the charge", { refunded: 1.00000001 }, "orders_refund_within_charge"],
  ["a negative refund", { refunded: -0.00000001 }, "orders_refund_within_charge"],
])("an order with %s is refused", async (_what, change, constraint) => {
  expect(await refusalOf("orders", { ...order, ...change })).toBe(constraint);
});

test.each<[string, Row, string]>([
  ["number zero", { seq: 0 }, "postings_shape"],
  ["no amount", { amount: 0 }, "postings_shape"],
  ["an empty key", { idempotency_key: "" }, "postings_shape"],
  ["a key that is too long", { idempotency_key: "k".repeat(201) }, "postings_shape"],
  ["a charge that gives", { direction: 1 }, "postings_shape"],
  ["a charge from cash", { counter: "cash" }, "postings_shape"],
  ["a charge of no order", { order_id: null }, "postings_shape"],
  ["a charge of two orders", { product_order_id: 1 }, "postings_shape"],
  ["a refund that takes", { kind: "refund" }, "postings_shape"],
  ["a cost that gives", { kind: "cost", counter: "purchases", direction: 1 }, "postings_shape"],
  ["a cost of no order", { kind: "cost", counter: "purchases", order_id: null }, "postings_shape"],
  ["a cost against revenue", { kind: "cost" }, "postings_shape"],
  ["a cost refund that takes", { kind: "cost_refund", counter: "purchases" }, "postings_shape"],
  ["a deposit that takes", { kind: "deposit", counter: "cash" }, "postings_shape"],
  ["a bonus from cash", { kind: "bonus", counter: "cash", direction: 1 }, "postings_shape"],
  ["an adjustment that does nothing", { kind: "adjustment", direction: 0 }, "postings_shape"],
  ["a balance below the floor", { balance_after: -0.00000001 }, "postings_never_below_floor"],
])("a posting with %s is refused", async (_what, change, constraint) => {
  expect(await refusalOf("postings", { ...posting, ...change })).toBe(constraint);
});
