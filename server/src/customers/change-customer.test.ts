import { expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { recordAdjustment } from "#payments/record-adjustment.ts";
import { parseId } from "#values/ids.ts";
import type { AccountId } from "#values/ids.ts";
import { changeCustomer } from "./change-customer.ts";
import { findCustomer } from "./customers.sql.ts";

const panel = testPanel({ roles: ["worker"] });

const take = (accountId: AccountId, change: string, idempotencyKey: string) =>
  recordAdjustment(panel.ctx, tester, {
    accountId,
    change: amount(change),
    idempotencyKey,
    reason: "test",
  });

test("a floor is the debt that is allowed, and no further", async () => {
  const { id } = await panel.addCustomer({ balance: "10" });
  must(await changeCustomer(panel.ctx, tester, id, { floor: amount("-5") }));
  must(await take(id, "-15", "all"));
  expect(await take(id, "-0.00000001", "more")).toMatchObject({
    refusal: { code: "below_floor", available: 0n },
  });
});

test("a discount raises the price version, anything else leaves it", async () => {
  const { id } = await panel.addCustomer();
  const before = await findCustomer(panel.ctx.db, id);
  must(await changeCustomer(panel.ctx, tester, id, { floor: amount("-1"), isActive: false }));
  expect((await findCustomer(panel.ctx.db, id))?.priceVersion).toBe(before?.priceVersion);
  must(await changeCustomer(panel.ctx, tester, id, { discountPercent: amount("12.5") }));
  expect(await findCustomer(panel.ctx.db, id)).toMatchObject({
    priceVersion: (before?.priceVersion ?? 0) + 1,
    discountPercent: amount("12.5"),
    floor: amount("-1"),
    isActive: false,
  });
});

test("what makes no sense is refused and changes nothing", async () => {
  const { id } = await panel.addCustomer();
  const nobody = parseId<AccountId>("999999");
  if (nobody === undefined) throw new Error("an id is an id");
  const change = (of: AccountId, terms: Parameters<typeof changeCustomer>[3]) =>
    changeCustomer(panel.ctx, tester, of, terms);
  expect(await change(id, { floor: amount("1") })).toMatchObject({
    refusal: { code: "floor_invalid" },
  });
  expect(await change(id, { discountPercent: amount("100.00000001") })).toMatchObject({
    refusal: { code: "discount_invalid" },
  });
  expect(await change(nobody, { isActive: false })).toMatchObject({
    refusal: { code: "customer_unknown" },
  });
  expect(await findCustomer(panel.ctx.db, id)).toMatchObject({ floor: 0n, isActive: true });
});
