import { expect, test } from "vitest";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { OrderId } from "#values/ids.ts";
import { reconcileOrders } from "./reconcile-orders.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, place, send, makeDue, attempts, desk, order, task } = scene;

async function reconcile(): Promise<number> {
  await makeDue();
  return reconcileOrders(panel.ctx, await scene.provider(first));
}

const honour = () => scene.change(first, { settings: { honours_request_id: "true" } });

async function unknownOrder(link = "a"): Promise<OrderId> {
  const id = await place(link);
  first.saysToAdd("hang_up");
  await send(first);
  return id;
}

test("a provider that honours request ids says by itself what it has", async () => {
  await honour();
  const id = await unknownOrder();
  const [attempt] = await attempts(id);
  first.answers(({ action, request_id }) =>
    action === "orders" && request_id === attempt?.requestId
      ? { json: [{ order: 31, request_id, charge: "1.00" }] }
      : { json: { error: "Incorrect request" } },
  );

  expect(await reconcile()).toBe(1);

  expect(await order(id)).toMatchObject({ providerOrder: "31" });
  expect(await attempts(id)).toMatchObject([{ settledAs: "accepted", settledBy: "panel" }]);
  expect(await desk(id)).toEqual([]);
  expect(await task(id)).toMatchObject({ kind: "poll" });
  const { rows } = await panel.ctx.db.query(
    "select actor, action from audit_entries where subject = $1",
    [`order:${id}`],
  );
  expect(rows).toEqual([{ actor: "system:send-orders", action: "order.settle" }]);
});

test("what it does not have after long enough is sent again, under the same request id only", async () => {
  await honour();
  const id = await unknownOrder();
  first.answers(({ action }) => (action === "orders" ? { json: [] } : { json: { order: 32 } }));

  await reconcile();
  await send(first);
  expect(first.added()).toEqual(["a"]);
  expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);

  await panel.ctx.db.query(
    "update attempts set ended_at = ended_at - interval '61 seconds' where order_id = $1",
    [id],
  );
  await reconcile();
  await send(first);

  expect(first.added()).toEqual(["a", "a"]);
  const requestIds = first.asked
    .filter(({ action }) => action === "add")
    .map(({ request_id }) => request_id);
  expect(new Set(requestIds).size).toBe(1);
  expect(await attempts(id)).toMatchObject([{ settledAs: "refused" }, { outcome: "accepted" }]);
  expect(await desk(id)).toEqual([]);
  expect(await order(id)).toMatchObject({ providerOrder: "32" });
});

test("a look-up that is not answered changes nothing", async () => {
  await honour();
  const id = await unknownOrder();
  first.answers(() => "hang_up");

  await reconcile();

  expect(await attempts(id)).toMatchObject([{ outcome: "unknown", settledAs: undefined }]);
  expect(await task(id)).toMatchObject({ kind: "reconcile" });
});

/** An accepted order, an unknown one, an accepted one; the provider has numbers 1000 to 1002. */
async function betweenTwo(before = "1000"): Promise<OrderId> {
  await place("before");
  first.takesAll();
  await send(first);
  const earlier =
    "started_at = started_at - interval '1 minute', ended_at = ended_at - interval '1 minute'";
  await panel.ctx.db.query(`update attempts set ${earlier} where provider_id = $1`, [first.id()]);
  const balance = { balance: amount(before), currency: "USD" };
  await setProviderBalance(panel.ctx.db, first.id(), balance);
  const id = await unknownOrder("a");
  await place("after");
  const { providerOrder } = await lastAccepted();
  const number = Number(providerOrder);
  first.answers(({ action }) => ({ json: action === "add" ? { order: number + 2 } : {} }));
  await send(first);
  return id;
}

async function lastAccepted(): Promise<{ providerOrder: string }> {
  const { rows } = await panel.ctx.db.query<{ providerOrder: string }>(
    `select provider_order as "providerOrder" from attempts
      where provider_id = $1 and provider_order is not null order by started_at desc limit 1`,
    [first.id()],
  );
  return rows[0] ?? { providerOrder: "" };
}

/** What the provider says when it is asked about the gap, and of our balance. */
function saysOfGap(gap: Readonly<Record<string, unknown>>, balance: string): void {
  const missing = { error: "Incorrect order ID" };
  first.answers(({ action, order: one, orders = "" }) => {
    if (action === "balance") return { json: { balance, currency: "USD" } };
    if (one !== undefined) return { json: gap[one] ?? missing };
    return { json: Object.fromEntries(orders.split(",").map((id) => [id, gap[id] ?? missing])) };
  });
}

const state = (charge: string) => ({ charge, status: "Pending", remains: "1000" });

test("one fitting order there and a balance that fell by just that are a proof", async () => {
  const id = await betweenTwo();
  const middle = String(Number((await lastAccepted()).providerOrder) - 1);
  saysOfGap({ [middle]: state("1.00") }, "998");

  await reconcile();

  expect(await order(id)).toMatchObject({ providerOrder: middle });
  expect(await attempts(id)).toMatchObject([{ settledAs: "accepted", settledBy: "panel" }]);
  expect(await desk(id)).toEqual([]);
});

test.each<[why: string, charges: readonly (string | undefined)[], balance: string]>([
  ["the balance did not fall", ["1.00"], "999"],
  ["the balance fell by more", ["1.00"], "997.9"],
  ["no order there is ours", [undefined], "998"],
  ["the order there costs something else", ["1.01"], "998"],
])("it stays on the desk with the facts where %s", async (_, charges, balance) => {
  const id = await betweenTwo();
  const middle = String(Number((await lastAccepted()).providerOrder) - 1);
  const [charge] = charges;
  saysOfGap(charge === undefined ? {} : { [middle]: state(charge) }, balance);

  await reconcile();

  expect(await order(id)).toMatchObject({ providerOrder: undefined });
  const [entry] = await desk(id);
  expect(entry?.note).toContain("Of its numbers between our orders");
  expect(entry?.note).toContain("less than our other orders explain");
});

test("two unknown orders are never told apart by guessing", async () => {
  const other = await unknownOrder("other");
  await scene.makeDue();
  const id = await betweenTwo();
  const middle = String(Number((await lastAccepted()).providerOrder) - 1);
  saysOfGap({ [middle]: state("1.00") }, "998");

  await reconcile();

  expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);
  expect(await desk(other)).toMatchObject([{ reason: "unknown" }]);
});

test("after some rounds it is left to a person", async () => {
  const id = await unknownOrder();
  first.takesAll();

  for (let round = 0; round < 6; round++) await reconcile();

  expect(await task(id)).toBeUndefined();
  expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);
  expect(first.added()).toEqual(["a"]);
});
