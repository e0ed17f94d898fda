import { beforeAll, describe, expect, test } from "vitest";
import { createKey, apiKeyTermsDefault } from "#customers/create-key.ts";
import { inTransaction } from "#database/transaction.ts";
import { listPostings } from "#ledger/ledger.sql.ts";
import type { OrderMove } from "#orders/decide-move.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { requestCancel } from "#orders/requests/request-cancel.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleCancel } from "#orders/requests/settle-cancel.ts";
import { customerActor } from "#values/actor.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, formatAmount } from "#values/money.ts";
import { orderTransitions } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { tester, someProvider } from "#test/actors.ts";
import { moveById } from "#test/move-by-id.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { seededRandom } from "./random.ts";

const panel = testPanel();
const random = seededRandom();
const statuses = Object.keys(orderTransitions) as OrderStatus[];
let service: ServiceId;

beforeAll(async () => {
  service = await panel.addService({ rate: amount("3.33333"), min: 1 });
});

async function place(customer: TestCustomer, quantity = 1000): Promise<OrderId> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity });
  return (placed as { order: OrderId }).order;
}

const move = (customer: TestCustomer, order: OrderId, to: OrderMove) =>
  inTransaction(panel.ctx, (tx) => moveById(tx, customer.id, order, { ...to, by: someProvider }));

const balanceOf = async ({ key }: TestCustomer) =>
  ((await panel.api({ key, action: "balance" })) as { balance: string }).balance;

/** What the ledger gave back for an order. */
async function refundedOf(customer: TestCustomer, order: OrderId): Promise<bigint> {
  const postings = await listPostings(panel.ctx.db, customer.id, 100_000);
  return postings
    .filter((posting) => posting.order_id === order && posting.kind === "refund")
    .reduce((sum, posting) => sum + amountFromDecimal(posting.amount), 0n);
}

test(`random moves never give back more than the charge (seed ${random.seed})`, async () => {
  const customer = await panel.addCustomer({ balance: "1000" });
  for (let story = 0; story < 60; story++) {
    const quantity = random.int(1, 2000);
    const order = await place(customer, quantity);
    let refunded = 0n;
    for (let step = 0; step < 8; step++) {
      const to: OrderMove = {
        status: random.pick(statuses),
        ...(random.chance(0.7) ? { remains: random.int(-5, quantity + 5) } : {}),
        ...(random.chance(0.3) ? { startCount: random.int(0, 10_000) } : {}),
      };
      const before = await findOrder(panel.ctx.db, order);
      const moved = await move(customer, order, to);
      const after = await findOrder(panel.ctx.db, order);

      if (!moved.ok) {
        expect(after).toEqual(before);
        continue;
      }
      refunded += moved.value.refund;
      expect(moved.value.refund).toBeGreaterThanOrEqual(0n);
      expect(after?.refunded).toBe(refunded);
      expect(refunded).toBeLessThanOrEqual(after?.charge ?? 0n);
      if (after?.status === "canceled") expect(refunded).toBe(after.charge);
      if (after?.status === "completed") expect(moved.value.refund).toBe(0n);
      expect(await refundedOf(customer, order)).toBe(refunded);
    }
  }
});

test("partial, then canceled, gives back exactly the charge", async () => {
  const customer = await panel.addCustomer({ balance: "3.33333" });
  const order = await place(customer);

  must(await move(customer, order, { status: "partial", remains: 333 }));
  expect(await balanceOf(customer)).toBe(formatAmount((amount("3.33333") * 333n) / 1000n, 2));
  must(await move(customer, order, { status: "canceled" }));

  expect(await balanceOf(customer)).toBe("3.33333");
  const { key } = customer;
  expect(await panel.api({ key, action: "status", order })).toMatchObject({
    status: "Canceled",
    charge: "0.00",
  });
});

test("the same move again gives nothing", async () => {
  const customer = await panel.addCustomer({ balance: "10" });
  const order = await place(customer);

  for (let repeat = 0; repeat < 3; repeat++) {
    must(await move(customer, order, { status: "partial", remains: 500 }));
    expect(await balanceOf(customer)).toBe("8.333335");
  }
  for (let repeat = 0; repeat < 3; repeat++) {
    must(await move(customer, order, { status: "canceled" }));
    expect(await balanceOf(customer)).toBe("10.00");
  }
});

test("twenty cancellations at once give back once", async () => {
  const customer = await panel.addCustomer({ balance: "10" });
  const order = await place(customer);

  const moves = await Promise.all(
    Array.from({ length: 20 }, () => setOrder(panel.ctx, tester, order, { status: "canceled" })),
  );

  expect(moves.filter((each) => each.ok && each.value.refund > 0n)).toHaveLength(1);
  expect(await balanceOf(customer)).toBe("10.00");
});

test("refunds and new orders of one customer at once leave every posting in place", async () => {
  const customer = await panel.addCustomer({ balance: "200" });
  const orders: OrderId[] = [];
  for (let index = 0; index < 20; index++) orders.push(await place(customer));

  await Promise.all([
    ...orders.map((order) => setOrder(panel.ctx, tester, order, { status: "canceled" })),
    ...Array.from({ length: 20 }, () => place(customer)),
  ]);

  expect(await balanceOf(customer)).toBe(formatAmount(amount("200") - 20n * amount("3.33333"), 2));
});

describe("a cancel request", () => {
  const ask = async (customer: TestCustomer, order: OrderId) =>
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

  test("gives nothing back until it is granted, and then once", async () => {
    const customer = await panel.addCustomer({ balance: "10" });
    const order = await place(customer);

    const cancel = await ask(customer, order);
    expect(await ask(customer, order)).toBe(cancel);
    expect(await balanceOf(customer)).toBe("6.66667");
    const settled = await Promise.all(
      Array.from({ length: 5 }, () => settleCancel(panel.ctx, tester, cancel, "completed")),
    );

    expect(settled.filter((each) => each.ok)).toHaveLength(1);
    expect(await balanceOf(customer)).toBe("10.00");
  });

  test("that is rejected leaves the order as it is", async () => {
    const customer = await panel.addCustomer({ balance: "10" });
    const order = await place(customer);
    const cancel = await ask(customer, order);

    must(await settleCancel(panel.ctx, tester, cancel, "rejected"));

    expect((await findOrder(panel.ctx.db, order))?.status).toBe("pending");
    expect(await balanceOf(customer)).toBe("6.66667");
    expect(await ask(customer, order)).not.toBe(cancel);
  });

  test("of an order that ended by another way is closed with it", async () => {
    const customer = await panel.addCustomer({ balance: "10" });
    const { key } = must(await createKey(panel.ctx, tester, customer.id, apiKeyTermsDefault));
    const order = await place(customer);
    const cancel = await ask(customer, order);

    must(await move(customer, order, { status: "completed" }));

    const late = await settleCancel(panel.ctx, tester, cancel, "completed");
    expect(late).toMatchObject({ ok: false, refusal: { code: "cancel_settled" } });
    expect(await panel.api({ key, action: "cancel", orders: order })).toEqual([
      { order, cancel: { error: "Order already completed" } },
    ]);
    expect(await balanceOf(customer)).toBe("6.66667");
  });
});
