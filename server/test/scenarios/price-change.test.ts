import { beforeAll, describe, expect, test, vi } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import type { CustomRate } from "#catalog/custom-rate.ts";
import { setCustomRate } from "#catalog/set-custom-rate.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import type { Panel } from "#panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { amountFromDecimal, formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { seededRandom } from "./random.ts";

const panel = testPanel();
const random = seededRandom();
let other: Panel;

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});

async function post(
  fields: Readonly<Record<string, string | number>>,
  url: string | undefined = panel.url,
): Promise<Record<string, unknown>> {
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const response = await fetch(`${url}/api/v2`, {
    method: "POST",
    body: new URLSearchParams(pairs),
  });
  return response.json() as Promise<Record<string, unknown>>;
}

async function chargeOf(
  { key }: TestCustomer,
  service: ServiceId,
  quantity: number,
  url = panel.url,
): Promise<string> {
  const placed = await post({ key, action: "add", service, link: "a", quantity }, url);
  if (typeof placed["order"] !== "number") throw new Error(JSON.stringify(placed));
  const state = await post({ key, action: "status", order: placed["order"] }, url);
  return String(state["charge"]);
}

describe("after a committed price change no order takes the old price", () => {
  test("on either of two processes, in a tight loop", async () => {
    const service = await panel.addService({ min: 1 });
    const customer = await panel.addCustomer({ balance: "100000" });
    const urls = [panel.url, other.url ?? ""];
    for (const url of urls) await chargeOf(customer, service, 1000, url);

    for (let cents = 101; cents <= 160; cents++) {
      const rate = (BigInt(cents) * 1_000_000n) as Amount;
      must(await changeService(panel.ctx, tester, service, () => ({ rate })));
      const charges = await Promise.all(urls.map((url) => chargeOf(customer, service, 1000, url)));
      expect(charges).toEqual(Array(2).fill(formatAmount(rate, 2)));
    }
  });

  test("while orders stream in and the price only rises, no charge falls below what was committed", async () => {
    const service = await panel.addService({ min: 1 });
    const customer = await panel.addCustomer({ balance: "100000" });
    let committed = amount("1");
    must(await changeService(panel.ctx, tester, service, () => ({ rate: committed })));
    let isOver = false;
    let placed = 0;
    const late: string[] = [];
    const stream = async (url: string) => {
      while (!isOver) {
        const before = committed;
        const charge = amount(await chargeOf(customer, service, 1000, url));
        placed++;
        if (charge < before) late.push(`${charge} < ${before}`);
      }
    };
    const streams = [panel.url, other.url ?? "", panel.url, other.url ?? ""].map(stream);

    for (let step = 1; step <= 40; step++) {
      const rate = (amount("1") + BigInt(step) * 1_000_000n) as Amount;
      must(await changeService(panel.ctx, tester, service, () => ({ rate })));
      committed = rate;
      const mark = placed;
      await vi.waitFor(() => expect(placed).toBeGreaterThan(mark), { interval: 2 });
    }
    isOver = true;
    await Promise.all(streams);

    expect(late).toEqual([]);
  });

  test("of a discount or a rate of the customer's own", async () => {
    const service = await panel.addService({ min: 1, rate: amount("10") });
    const customer = await panel.addCustomer({ balance: "100000" });
    const charges = async () =>
      Promise.all(
        [panel.url, other.url ?? ""].map((url) => chargeOf(customer, service, 1000, url)),
      );
    expect(await charges()).toEqual(["10.00", "10.00"]);

    for (let percent = 1; percent <= 15; percent++) {
      const discountPercent = amount(String(percent));
      must(await changeCustomer(panel.ctx, tester, customer.id, { discountPercent }));
      const discounted = formatAmount(amount("10") - amount(String(percent)) / 10n, 2);
      expect(await charges()).toEqual([discounted, discounted]);
      const fixed: CustomRate = { kind: "fixed", rate: amount(`${percent}.5`) };
      must(await setCustomRate(panel.ctx, tester, customer.id, service, fixed));
      expect(await charges()).toEqual([`${percent}.50`, `${percent}.50`]);
      must(await setCustomRate(panel.ctx, tester, customer.id, service, undefined));
    }
  });

  test("a service that is disabled is sold by no process any more", async () => {
    const service = await panel.addService({ min: 1 });
    const customer = await panel.addCustomer();
    await chargeOf(customer, service, 100, other.url);

    must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));

    for (const url of [panel.url, other.url]) {
      const { key } = customer;
      expect(await post({ key, action: "add", service, link: "a", quantity: 100 }, url)).toEqual({
        error: "Incorrect service ID",
      });
    }
  });
});

describe("the price that the list shows is the price that is charged", () => {
  /** Up to 8 decimals, from nearly nothing to thousands. */
  const randomAmount = (digits: number) => {
    const whole = random.int(0, 10 ** random.int(0, digits));
    const fraction = random.int(0, 10 ** 8 - 1);
    const decimals = random.int(0, 8);
    const text = String(fraction).padStart(8, "0").slice(0, decimals);
    const parsed = amount(text === "" ? String(whole) : `${whole}.${text}`);
    return parsed > 0n ? parsed : amount("0.00000001");
  };

  test(`for 1,000 random rates, discounts, own rates and quantities (seed ${random.seed})`, async () => {
    const services: ServiceId[] = [];
    for (let index = 0; index < 50; index++) {
      const rate = randomAmount(3);
      const max = 1_000_000;
      services.push(await panel.addService({ name: `Random ${index}`, rate, min: 1, max }));
    }
    const kinds = ["Default", "Package"];
    for (let index = 0; index < 20; index++) {
      const type = kinds[index % 2] ?? "";
      services.push(
        await panel.addService({ name: `Piece ${index}`, type, rate: randomAmount(2), min: 1 }),
      );
    }
    const customers: TestCustomer[] = [];
    for (let index = 0; index < 5; index++) {
      const customer = await panel.addCustomer({ balance: "9000000000000000" });
      const discountPercent = random.pick([amount("0"), amount("100"), randomAmount(1)]);
      must(await changeCustomer(panel.ctx, tester, customer.id, { discountPercent }));
      for (let n = 0; n < 20; n++) {
        const rate: CustomRate = random.chance(0.5)
          ? { kind: "fixed", rate: randomAmount(3) }
          : { kind: "percent", percent: randomAmount(2) };
        must(await setCustomRate(panel.ctx, tester, customer.id, random.pick(services), rate));
      }
      customers.push(customer);
    }

    for (const customer of customers) {
      const rows = await vi.waitFor(
        async () => {
          const list = await post({ key: customer.key, action: "services" });
          const shown = list as unknown as { service: number; rate: string; type: string }[];
          expect(
            shown.filter(({ service }) => services.includes(service as ServiceId)),
          ).toHaveLength(services.length);
          return shown;
        },
        { timeout: 3000, interval: 100 },
      );
      const listed = new Map(rows.map((row) => [row.service, row]));
      await Promise.all(
        Array.from({ length: 200 }, async () => {
          const service = random.pick(services);
          const row = listed.get(service);
          const isPackage = row?.type === "Package";
          const quantity = isPackage ? 1 : random.int(1, random.pick([10, 1000, 10_000]));
          const charge = await chargeOf(customer, service, quantity);
          const rate = amountFromDecimal(row?.rate ?? "");
          const expected = isPackage ? rate : (rate * BigInt(quantity)) / 1000n;
          // Exact: the rate that is shown has no decimals that the charge would lose.
          expect((rate * BigInt(quantity)) % 1000n).toBe(0n);
          expect(amountFromDecimal(charge)).toBe(expected);
        }),
      );
    }
  });
});
