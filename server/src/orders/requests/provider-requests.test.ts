import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { customerActor } from "#values/actor.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import type { AskedFields, ScriptedAnswer } from "#test/scripted-provider.ts";
import { askCancels } from "./ask-cancels.ts";
import { askRefills } from "./ask-refills.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { requestCancel } from "./request-cancel.ts";
import { requestRefill } from "./request-refill.ts";
import { listCancels, listRefills } from "#orders/requests.sql.ts";
import type { CancelRow, RefillRow } from "#orders/requests.sql.ts";
import { setOrder } from "#orders/set-order.ts";

const panel = testPanel();
const upstream = scriptedProvider();
let providerId: ProviderId;
let service: ServiceId;
let customer: TestCustomer;

beforeAll(async () => {
  const input = {
    name: "Upstream",
    connector: "api-v2",
    baseUrl: upstream.url,
    key: "k".repeat(32),
  };
  const terms = { isPrivate: true, requestsPerSecond: 1000, timeoutMs: 500 };
  providerId = must(await addProvider(panel.ctx, tester, { ...input, ...terms }));
  service = await panel.addService({
    rate: amount("10"),
    min: 1,
    providerId,
    providerService: "1",
  });
  customer = await panel.addCustomer({ balance: "1000" });
});

beforeEach(() => {
  upstream.asked.length = 0;
});

async function provider(): Promise<Provider> {
  const found = await findProvider(panel.ctx.db, providerId);
  if (found === undefined) throw new Error("no provider");
  return found;
}

async function freshOrder(of = service): Promise<OrderId> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service: of, link: "a", quantity: 1000 });
  return (placed as { order: OrderId }).order;
}

async function sentOrder(): Promise<OrderId> {
  const order = await freshOrder();
  await panel.ctx.db.query(
    `with taken as (update orders set provider_order = 'p' || id where id = $1),
          tried as (insert into attempts (account_id, order_id, number, provider_id, request_id,
                                          ended_at, outcome)
                    select account_id, id, 1, provider_id, 'r' || id, panel_now(), 'accepted'
                      from orders where id = $1)
     update tasks set kind = 'poll', due_at = panel_now() where order_id = $1`,
    [order],
  );
  return order;
}

async function completedOrder(): Promise<OrderId> {
  const order = await sentOrder();
  must(await setOrder(panel.ctx, tester, order, { status: "completed" }));
  return order;
}

const answer = (said: unknown) => upstream.answers(() => ({ json: said }));

/** Returns by what was asked for. */
function answerBy(answers: Readonly<Record<string, unknown>>): void {
  upstream.answers(({ action = "" }: AskedFields): ScriptedAnswer => ({ json: answers[action] }));
}

async function cancelOf(order: OrderId): Promise<CancelRow | undefined> {
  const all = await listCancels(panel.ctx.db, 1000);
  return all.find((cancel) => cancel.order_id === order);
}

async function refillOf(order: OrderId): Promise<RefillRow | undefined> {
  const all = await listRefills(panel.ctx.db, 1000);
  return all.find((refill) => refill.order_id === order);
}

/** Makes everything that waits for later due now. */
async function nowDue(): Promise<void> {
  for (const table of ["refills", "cancels"]) {
    await panel.ctx.db.query(
      `update ${table} set due_at = panel_now() where due_at is not null and due_at <> deadline_at`,
    );
  }
}

/** Turns the deadlines of everything that is open to now. */
async function deadlinesNow(): Promise<void> {
  for (const table of ["refills", "cancels"]) {
    await panel.ctx.db.query(
      `update ${table} set due_at = panel_now(), deadline_at = panel_now() where due_at is not null`,
    );
  }
}

const workCancels = async () => askCancels(panel.ctx, await provider());
const workRefills = async () => askRefills(panel.ctx, await provider());
const statusOf = async (id: OrderId) => (await findOrder(panel.ctx.db, id))?.status;
const refundedOf = async (id: OrderId) => (await findOrder(panel.ctx.db, id))?.refunded;

describe("a request to cancel", () => {
  test("an order that was not sent yet cancels and refunds it at once", async () => {
    const order = await freshOrder();

    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

    expect(await statusOf(order)).toBe("canceled");
    expect(await refundedOf(order)).toBe(amount("10"));
    expect(await cancelOf(order)).toMatchObject({ status: "completed" });
    expect(upstream.asked).toEqual([]);
  });

  test("an order that people carry out waits for them", async () => {
    const byHand = await panel.addService({ rate: amount("10"), min: 1 });
    const order = await freshOrder(byHand);

    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

    expect(await statusOf(order)).toBe("pending");
    expect(await cancelOf(order)).toMatchObject({ status: "pending", provider_id: null });
  });

  test("a sent order is passed on; what the provider takes refunds nothing", async () => {
    const order = await sentOrder();
    answer([{ order: `p${order}`, cancel: 1 }]);
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

    await workCancels();

    expect(upstream.asked.map(({ action }) => action)).toEqual(["cancel"]);
    expect(await cancelOf(order)).toMatchObject({ status: "pending" });
    expect((await cancelOf(order))?.sent_at).toBeInstanceOf(Date);
    expect(await refundedOf(order)).toBe(0n);
    await nowDue();
    expect(await workCancels()).toBe(0);

    answer({ charge: "0", start_count: "1", status: "Canceled", remains: "1000" });
    await panel.ctx.db.query("update tasks set due_at = panel_now() where order_id = $1", [order]);
    await pollOrders(panel.ctx, await provider());
    expect(await refundedOf(order)).toBe(amount("10"));
    expect(await cancelOf(order)).toMatchObject({ status: "completed" });
  });

  test("is rejected where the provider refuses, with its words for staff", async () => {
    const order = await sentOrder();
    answer([{ order: `p${order}`, cancel: { error: "Order already completed" } }]);
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

    await workCancels();

    expect(await cancelOf(order)).toMatchObject({
      status: "rejected",
      reason: "provider_refused",
      answer: expect.stringContaining("Order already completed") as string,
    });
    expect(await statusOf(order)).toBe("pending");
  });

  test("is asked again where no answer came, and is then never rejected by a refusal", async () => {
    const order = await sentOrder();
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));
    upstream.answers(() => "hang_up");
    await workCancels();
    expect(await cancelOf(order)).toMatchObject({ status: "pending", sent_at: null, attempts: 1 });

    await nowDue();
    answer([{ order: `p${order}`, cancel: { error: "Already requested" } }]);
    await workCancels();

    expect(await cancelOf(order)).toMatchObject({ status: "pending" });
    expect((await cancelOf(order))?.sent_at).toBeInstanceOf(Date);
  });

  test("that brings nothing until the deadline is rejected", async () => {
    const order = await sentOrder();
    answer([{ order: `p${order}`, cancel: 1 }]);
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));
    await workCancels();

    await deadlinesNow();
    await workCancels();

    expect(await cancelOf(order)).toMatchObject({ status: "rejected", reason: "deadline" });
    expect(await refundedOf(order)).toBe(0n);
  });

  test("of an order of unknown outcome waits until that is settled", async () => {
    const order = await freshOrder();
    await panel.ctx.db.query(
      `with tried as (insert into attempts (account_id, order_id, number, provider_id, request_id,
                                            ended_at, outcome)
                      select account_id, id, 1, provider_id, 'r' || id, panel_now(), 'unknown'
                        from orders where id = $1)
       update tasks set kind = 'reconcile' where order_id = $1`,
      [order],
    );
    must(await requestCancel(panel.ctx, customerActor(customer.id), order));

    await workCancels();
    expect(upstream.asked).toEqual([]);
    expect(await statusOf(order)).toBe("pending");
    expect(await cancelOf(order)).toMatchObject({ status: "pending", sent_at: null });

    await panel.ctx.db.query(
      `update attempts set settled_as = 'refused', settled_by = 'test', settled_at = panel_now()
        where order_id = $1`,
      [order],
    );
    await nowDue();
    await workCancels();
    expect(await refundedOf(order)).toBe(amount("10"));
  });
});

describe("a request to refill", () => {
  test("is passed on and followed to its end", async () => {
    const order = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), order));
    answerBy({ refill: { refill: "31" }, refill_status: { status: "In progress" } });

    await workRefills();
    expect(await refillOf(order)).toMatchObject({ status: "in_progress", provider_refill: "31" });
    await nowDue();
    await workRefills();
    expect(await refillOf(order)).toMatchObject({ status: "in_progress" });

    answer({ status: "Completed" });
    await nowDue();
    await workRefills();
    expect(await refillOf(order)).toMatchObject({ status: "completed", due_at: null });
  });

  test("is rejected where the provider refuses, at once or later", async () => {
    const refused = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), refused));
    answer({ error: "Refill is disabled for this service" });
    await workRefills();
    expect(await refillOf(refused)).toMatchObject({
      status: "rejected",
      reason: "provider_refused",
      answer: "Refill is disabled for this service",
    });

    const later = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), later));
    answer({ refill: 32 });
    await workRefills();
    answer({ status: "Rejected" });
    await nowDue();
    await workRefills();
    expect(await refillOf(later)).toMatchObject({ status: "rejected" });
  });

  test("whose outcome is unknown is asked again; a refusal then is for staff to judge", async () => {
    const order = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), order));
    upstream.answers(() => "hang_up");
    await workRefills();
    expect(await refillOf(order)).toMatchObject({ status: "pending", attempts: 1 });

    answer({ error: "The refill task is not completed for this order" });
    await nowDue();
    await workRefills();

    expect(await refillOf(order)).toMatchObject({ status: "error", due_at: null });
  });

  test("that the provider forgot, or never ends, becomes an error", async () => {
    const order = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), order));
    answerBy({ refill: { refill: "33" }, refill_status: { error: "Refill not found" } });
    await workRefills();
    for (let n = 0; n < 5; n++) {
      await nowDue();
      await workRefills();
    }
    expect(await refillOf(order)).toMatchObject({ status: "error", answer: "Refill not found" });

    const slow = await completedOrder();
    must(await requestRefill(panel.ctx, customerActor(customer.id), slow));
    answerBy({ refill: { refill: "34" }, refill_status: { status: "Pending" } });
    await workRefills();
    await deadlinesNow();
    await workRefills();
    expect(await refillOf(slow)).toMatchObject({ status: "error", reason: "deadline" });
  });

  test("of an order that nobody can be asked about waits for staff", async () => {
    const byHand = await panel.addService({ rate: amount("10"), min: 1 });
    const order = await freshOrder(byHand);
    must(await setOrder(panel.ctx, tester, order, { status: "completed" }));

    must(await requestRefill(panel.ctx, customerActor(customer.id), order));

    expect(await refillOf(order)).toMatchObject({ status: "pending", provider_id: null });
  });
});
