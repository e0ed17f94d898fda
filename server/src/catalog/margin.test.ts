import { beforeAll, describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { seededRandom } from "#test/scenarios/random.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { inTransaction } from "#database/transaction.ts";
import { findOrder } from "#orders/orders.sql.ts";
import type { Panel } from "#panel.ts";
import { findProviderByName, lockProvider, updateProvider } from "#providers/providers.sql.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import { changeService } from "./change-service.ts";
import { changeSetting } from "./change-setting.ts";
import { listBelowCost } from "./list-below-cost.ts";
import { marginPolicies } from "./price.ts";
import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import { setCustomRate } from "./set-custom-rate.ts";

const panel = testPanel();
const random = seededRandom();
let other: Panel;

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});

async function post(
  url: string | undefined,
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const body = new URLSearchParams(pairs);
  const response = await fetch(`${url}/api/v2`, { method: "POST", body });
  return response.json();
}

async function set(key: string, value: string): Promise<void> {
  must(await changeSetting(panel.ctx, tester, key, value));
}

/** What 1000 cost the customer on each of two processes: the charge, or what was said instead. */
async function pays({ key }: TestCustomer, service: ServiceId): Promise<unknown[]> {
  return Promise.all(
    [panel.url, other.url].map(async (url) => {
      const add = { key, action: "add", service, link: "a", quantity: 1000 };
      const placed = (await post(url, add)) as { order?: number; error?: string };
      if (placed.order === undefined) return placed.error;
      const { order } = placed;
      const state = (await post(url, { key, action: "status", order })) as { charge: string };
      return state.charge;
    }),
  );
}

async function listed({ key }: TestCustomer, url = panel.url): Promise<Map<number, string>> {
  const rows = (await post(url, { key, action: "services" })) as {
    service: number;
    rate: string;
  }[];
  return new Map(rows.map((row) => [row.service, row.rate]));
}

const costing = (rate: string, cost: string | undefined) => ({
  rate: amount(rate),
  providerRate: cost === undefined ? undefined : amount(cost),
  min: 1,
});

describe("the margin on every sale", () => {
  test("raises, stops or allows what lies below it, at once and on every process", async () => {
    const service = await panel.addService(costing("1", "1.2"));
    const untouched = await panel.addService(costing("1", undefined));
    const customer = await panel.addCustomer({ balance: "1000" });
    expect(await pays(customer, service)).toEqual(["1.20", "1.20"]);
    expect(await pays(customer, untouched)).toEqual(["1.00", "1.00"]);

    await set("margin_floor_percent", "10");
    expect(await pays(customer, service)).toEqual(["1.32", "1.32"]);
    expect((await listed(customer)).get(service)).toBe("1.32");
    await set("below_margin", "allow");
    expect(await pays(customer, service)).toEqual(["1.00", "1.00"]);
    await set("below_margin", "stop");
    expect(await pays(customer, service)).toEqual(Array(2).fill("Incorrect service ID"));
    for (const url of [panel.url, other.url]) {
      expect([...(await listed(customer, url)).keys()]).toEqual([untouched]);
    }
    must(await changeService(panel.ctx, tester, service, () => ({ belowMargin: "raise" })));
    expect(await pays(customer, service)).toEqual(["1.32", "1.32"]);
    const marginPercent = amount("50");
    must(await changeService(panel.ctx, tester, service, () => ({ marginPercent })));
    expect(await pays(customer, service)).toEqual(["1.80", "1.80"]);
    await set("margin_floor_percent", "0");
    await set("below_margin", "raise");
    must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));
    must(await changeService(panel.ctx, tester, untouched, () => ({ isEnabled: false })));
  });

  test("is kept for rates and discounts of a customer's own, and told of", async () => {
    await set("below_margin", "stop");
    const services = [
      await panel.addService(costing("1", "0.8")),
      await panel.addService(costing("2", "1.9")),
      await panel.addService(costing("0.5", "0.6")),
    ];
    const [first, second, third] = services;
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    const customer = await panel.addCustomer({ balance: "1000" });
    // The list price of the third lies below its cost: a better price of its own is sold all the same.
    const fixed = (rate: string) => ({ kind: "fixed", rate: amount(rate) }) as const;
    must(await setCustomRate(panel.ctx, tester, customer.id, third, fixed("0.7")));
    must(await setCustomRate(panel.ctx, tester, customer.id, first, fixed("0.79999")));
    expect(await listed(customer)).toEqual(
      new Map([
        [second, "2.00"],
        [third, "0.70"],
      ]),
    );
    expect(await pays(customer, first)).toEqual(Array(2).fill("Incorrect service ID"));
    must(await setCustomRate(panel.ctx, tester, customer.id, first, fixed("0.8")));
    expect(await pays(customer, first)).toEqual(["0.80", "0.80"]);
    expect([...(await listed(customer)).keys()]).toEqual(services);

    const discountPercent = amount("10");
    must(await changeCustomer(panel.ctx, tester, customer.id, { discountPercent }));
    expect(await listed(customer)).toEqual(
      new Map([
        [first, "0.80"],
        [third, "0.70"],
      ]),
    );
    must(await setCustomRate(panel.ctx, tester, customer.id, first, fixed("0.5")));
    const found = (await listBelowCost(panel.ctx, 10)).map(
      ({ customer: who, service, agreed, pays: pay }) => [
        who?.email,
        service.id,
        formatAmount(agreed, 2),
        pay,
      ],
    );
    expect(found).toEqual([
      [undefined, third, "0.50", undefined],
      [customer.email, first, "0.50", undefined],
      [customer.email, second, "1.80", undefined],
    ]);
    await set("below_margin", "raise");
    for (const id of services) {
      must(await changeService(panel.ctx, tester, id, () => ({ isEnabled: false })));
    }
  });

  test("moves with the exchange rate, from the next order on", async () => {
    const provider = await findProviderByName(panel.ctx.db, "sandbox");
    if (provider === undefined) throw new Error("no provider is named sandbox");
    const service = await panel.addService({ ...costing("2", "1"), provider: "sandbox" });
    const customer = await panel.addCustomer({ balance: "1000" });
    for (let tenths = 11; tenths <= 30; tenths++) {
      await inTransaction(panel.ctx, async (tx) => {
        const locked = await lockProvider(tx, provider.id);
        if (locked === undefined) throw new Error("the provider is gone");
        await updateProvider(tx, { ...locked, exchangeRate: amount(String(tenths / 10)) });
        await repriceProvider(tx, provider.id);
      });
      const rate = formatAmount(amount(String(Math.max(tenths, 20) / 10)), 2);
      expect(await pays(customer, service)).toEqual([rate, rate]);
    }
  });

  test("holds for every order that is taken, whatever changes meanwhile", async () => {
    const services = await Promise.all(
      Array.from({ length: 6 }, () => panel.addService(costing("1", "1"))),
    );
    const customers = await Promise.all(
      Array.from({ length: 4 }, () => panel.addCustomer({ balance: "1000000" })),
    );
    const randomAmount = () =>
      amount(`${random.int(0, 3)}.${String(random.int(1, 99999)).padStart(5, "0")}`);
    const isAllowed = new Set<ServiceId>();
    let isOver = false;
    const orders: OrderId[] = [];
    const buy = async (url: string | undefined) => {
      while (!isOver) {
        const [{ key }, service] = [random.pick(customers), random.pick(services)];
        const quantity = random.int(1, 10_000);
        const add = { key, action: "add", service, link: "a", quantity };
        const placed = (await post(url, add)) as { order?: OrderId; error?: string };
        if (placed.order !== undefined) orders.push(placed.order);
        else expect(placed.error).toBe("Incorrect service ID");
      }
    };
    const buying = [panel.url, other.url, panel.url, other.url].map(buy);
    for (let step = 0; step < 60; step++) {
      const service = random.pick(services);
      const customer = random.pick(customers);
      switch (random.int(0, 3)) {
        case 0: {
          // Once allowed, an order of this service says nothing: only some of them ever are.
          const mayAllow = services.indexOf(service) < 2;
          const belowMargin = random.pick(mayAllow ? marginPolicies : (["raise", "stop"] as const));
          if (belowMargin === "allow") isAllowed.add(service);
          must(await changeService(panel.ctx, tester, service, () => ({ belowMargin })));
          break;
        }
        case 1: {
          const providerRate = randomAmount();
          must(await changeService(panel.ctx, tester, service, () => ({ providerRate })));
          break;
        }
        case 2: {
          const rate = { kind: "fixed", rate: randomAmount() } as const;
          must(await setCustomRate(panel.ctx, tester, customer.id, service, rate));
          break;
        }
        default: {
          const discountPercent = amount(String(random.int(0, 100)));
          must(await changeCustomer(panel.ctx, tester, customer.id, { discountPercent }));
        }
      }
    }
    isOver = true;
    await Promise.all(buying);

    expect(orders.length).toBeGreaterThan(50);
    let judged = 0;
    for (const id of orders) {
      const order = await findOrder(panel.ctx.db, id);
      if (order === undefined) throw new Error(`order ${id} is gone`);
      if (isAllowed.has(order.serviceId)) continue;
      judged++;
      expect(order.cost).toBeDefined();
      expect(order.charge).toBeGreaterThanOrEqual(order.cost ?? 0n);
    }
    expect(judged).toBeGreaterThan(0);
  });

  test("is a setting within bounds", async () => {
    for (const [key, value] of [
      ["margin_floor_percent", "-1"],
      ["margin_floor_percent", "1000"],
      ["below_margin", "sell"],
    ] as const) {
      expect(await changeSetting(panel.ctx, tester, key, value)).toMatchObject({
        refusal: { code: "setting_invalid" },
      });
    }
    const service = await panel.addService();
    for (const marginPercent of [amount("-1"), amount("1000")]) {
      expect(
        await changeService(panel.ctx, tester, service, () => ({ marginPercent })),
      ).toMatchObject({ refusal: { code: "margin_invalid" } });
    }
  });
});
