import { beforeAll, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { setOrder } from "#orders/set-order.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";

const panel = testPanel({ roles: ["api", "worker"] });
let sandbox: ServiceId;
let byHand: ServiceId;

beforeAll(async () => {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(`update providers set settings = '{"step_ms": 100}' where name = 'sandbox'`);
  await owner.end();
  sandbox = await panel.addService({ provider: "sandbox", rate: amount("1"), min: 1 });
  byHand = await panel.addService({ rate: amount("1"), min: 1 });
  await panel.openAnother(["worker"]);
});

type State = { readonly status: string; readonly charge: string; readonly remains: string };

async function place(key: string, link: string, service = sandbox): Promise<number> {
  const placed = await panel.api({ key, action: "add", service, link, quantity: 1001 });
  return (placed as { order: number }).order;
}

async function stateOf(key: string, order: number): Promise<State> {
  return (await panel.api({ key, action: "status", order })) as State;
}

const tasksOf = async (accountId: number) => {
  const text = "select count(*) as n from tasks where account_id = $1";
  const { rows } = await panel.ctx.db.query(text, [accountId]);
  return (rows as { n: number }[])[0]?.n;
};

test("two workers carry sandbox orders to their ends, and refund each once", async () => {
  const { key, id } = await panel.addCustomer({ balance: "100.1" });
  const stories = ["completed", "partial", "canceled"];
  const orders: { story: string; order: number }[] = [];
  for (let index = 0; index < 30; index++) {
    const story = stories[index % 3] ?? "";
    orders.push({ story, order: await place(key, `https://a.example/sandbox-${story}`) });
  }

  const expected: Record<string, State & Record<string, unknown>> = {
    completed: { status: "Completed", charge: "1.001", remains: "0" },
    partial: { status: "Partial", charge: "0.50", remains: "501" },
    canceled: { status: "Canceled", charge: "0.00", remains: "1001" },
  };
  for (const { story, order } of orders) {
    await expect
      .poll(() => stateOf(key, order), { timeout: 20_000, interval: 100 })
      .toMatchObject(expected[story] ?? {});
  }
  const refunds = await panel.ctx.db.query(
    "select order_id from postings where account_id = $1 and kind = 'refund'",
    [id],
  );
  expect(refunds.rows).toHaveLength(20);
  expect(await tasksOf(id)).toBe(0);
  // 100.1 less ten times 1.001 and ten times 0.5.
  expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: "85.09" });
  expect((await verifyLedger(panel.ctx)).ok).toBe(true);
});

test("an order whose outcome is unknown or refused waits for a person, and keeps its money", async () => {
  const { key, id } = await panel.addCustomer();
  const refused = await place(key, "sandbox-refused");
  const unknown = await place(key, "sandbox-unknown");

  await expect.poll(() => tasksOf(id), { timeout: 5000, interval: 50 }).toBe(0);

  for (const order of [refused, unknown]) {
    expect(await stateOf(key, order)).toMatchObject({ status: "Pending", charge: "1.001" });
  }
  const { rows } = await panel.ctx.db.query(
    "select note from orders where account_id = $1 order by id",
    [id],
  );
  expect(rows).toEqual([
    { note: "Refused by the provider: The sandbox refuses this link." },
    { note: "Outcome unknown: The sandbox did not answer." },
  ]);
});

test("an order of a service without a provider waits for the operator's hand", async () => {
  const { key, id } = await panel.addCustomer();
  const order = await place(key, "a", byHand);

  await expect.poll(() => tasksOf(id), { timeout: 5000, interval: 50 }).toBe(0);

  expect(await stateOf(key, order)).toMatchObject({ status: "Pending", remains: "1001" });
});

test("an order that is canceled before it is sent is never sent", async () => {
  const { key, id } = await panel.addCustomer();
  const order = await place(key, "sandbox-stuck");
  must(await setOrder(panel.ctx, tester, order as OrderId, { status: "canceled" }));

  expect(await tasksOf(id)).toBe(0);
  expect(await stateOf(key, order)).toMatchObject({ status: "Canceled", charge: "0.00" });
});
