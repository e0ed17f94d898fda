import { beforeAll, expect, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import { setOrder } from "#orders/set-order.ts";
import { recordAdjustment } from "#payments/record-adjustment.ts";
import { recordBonus } from "#payments/record-bonus.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { holdByOperator } from "#providers/upkeep/hold-by-operator.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { staffActor } from "#values/actor.ts";
import { Forbidden } from "#values/authorize.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { OrderId, ProviderId, StaffId } from "#values/ids.ts";
import { allPermissions } from "#values/permissions.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { listAuditEntries } from "./audit.sql.ts";

const panel = testPanel();
const origin = { address: "203.0.113.9", requestId: "req-7" };
const anna = staffActor(idFromDatabase<StaffId>("4"), "anna", allPermissions, origin);
let customer: TestCustomer;
let order: OrderId;
let provider: ProviderId;

beforeAll(async () => {
  customer = await panel.addCustomer();
  const service = await panel.addService();
  const asked = { key: customer.key, action: "add", service, link: "https://a.example" };
  order = ((await panel.api({ ...asked, quantity: 100 })) as { order: OrderId }).order;
  const found = await findProviderByName(panel.ctx.db, "manual");
  if (found === undefined) throw new Error("the provider manual is missing");
  provider = found.id;
});

const why = "they asked by telephone";
const money = (idempotencyKey: string) => ({ accountId: customer.id, idempotencyKey });

test.each<[string, () => Promise<unknown>]>([
  ["customer.deposit", () => deposit({ note: why })],
  [
    "customer.bonus",
    () => recordBonus(panel.ctx, anna, { ...money("receipt 2"), amount: amount("1"), note: why }),
  ],
  [
    "customer.adjust",
    () =>
      recordAdjustment(panel.ctx, anna, {
        ...money("receipt 3"),
        change: amount("1"),
        reason: why,
      }),
  ],
  ["order.set", () => setOrder(panel.ctx, anna, order, { status: "canceled", note: why })],
  [
    "customer.change",
    () => changeCustomer(panel.ctx, anna, customer.id, { isActive: false, reason: why }),
  ],
  ["provider.hold", () => holdByOperator(panel.ctx, anna, provider, why)],
])("%s keeps who did it, from where, by which request, and why", async (action, act) => {
  await act();

  const [entry] = await listAuditEntries(panel.ctx.db, 1);
  expect(entry).toMatchObject({
    action,
    actor: "staff:anna",
    actor_kind: "staff",
    actor_id: 4,
    address: origin.address,
    request_id: origin.requestId,
    reason: why,
  });
});

test("neither a refusal nor a missing permission leaves a line", async () => {
  const before = await listAuditEntries(panel.ctx.db, 1000);
  const bob = staffActor(idFromDatabase<StaffId>("5"), "bob", new Set(["orders.set"]));

  const illegal = await setOrder(panel.ctx, anna, order, { status: "pending", note: why });
  const forbidden = setOrder(panel.ctx, bob, order, { status: "canceled", note: why });

  expect(illegal).toMatchObject({ ok: false, refusal: { code: "transition_illegal" } });
  await expect(forbidden).rejects.toThrow(new Forbidden("orders.refund"));
  expect(await listAuditEntries(panel.ctx.db, 1000)).toEqual(before);
});

async function deposit({ note }: { readonly note: string }): Promise<void> {
  must(await recordDeposit(panel.ctx, anna, { ...money("receipt 1"), amount: amount("1"), note }));
}
