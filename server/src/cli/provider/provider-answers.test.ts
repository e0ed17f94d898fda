import { expect, test } from "vitest";
import { checkProviders } from "#doctor/provider-checks.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { amount, testPanel } from "#test/panel.ts";
import { runPanel } from "#test/run-panel.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first } = scene;

const said = async () => {
  const rows = (await runPanel(panel.database.url, "provider", "list", "--json")).json() as {
    provider: number;
    answers: unknown;
  }[];
  return rows.find(({ provider }) => provider === first.id())?.answers;
};
const doctor = async () => (await checkProviders(panel.ctx)).text;

async function poll(json: unknown, times: number): Promise<void> {
  first.answers(() => ({ json }));
  for (let time = 0; time < times; time++) {
    await scene.makeDue();
    await pollOrders(panel.ctx, await scene.provider(first));
  }
}

test("provider list and doctor say whose answers are not read, until they are", async () => {
  await scene.place("a");
  first.takesAll();
  await scene.send(first);
  await poll(null, 3);

  expect(await said()).toMatchObject({
    trouble: expect.stringContaining("null"),
    unread_orders: 1,
  });
  expect(await doctor()).toContain("brought no answer: the answer holds no state: null");
  expect(await doctor()).toContain("of 1 orders its answers are not understood");

  await poll({ status: "In progress", charge: "1" }, 1);
  expect(await said()).toEqual({
    trouble: null,
    unread_orders: 0,
    unclear_costs: 0,
    unknown_refills: 0,
  });
  expect(await doctor()).not.toContain("not understood");

  await poll({ status: "Completed", remains: 0, charge: "?!" }, 1);
  expect(await said()).toMatchObject({ unclear_costs: 1 });
  expect(await doctor()).toContain("of 1 orders its charges were not booked");
});

test("doctor says of a provider that it counts in another currency than it is set up in", async () => {
  const balance = { balance: amount("5"), currency: "EUR" };
  await setProviderBalance(panel.ctx.db, first.id(), balance);
  expect(await doctor()).toContain("counts in EUR and is set up in USD");

  await scene.change(first, { currency: "EUR", exchangeRate: amount("1") });
  expect(await doctor()).not.toContain("counts in EUR");
});
