import { expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { amount, testPanel } from "#test/panel.ts";
import { inTransaction } from "#database/transaction.ts";
import { bookOrderCosts } from "#orders/tracking/book-order-costs.ts";
import { openCostAccount } from "#providers/cost-account.ts";
import { lockFollowed } from "#orders/tracking/followed.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { verifyLedger } from "./verify-ledger.ts";

const panel = testPanel();

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner
    .query(`begin; alter table postings disable trigger all; ${text};
            alter table postings enable trigger all; commit`)
    .finally(() => owner.end());
}

async function shopWithOrder(): Promise<{ account: AccountId; order: OrderId }> {
  const service = await panel.addService({ rate: amount("10"), min: 1 });
  const { key, id } = await panel.addCustomer({ balance: "10" });
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 100 });
  return { account: id, order: (placed as { order: OrderId }).order };
}

/** An order that costs so much at its provider, and the provider's account. */
async function shopWithCost(cost: string): Promise<{ order: OrderId; account: AccountId }> {
  const { account: accountId, order: orderId } = await shopWithOrder();
  const provider = await findProviderByName(panel.ctx.db, "sandbox");
  if (provider === undefined) throw new Error("no sandbox");
  const account = await openCostAccount(panel.ctx, provider);
  await inTransaction(panel.ctx, async (tx) => {
    const orders = await lockFollowed(tx, [{ accountId, orderId }]);
    const costs = orders.map((order) => ({ order, cost: amount(cost) }));
    await bookOrderCosts(tx, account, costs);
  });
  return { order: orderId, account };
}

test("a ledger as the panel writes it is proven, with both sides' totals", async () => {
  await shopWithOrder();

  const proof = await verifyLedger(panel.ctx);

  expect(proof.ok).toBe(true);
  expect(proof.totals["USD"]).toMatchObject({ cash: "-10.00", customers: "9.00", revenue: "1.00" });
});

// Each slip is undone again, since the harness proves the ledger after every test.
test.each([
  [
    "a balance that was changed",
    "update postings set balance_after = balance_after + 1 where seq = 2 and account_id = $account",
    "update postings set balance_after = balance_after - 1 where seq = 2 and account_id = $account",
    "posting does not follow from the one before",
  ],
  [
    "an amount that was changed",
    "update postings set amount = 2 where order_id = $order",
    "update postings set amount = 1 where order_id = $order",
    "order and its postings disagree",
  ],
  [
    "a posting that was taken out",
    "update postings set seq = 9 where order_id = $order",
    "update postings set seq = 2 where order_id = $order",
    "posting does not follow from the one before",
  ],
  [
    "an order's charge that was changed",
    "update orders set charge = 3 where id = $order",
    "update orders set charge = 1 where id = $order",
    "order and its postings disagree",
  ],
  [
    "a refund without a posting",
    "update orders set refunded = 1 where id = $order",
    "update orders set refunded = 0 where id = $order",
    "order and its postings disagree",
  ],
  [
    "a posting of an order that does not exist",
    "update postings set order_id = 999999 where order_id = $order",
    "update postings set order_id = $order where order_id = 999999",
    "posting of an order that does not exist",
  ],
  [
    "a posting of an account that does not exist",
    "update postings set account_id = 999999 where account_id = $account and seq = 1",
    "update postings set account_id = $account where account_id = 999999 and seq = 1",
    "posting of an account that does not exist",
  ],
])("%s is found", async (_, slip, repair, what) => {
  const { account, order } = await shopWithOrder();
  const fill = (text: string) =>
    text.replaceAll("$account", String(account)).replaceAll("$order", String(order));
  await asOwner(fill(slip));

  const proof = await verifyLedger(panel.ctx);

  expect(proof.ok).toBe(false);
  expect(proof.drifts.map((drift) => drift.what)).toContain(what);
  await asOwner(fill(repair));
});

test("costs stand on the provider's account, against purchases", async () => {
  await shopWithCost("0.25");
  await shopWithCost("0.5");

  const proof = await verifyLedger(panel.ctx);

  expect(proof.ok).toBe(true);
  expect(proof.totals["USD"]).toMatchObject({ purchases: "0.75", providers: "-0.75" });
});

test.each([
  [
    "a cost that the order does not know",
    "update orders set booked_cost = 0 where id = $order",
    "update orders set booked_cost = 0.25 where id = $order",
    "order and its costs disagree",
  ],
  [
    "a cost of another amount",
    "update postings set amount = 1 where kind = 'cost' and order_id = $order",
    "update postings set amount = 0.25 where kind = 'cost' and order_id = $order",
    "order and its costs disagree",
  ],
  [
    "a cost of an order that does not exist",
    "update postings set order_id = 999999 where kind = 'cost' and order_id = $order",
    "update postings set order_id = $order where order_id = 999999",
    "cost of an order that does not exist",
  ],
  [
    "a cost in a customer's account",
    "update accounts set kind = 'customer' where id = $account",
    "update accounts set kind = 'provider' where id = $account",
    "posting in an account of the wrong kind",
  ],
  [
    "a provider's account without a provider",
    "update providers set account_id = null where account_id = $account",
    "update providers set account_id = $account where name = 'sandbox'",
    "account without a provider",
  ],
])("%s is found", async (_, slip, repair, what) => {
  const { account, order } = await shopWithCost("0.25");
  const fill = (text: string) =>
    text.replaceAll("$account", String(account)).replaceAll("$order", String(order));
  await asOwner(fill(slip));

  const proof = await verifyLedger(panel.ctx);

  expect(proof.ok).toBe(false);
  expect(proof.drifts.map((drift) => drift.what)).toContain(what);
  await asOwner(fill(repair));
});
