import { beforeAll, describe, expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { someProvider } from "#test/actors.ts";
import { moveById } from "#test/move-by-id.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { OrderMove } from "./decide-move.ts";
import { moveOrder } from "./move-order.ts";
import { listChanges } from "./order-changes.sql.ts";
import { findOrder, lockOrder } from "./orders.sql.ts";

const panel = testPanel();
let service: ServiceId;

beforeAll(async () => {
  service = await panel.addService({ rate: amount("10"), min: 1 });
});

async function freshOrder(): Promise<{ customer: TestCustomer; order: OrderId }> {
  const customer = await panel.addCustomer({ balance: "10" });
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 1000 });
  return { customer, order: (placed as { order: OrderId }).order };
}

const move = (customer: TestCustomer, order: OrderId, to: OrderMove) =>
  inTransaction(panel.ctx, (tx) => moveById(tx, customer.id, order, { ...to, by: someProvider }));

const hasTask = async (order: OrderId) => {
  const { rows } = await panel.ctx.db.query("select 1 from tasks where order_id = $1", [order]);
  return rows.length === 1;
};

describe("a move", () => {
  test("along the way changes what it names and nothing else", async () => {
    const { customer, order } = await freshOrder();

    const moved = must(await move(customer, order, { status: "in_progress", startCount: 7 }));
    must(await move(customer, order, { remains: 400, note: "slow" }));

    expect(moved.refund).toBe(0n);
    expect(await findOrder(panel.ctx.db, order)).toMatchObject({
      status: "in_progress",
      startCount: 7,
      remains: 400,
      note: "slow",
      refunded: 0n,
    });
    expect(await hasTask(order)).toBe(true);
  });

  test("to Completed leaves nothing to deliver, and keeps what was delivered beyond", async () => {
    const { customer, order } = await freshOrder();
    must(await move(customer, order, { status: "completed" }));
    expect(await findOrder(panel.ctx.db, order)).toMatchObject({ remains: 0, refunded: 0n });
    expect(await hasTask(order)).toBe(false);

    const more = await freshOrder();
    must(await move(more.customer, more.order, { status: "in_progress", remains: -2 }));
    must(await move(more.customer, more.order, { status: "completed" }));
    expect(await findOrder(panel.ctx.db, more.order)).toMatchObject({ remains: -2 });
  });

  test("to Partial gives back what was not delivered", async () => {
    const { customer, order } = await freshOrder();

    const moved = must(await move(customer, order, { status: "partial", remains: 1 }));

    expect(moved.refund).toBe(amount("0.01"));
    expect(moved.after.refunded).toBe(amount("0.01"));
    expect(await hasTask(order)).toBe(false);
  });

  test.each([0, -1, 1001])("to Partial with %d left is refused", async (remains) => {
    const { customer, order } = await freshOrder();

    expect(await move(customer, order, { status: "partial", remains })).toEqual({
      ok: false,
      refusal: { code: "partial_needs_remains", quantity: 1000 },
    });
    expect(await findOrder(panel.ctx.db, order)).toMatchObject({ status: "pending" });
  });

  test("from Completed to Canceled is a refund that an operator grants", async () => {
    const { customer, order } = await freshOrder();
    must(await move(customer, order, { status: "completed" }));

    expect(must(await move(customer, order, { status: "canceled" })).refund).toBe(amount("10"));
  });

  test("out of Canceled does not exist", async () => {
    const { customer, order } = await freshOrder();
    must(await move(customer, order, { status: "canceled" }));

    for (const status of ["pending", "in_progress", "completed", "partial"] as const) {
      expect(await move(customer, order, { status, remains: 10 })).toMatchObject({
        ok: false,
        refusal: { code: "transition_illegal", from: "canceled", to: status },
      });
    }
  });

  test("of another customer's order is none: there is nothing to lock", async () => {
    const { order } = await freshOrder();
    const stranger = await panel.addCustomer();

    const locked = await inTransaction(panel.ctx, (tx) => lockOrder(tx, stranger.id, order));

    expect(locked).toBeUndefined();
  });

  test("goes on from where the last one in the same transaction left the order", async () => {
    const { customer, order } = await freshOrder();

    await inTransaction(panel.ctx, async (tx) => {
      const by = someProvider;
      const locked = await lockOrder(tx, customer.id, order);
      if (locked === undefined) throw new Error("no order");
      const first = must(await moveOrder(tx, locked, { status: "in_progress", by }));
      must(await moveOrder(tx, first.after, { status: "partial", remains: 400, by }));
    });

    const changes = await listChanges(panel.ctx.db, customer.id, order, 10);
    expect(changes.map(({ before, after }) => [before.status, after.status])).toEqual([
      ["in_progress", "partial"],
      ["pending", "in_progress"],
    ]);
    expect(await findOrder(panel.ctx.db, order)).toMatchObject({ refunded: amount("4") });
  });
});
