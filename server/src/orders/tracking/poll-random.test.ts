import { beforeAll, expect, test } from "vitest";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { chargePerPiece, keptCharge, zero } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import { orderTransitions, wireStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import { seededRandom } from "#test/scenarios/random.ts";
import { findOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { pollOrders } from "./poll-orders.ts";

const panel = testPanel();
const upstream = scriptedProvider();
const random = seededRandom();
const ordersCount = 60;
const rounds = 25;
const quantity = 1000;
const words = [...Object.values(wireStatus), "Awaiting", "Refund pending"];
const charges = ["0", "0.00001", "1.5", "2", "2.12345678", "-3", "999999", "n/a", ""];
let providerId: ProviderId;
let service: ServiceId;
let customers: TestCustomer[];

beforeAll(async () => {
  const input = { name: "Liar", connector: "api-v2", baseUrl: upstream.url, key: "k".repeat(32) };
  const terms = { isPrivate: true, requestsPerSecond: 1000 };
  providerId = must(await addProvider(panel.ctx, tester, { ...input, ...terms }));
  service = await panel.addService({
    rate: amount("3"),
    min: 1,
    providerId,
    providerService: "1",
    providerRate: amount("2"),
  });
  customers = await Promise.all(Array.from({ length: 4 }, () => panel.addCustomer()));
});

type Lie = {
  readonly status: string;
  readonly charge: string;
  readonly remains: string;
  readonly start_count: string;
};

function lie(): Lie | { readonly error: string } {
  if (random.chance(0.15)) return { error: "Incorrect order ID" };
  return {
    status: random.pick(words),
    charge: random.pick(charges),
    remains: random.pick(["", "0", "-5", "1", "400", "1000", "1001"]),
    start_count: random.pick(["", "0", "77"]),
  };
}

async function ordersOf(ids: readonly OrderId[]): Promise<Order[]> {
  const found = await Promise.all(ids.map((id) => findOrder(panel.ctx.db, id)));
  return found.filter((order) => order !== undefined);
}

test(`whatever a provider says of ${ordersCount} orders, the money is right (seed ${random.seed})`, async () => {
  const placed = await Promise.all(
    Array.from({ length: ordersCount }, (_, index) => {
      const { key } = customers[index % customers.length] ?? { key: "" };
      return panel.api({ key, action: "add", service, link: `${index}`, quantity });
    }),
  );
  const ids = placed.map((answer) => (answer as { order: OrderId }).order);
  await panel.ctx.db.query("update orders set provider_order = 'p' || id");
  await panel.ctx.db.query("update tasks set kind = 'poll'");
  let said = new Map<string, ReturnType<typeof lie>>();
  upstream.answers(({ orders, order }) => {
    if (random.chance(0.1)) return "hang_up";
    if (order !== undefined) return { json: said.get(order) };
    const asked = (orders ?? "").split(",");
    return { json: Object.fromEntries(asked.map((id) => [id, said.get(id)])) };
  });

  let before = await ordersOf(ids);
  const ended = new Set<OrderStatus>();
  for (let round = 0; round < rounds; round++) {
    said = new Map(ids.map((id) => [`p${id}`, lie()]));
    await panel.ctx.db.query("update tasks set due_at = panel_now()");
    await panel.ctx.db.query("update provider_states set poll_rest_until = null");
    const provider = await findProvider(panel.ctx.db, providerId);
    if (provider === undefined) throw new Error("no provider");
    await pollOrders(panel.ctx, provider);

    const after = await ordersOf(ids);
    for (const [index, order] of after.entries()) {
      const was = before[index];
      if (was === undefined) throw new Error("an order is gone");
      const isLegal =
        order.status === was.status || orderTransitions[was.status].includes(order.status);
      expect(isLegal, `${was.status} to ${order.status}`).toBe(true);
      expect(order.refunded).toBe(dueRefund(order));
      const word = said.get(`p${order.id}`);
      // Changed costs are what was just said; costs that were said are booked with what else changed.
      if (order.bookedCost !== was.bookedCost) {
        expect(order.bookedCost).toBe(amount((word as Lie).charge));
      }
      if (order.status !== was.status) ended.add(order.status);
    }
    before = after;
  }
  expect(ended).toContain("canceled");
  expect(ended).toContain("partial");
  expect(ended).toContain("completed");
  const { rows } = await panel.ctx.db.query(
    `select count(*) as n
       from tasks t join orders o on o.account_id = t.account_id and o.id = t.order_id
      where o.status in ('completed', 'partial', 'canceled')`,
  );
  expect(rows).toEqual([{ n: 0 }]);
});

/** What an order in this state has to have given back. */
function dueRefund(order: Order): Amount {
  if (order.status === "canceled") return order.charge;
  if (order.status !== "partial") return zero;
  const kept = keptCharge(order.charge, quantity, quantity - order.remains);
  expect(order.charge).toBe(chargePerPiece(amount("3") as bigint as EffectiveRate, 1));
  return (order.charge - kept) as Amount;
}
