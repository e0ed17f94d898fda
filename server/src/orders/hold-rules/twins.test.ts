import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openHotPool } from "#database/connection.ts";
import { readConfig } from "#config.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { openCuttingProxy } from "#test/scenarios/cutting-proxy.ts";
import type { Cut, CuttingProxy } from "#test/scenarios/cutting-proxy.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { addHoldRule } from "./change-hold-rules.ts";
import type { HoldCondition } from "./rule.ts";

const panel = testPanel();
let other: Panel;
/** A panel whose way to the batches can be cut. */
let cut: Panel;
let proxy: CuttingProxy;
let hotPool: ReturnType<typeof openHotPool>;
let service: ServiceId;
const busy = "You have active order with this link. Please wait until order being completed.";

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
  proxy = await openCuttingProxy(panel.database.settings, "orders.placeOrders");
  hotPool = openHotPool(proxy.settings, 4);
  const env = {
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "silent",
    PANEL_DATA: testDataFolder(panel.database.url),
  };
  cut = await openPanel(readConfig(env), { ...panel.database, hotPool }, ["api"]);
});
beforeEach(async () => {
  service = await panel.addService({ rate: amount("1"), min: 1, max: 100_000 });
});
afterEach(() => proxy.openDoor());
afterAll(async () => {
  await cut.close();
  await hotPool.end();
  await proxy.close();
});

type Answer = { readonly order?: OrderId; readonly error?: string };

async function add(
  url: string | undefined,
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

/** Adds a rule for the test's service beside one that shows when every process judges by them. */
async function rule(condition: HoldCondition): Promise<void> {
  const shared = {
    decision: "refuse",
    serviceId: service,
    reason: "because",
    expiresAt: undefined,
  } as const;
  must(await addHoldRule(panel.ctx, tester, { ...shared, condition }));
  const probe = { kind: "deny_link", match: "word", pattern: `probe${service}` } as const;
  must(await addHoldRule(panel.ctx, tester, { ...shared, condition: probe }));
  const customer = await panel.addCustomer();
  for (const { url } of [panel, other, cut]) {
    await expect
      .poll(() => add(url, customer, { link: `probe${service}`, quantity: "1" }), {
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
    await rule(condition);
    for (let round = 0; round < 40; round++) {
      const customer = await panel.addCustomer();
      const fields = { request_id: "twin" };
      const urls = round % 2 === 0 ? [panel.url, other.url] : [panel.url, panel.url];
      const [one, two] = await Promise.all(urls.map((url) => add(url, customer, fields)));
      expect(one).toEqual({ order: expect.any(Number) as number });
      expect(two).toEqual(one);
    }
  });

  test("without a request id is two orders, of which the rule lets one through", async () => {
    await rule(condition);
    const customer = await panel.addCustomer();
    const answers = await Promise.all([panel.url, other.url].map((url) => add(url, customer)));
    expect(answers.filter(({ order }) => order !== undefined)).toHaveLength(1);
  });
});

test("a twin that was refused leaves the link to the one that was placed", async () => {
  await rule({ kind: "same_link", minutes: 60 });
  for (let round = 0; round < 20; round++) {
    const customer = await panel.addCustomer({ balance: "1" });
    const fields = { request_id: "twin" };
    // The conflicting request is no twin: it takes nothing away.
    const answers = await Promise.all([
      add(panel.url, customer, fields),
      add(other.url, customer, fields),
      add(other.url, customer, { ...fields, quantity: "999" }),
    ]);
    expect(answers.filter(({ order }) => order !== undefined).length).toBeGreaterThan(0);
    expect(await add(panel.url, customer, { quantity: "1" })).toEqual({ error: busy });
  }
});

describe("what was taken for an order", () => {
  test("that could not be placed is given back: the same link and the same hour are free", async () => {
    await rule({ kind: "same_link", minutes: 60 });
    await rule({ kind: "velocity", orders: 1, spend: undefined });
    const customer = await panel.addCustomer();
    proxy.closeDoor();

    expect(await add(cut.url, customer)).toEqual({
      error: "The panel is busy or being restarted, please try again in a moment",
    });

    expect(await add(panel.url, customer)).toEqual({ order: expect.any(Number) as number });
  });

  test.each<[Cut, boolean]>([
    ["request", false],
    ["answer", true],
  ])(
    "of which nobody knows (its %s was lost) is decided by whether the order is there",
    async (lost, isPlaced) => {
      await rule({ kind: "same_link", minutes: 60 });
      const customer = await panel.addCustomer();
      // The connection of the batch is there, and is the one that is cut.
      await add(cut.url, await panel.addCustomer());
      proxy.cutNext(lost, "forGood");

      await expect(add(cut.url, customer)).rejects.toThrow();

      const again = await add(panel.url, customer);
      expect(again).toEqual(isPlaced ? { error: busy } : { order: expect.any(Number) as number });
    },
  );
});
