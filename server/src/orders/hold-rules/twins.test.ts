import { beforeAll, describe, expect, test } from "vitest";
import { openHotPool } from "#database/connection.ts";
import { readConfig } from "#config.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { openCuttingProxy } from "#test/scenarios/cutting-proxy.ts";
import type { Cut } from "#test/scenarios/cutting-proxy.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { addHoldRule } from "./change-hold-rules.ts";
import type { HoldCondition } from "./rule.ts";

const panel = testPanel();
let other: Panel;
const busy = "You have active order with this link. Please wait until order being completed.";

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});

const addService = () => panel.addService({ rate: amount("1"), min: 1, max: 100_000 });

/** A panel whose way to the batches can be cut. */
async function openCut() {
  const proxy = await openCuttingProxy(panel.database.settings, "orders.placeOrders");
  const hotPool = openHotPool(proxy.settings, 4);
  const env = {
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "silent",
    PANEL_DATA: testDataFolder(panel.database.url),
  };
  const { url, close } = await openPanel(readConfig(env), { ...panel.database, hotPool }, ["api"]);
  return {
    url,
    proxy,
    close: async () => {
      await close();
      await hotPool.end();
      await proxy.close();
    },
  };
}

type Answer = { readonly order?: OrderId; readonly error?: string };

async function add(
  url: string | undefined,
  service: ServiceId,
  { key }: TestCustomer,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body = new URLSearchParams({
    key,
    action: "add",
    service: String(service),
    link: "https://x.example/a",
    quantity: "1000",
    ...fields,
  });
  const response = await fetch(`${url ?? panel.url}/api/v2`, { method: "POST", body });
  return (await response.json()) as Answer;
}

/** Adds a rule for a service, and one beside it that shows when every process judges by them. */
async function rule(
  serviceId: ServiceId,
  condition: HoldCondition,
  urls = [panel.url, other.url],
): Promise<void> {
  const shared = {
    decision: "refuse",
    serviceId,
    reason: "because",
    expiresAt: undefined,
  } as const;
  must(await addHoldRule(panel.ctx, tester, { ...shared, condition }));
  const probe = { kind: "deny_link", match: "word", pattern: `probe${serviceId}` } as const;
  must(await addHoldRule(panel.ctx, tester, { ...shared, condition: probe }));
  const customer = await panel.addCustomer();
  for (const url of urls) {
    await expect
      .poll(() => add(url, serviceId, customer, { link: `probe${serviceId}`, quantity: "1" }), {
        timeout: 5000,
        interval: 50,
      })
      .toEqual({ error: "This link is not accepted" });
  }
}

describe.each<[string, HoldCondition]>([
  ["same-link", { kind: "same_link", minutes: 60 }],
  ["velocity", { kind: "velocity", orders: 1, spend: undefined }],
])("one request sent twice at once, under a rule of %s", (_, condition) => {
  test("answers one order to both, on one process and on two", async () => {
    const service = await addService();
    await rule(service, condition);
    for (let round = 0; round < 40; round++) {
      const customer = await panel.addCustomer();
      const fields = { request_id: "twin" };
      const urls = round % 2 === 0 ? [panel.url, other.url] : [panel.url, panel.url];
      const [one, two] = await Promise.all(urls.map((url) => add(url, service, customer, fields)));
      expect(one).toEqual({ order: expect.any(Number) as number });
      expect(two).toEqual(one);
    }
  });

  test("without a request id is two orders, of which the rule lets one through", async () => {
    const service = await addService();
    await rule(service, condition);
    const customer = await panel.addCustomer();
    const answers = await Promise.all(
      [panel.url, other.url].map((url) => add(url, service, customer)),
    );
    expect(answers.filter(({ order }) => order !== undefined)).toHaveLength(1);
  });
});

test("a twin that was refused leaves the link to the one that was placed", async () => {
  const service = await addService();
  await rule(service, { kind: "same_link", minutes: 60 });
  for (let round = 0; round < 20; round++) {
    const customer = await panel.addCustomer({ balance: "1" });
    const fields = { request_id: "twin" };
    // The conflicting request is no twin: it takes nothing away.
    const answers = await Promise.all([
      add(panel.url, service, customer, fields),
      add(other.url, service, customer, fields),
      add(other.url, service, customer, { ...fields, quantity: "999" }),
    ]);
    expect(answers.filter(({ order }) => order !== undefined).length).toBeGreaterThan(0);
    expect(await add(panel.url, service, customer, { quantity: "1" })).toEqual({ error: busy });
  }
});

// Each waits until a panel has given up on its database: side by side, with a panel of its own.
describe.concurrent("what was taken for an order", () => {
  test("that could not be placed is given back: the same link and the same hour are free", async () => {
    const service = await addService();
    const cut = await openCut();
    await rule(service, { kind: "same_link", minutes: 60 }, [panel.url, cut.url]);
    await rule(service, { kind: "velocity", orders: 1, spend: undefined }, [panel.url, cut.url]);
    const customer = await panel.addCustomer();
    cut.proxy.closeDoor();

    expect(await add(cut.url, service, customer)).toEqual({
      error: "The panel is busy or being restarted, please try again in a moment",
    });

    expect(await add(panel.url, service, customer)).toEqual({
      order: expect.any(Number) as number,
    });
    await cut.close();
  });

  test.each<[Cut, boolean]>([
    ["request", false],
    ["answer", true],
  ])(
    "of which nobody knows (its %s was lost) is decided by whether the order is there",
    async (lost, isPlaced) => {
      const service = await addService();
      const cut = await openCut();
      await rule(service, { kind: "same_link", minutes: 60 }, [panel.url, cut.url]);
      const customer = await panel.addCustomer();
      // The connection of the batch is there, and is the one that is cut.
      await add(cut.url, service, await panel.addCustomer());
      cut.proxy.cutNext(lost, "forGood");

      await expect(add(cut.url, service, customer)).rejects.toThrow();

      const again = await add(panel.url, service, customer);
      expect(again).toEqual(isPlaced ? { error: busy } : { order: expect.any(Number) as number });
      await cut.close();
    },
  );
});
