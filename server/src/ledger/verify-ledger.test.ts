import { expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { amount, testPanel } from "#test/panel.ts";
import { verifyLedger } from "./verify-ledger.ts";

const panel = testPanel();

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner
    .query(`begin; alter table postings disable trigger all; ${text};
            alter table postings enable trigger all; commit`)
    .finally(() => owner.end());
}

async function shopWithOrder(): Promise<{ account: number; order: number }> {
  const service = await panel.addService({ rate: amount("10"), min: 1 });
  const { key, id } = await panel.addCustomer({ balance: "10" });
  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 100 });
  return { account: id, order: (placed as { order: number }).order };
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
