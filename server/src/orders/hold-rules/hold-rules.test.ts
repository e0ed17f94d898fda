import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import type { Panel } from "#panel.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { resendOrder } from "#orders/dispatch/resend-order.ts";
import { setOrder } from "#orders/set-order.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { HoldRuleId, OrderId, ServiceId } from "#values/ids.ts";
import { addHoldRule, removeHoldRule } from "./change-hold-rules.ts";
import { refuseOrder, releaseOrder } from "./decide-held.ts";
import { listHeld } from "./held.sql.ts";
import { listHoldRules } from "./hold-rules.sql.ts";
import type { HoldCondition, HoldDecision } from "./rule.ts";

const panel = testPanel();
let other: Panel;
let service: ServiceId;
let turned = "0";
const busy = "You have active order with this link. Please wait until order being completed.";

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
});
beforeEach(async () => {
  service = await panel.addService({ rate: amount("1"), min: 1, max: 100_000 });
});

/** Adds a rule for the test's service, and waits until both processes judge by it. */
async function rule(
  condition: HoldCondition,
  decision: HoldDecision = "refuse",
  more: { readonly reason?: string; readonly expiresAt?: Date } = {},
): Promise<HoldRuleId> {
  const added = await addHoldRule(panel.ctx, tester, {
    decision,
    serviceId: service,
    reason: more.reason ?? "because",
    expiresAt: more.expiresAt,
    condition,
  });
  const { id } = must(added);
  await bothKnow();
  return id;
}

/** Each process reads the rules once a second: a probe that only the newest state lets through. */
async function bothKnow(): Promise<void> {
  const probe = await panel.addCustomer();
  const word = `probe-${probe.id}`;
  const added = await addHoldRule(panel.ctx, tester, {
    decision: "refuse",
    serviceId: service,
    reason: "probe",
    expiresAt: undefined,
    condition: { kind: "deny_link", match: "word", pattern: word },
  });
  for (const url of [panel.url, other.url ?? ""]) {
    await expect
      .poll(() => add(probe, word, { url, quantity: 100_001 }), { timeout: 5000, interval: 50 })
      .toMatchObject({ error: expect.stringContaining("Quantity") as string });
    await expect
      .poll(() => add(probe, word, { url, quantity: 1 }), { timeout: 5000, interval: 50 })
      .toEqual({ error: "This link is not accepted" });
  }
  must(await removeHoldRule(panel.ctx, tester, must(added).id));
}

type Added = { readonly order?: OrderId; readonly error?: string };

async function add(
  { key }: TestCustomer,
  link: string,
  options: { url?: string; quantity?: number; requestId?: string } = {},
): Promise<Added> {
  const fields = new URLSearchParams({
    key,
    action: "add",
    service: String(service),
    link,
    quantity: String(options.quantity ?? 1000),
    ...(options.requestId === undefined ? {} : { request_id: options.requestId }),
  });
  const url = `${options.url ?? panel.url}/api/v2`;
  return (await (await fetch(url, { method: "POST", body: fields })).json()) as Added;
}

async function orderOf(customer: TestCustomer, link: string, quantity?: number): Promise<OrderId> {
  const { order, error } = await add(customer, link, quantity === undefined ? {} : { quantity });
  if (order === undefined) throw new Error(error);
  return order;
}

const heldOf = async (id: OrderId) => (await findOrder(panel.ctx.db, id))?.held;
const taskOf = async (id: OrderId) => {
  const order = await findOrder(panel.ctx.db, id);
  return order && (await findTask(panel.ctx.db, order.accountId, id));
};

afterEach(() => turnClock("0"));

describe("one order for a link at a time", () => {
  test("holds between two processes that are asked at the same moment", async () => {
    await rule({ kind: "same_link", minutes: 60 });
    const urls = [panel.url, other.url ?? ""];
    for (let round = 0; round < 15; round++) {
      const customer = await panel.addCustomer({ terms: { rateLimit: 0 } });
      const spellings = ["https://x.example/a", "http://www.x.example/a/", "x.example/a?utm_id=1"];
      const said = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          add(customer, spellings[n % 3] ?? "", { url: urls[n % 2] ?? "" }),
        ),
      );
      expect(said.filter((each) => each.order !== undefined)).toHaveLength(1);
      expect(new Set(said.map((each) => each.error))).toEqual(new Set([undefined, busy]));
    }
  });

  test("ends with the order, with the window, and concerns neither other customers nor links", async () => {
    await rule({ kind: "same_link", minutes: 60 });
    const [customer, stranger] = [await panel.addCustomer(), await panel.addCustomer()];
    const first = await orderOf(customer, "x.example/a");
    expect(await add(customer, "x.example/a")).toEqual({ error: busy });
    await orderOf(customer, "x.example/b");
    await orderOf(stranger, "x.example/a");
    must(await setOrder(panel.ctx, tester, first, { status: "completed" }));
    await orderOf(customer, "x.example/a");
    expect(await add(customer, "x.example/a")).toEqual({ error: busy });
    await turnClock("61 minutes");
    await orderOf(customer, "x.example/a");
  });

  test("lets the same request be sent again, and a refused order lets the link go", async () => {
    await rule({ kind: "same_link", minutes: 60 });
    const customer = await panel.addCustomer({ balance: "1" });
    const { order } = await add(customer, "x.example/a", { requestId: "r1" });
    expect(await add(customer, "x.example/a", { requestId: "r1" })).toEqual({ order });
    expect(await add(customer, "x.example/b")).toEqual({ error: "Not enough funds on balance" });
    await deposit(customer, "1");
    await orderOf(customer, "x.example/b");
  });

  test("a process that died between its reservation and its order holds the link for minutes only", async () => {
    await rule({ kind: "same_link", minutes: 600 });
    const customer = await panel.addCustomer();
    const order = await orderOf(customer, "x.example/a");
    // given: two reservations that nobody settled, one of an order that was placed and one of none
    await orderOf(customer, "x.example/b");
    const text = "update link_reservations set order_id = null where account_id = $1";
    await panel.ctx.db.query(text, [customer.id]);
    await panel.ctx.db.query(
      "update link_reservations set link = 'none' where link = 'x.example/b'",
    );
    expect(await add(customer, "x.example/b")).toEqual({ error: busy });

    await turnClock("6 minutes");
    await orderOf(customer, "x.example/b");
    expect(await add(customer, "x.example/a")).toEqual({ error: busy });
    must(await setOrder(panel.ctx, tester, order, { status: "canceled" }));
    await orderOf(customer, "x.example/a");
  });

  test("may hold instead of refuse", async () => {
    await rule({ kind: "same_link", minutes: 60 }, "hold", { reason: "twice" });
    const customer = await panel.addCustomer();
    expect(await heldOf(await orderOf(customer, "x.example/a"))).toBeUndefined();
    expect(await heldOf(await orderOf(customer, "x.example/a"))).toMatch(/^rule \d+: twice$/);
  });
});

describe("an order that is held", () => {
  test("is Pending and paid outside, has nothing due, and is sent when it is released", async () => {
    await rule({ kind: "deny_link", match: "suffix", pattern: "odd.example" }, "hold");
    const customer = await panel.addCustomer({ balance: "10" });
    const id = await orderOf(customer, "https://www.odd.example/a");
    const { key } = customer;
    const shown = await panel.api({ key, action: "status", order: id });
    expect(shown).toMatchObject({ status: "Pending", charge: "1.00" });
    expect(JSON.stringify(shown)).not.toContain("because");
    expect(await taskOf(id)).toBeUndefined();
    expect((await listHeld(panel.ctx.db, 100)).map((each) => each.orderId)).toContain(id);
    expect(await resendOrder(panel.ctx, tester, id)).toMatchObject({
      refusal: { code: "resend_held" },
    });

    must(await releaseOrder(panel.ctx, tester, id));
    expect(await taskOf(id)).toMatchObject({ kind: "send" });
    expect(await heldOf(id)).toBeUndefined();
    const refusal = { code: "order_not_held" };
    expect(await releaseOrder(panel.ctx, tester, id)).toMatchObject({ refusal });
    expect(await refuseOrder(panel.ctx, tester, id)).toMatchObject({ refusal });
  });

  test("is refunded once when it is refused or its customer cancels it", async () => {
    await rule({ kind: "deny_link", match: "word", pattern: "odd" }, "hold");
    const customer = await panel.addCustomer({ balance: "10" });
    const { key } = customer;
    const one = await orderOf(customer, "odd/1");
    const two = await orderOf(customer, "odd/2");
    must(await refuseOrder(panel.ctx, tester, one));
    await panel.api({ key, action: "cancel", orders: two });
    expect(await refuseOrder(panel.ctx, tester, two)).toMatchObject({
      refusal: { code: "order_not_held" },
    });
    expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: "10.00" });
    const waiting = (await listHeld(panel.ctx.db, 100)).map((each) => each.orderId);
    expect(waiting).not.toContain(one);
    expect(waiting).not.toContain(two);
  });
});

test("an order above the limit waits while the customer's first deposit is young", async () => {
  await rule({ kind: "first_deposit", hours: 24, above: amount("5") }, "hold");
  const customer = await panel.addCustomer({ balance: "100" });
  expect(await heldOf(await orderOf(customer, "a", 5000))).toBeUndefined();
  expect(await heldOf(await orderOf(customer, "b", 5001))).toBeDefined();
  const older = await panel.addCustomer({ balance: "0" });
  await turnClock("-25 hours");
  await deposit(older, "100");
  await turnClock("0");
  // A second, young deposit changes nothing.
  await deposit(older, "10");
  expect(await heldOf(await orderOf(older, "c", 5001))).toBeUndefined();
});

test("more orders or more money than is usual in an hour wait; another hour is another count", async () => {
  await rule({ kind: "velocity", orders: 3, spend: amount("50") }, "hold");
  const customer = await panel.addCustomer({ balance: "1000", terms: { rateLimit: 0 } });
  const together = await Promise.all(
    Array.from({ length: 6 }, (_, n) => orderOf(customer, `a${n}`, 10)),
  );
  const held = await Promise.all(together.map(heldOf));
  expect(held.filter((each) => each === undefined)).toHaveLength(3);
  const spender = await panel.addCustomer({ balance: "1000" });
  expect(await heldOf(await orderOf(spender, "a", 50_000))).toBeUndefined();
  expect(await heldOf(await orderOf(spender, "b", 1))).toBeDefined();
  await turnClock("61 minutes");
  expect(await heldOf(await orderOf(spender, "c", 1))).toBeUndefined();
});

test("two processes together let through exactly what a rule on speed allows", async () => {
  await rule({ kind: "velocity", orders: 5, spend: undefined }, "refuse");
  const urls = [panel.url, other.url ?? ""];
  for (let round = 0; round < 8; round++) {
    const customer = await panel.addCustomer({ terms: { rateLimit: 0 } });
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        add(customer, `a${n}`, { url: urls[n % 2] ?? "", quantity: 10 }),
      ),
    );
    expect(answers.filter((each) => each.order !== undefined)).toHaveLength(5);
  }
  expect((await panel.ctx.db.query("select from velocity_reservations")).rows).toEqual([]);
});

test("an order that its customer cannot pay takes no place from those behind it", async () => {
  await rule({ kind: "velocity", orders: 4, spend: undefined }, "refuse");
  const urls = [panel.url, other.url ?? ""];
  for (let round = 0; round < 5; round++) {
    const customer = await panel.addCustomer({ balance: "10", terms: { rateLimit: 0 } });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        add(customer, `a${n}`, { url: urls[n % 2] ?? "", quantity: n % 3 === 0 ? 100_000 : 10 }),
      ),
    );
    expect(answers.filter((each) => each.order !== undefined)).toHaveLength(4);
  }
});

test("a rule that refuses says nothing of its reason, an expired one nothing at all", async () => {
  await rule({ kind: "velocity", orders: 1, spend: undefined }, "refuse", { reason: "fraud?" });
  const customer = await panel.addCustomer();
  await orderOf(customer, "a");
  const said = await add(customer, "b");
  expect(said).toEqual({ error: "This order cannot be taken, please contact support" });

  const expiresAt = new Date(Date.now() + 3_600_000);
  const fresh = await panel.addCustomer();
  const id = await rule({ kind: "deny_link", match: "word", pattern: "odd" }, "refuse", {
    expiresAt,
  });
  expect(await add(fresh, "odd")).toEqual({ error: "This link is not accepted" });
  await turnClock("2 hours");
  expect((await listHoldRules(panel.ctx.db)).map((each) => each.id)).not.toContain(id);
  await expect
    .poll(() => add(fresh, "odd"), { timeout: 5000, interval: 100 })
    .toMatchObject({ order: expect.any(Number) as number });
});

test.each<[HoldCondition]>([
  [{ kind: "deny_link", match: "host", pattern: "no host" }],
  [{ kind: "allow_host", hosts: [] }],
  [{ kind: "allow_host", hosts: ["a.example", "no host"] }],
  [{ kind: "same_link", minutes: 0 }],
  [{ kind: "velocity", orders: undefined, spend: undefined }],
])("%j is no rule", async (condition) => {
  const added = await addHoldRule(panel.ctx, tester, {
    decision: "refuse",
    serviceId: undefined,
    reason: "x",
    expiresAt: undefined,
    condition,
  });
  expect(added).toMatchObject({ refusal: { code: "hold_rule_invalid" } });
});

async function deposit(customer: TestCustomer, sum: string): Promise<void> {
  const idempotencyKey = `test-${Math.random()}`;
  const input = { accountId: customer.id, amount: amount(sum), idempotencyKey };
  must(await recordDeposit(panel.ctx, tester, input));
}

async function newCustomer(): Promise<TestCustomer> {
  try {
    return await panel.addCustomer({ terms: { rateLimit: 0 } });
  } catch {
    return newCustomer();
  }
}

/** The database's clock for everybody: connections that are open keep the old one, so they end. */
async function turnClock(offset: string): Promise<void> {
  if (offset === turned) return;
  turned = offset;
  const owner = await connect(panel.database.ownerSettings);
  const { rows } = await owner.query("select current_database() as name");
  const { name } = rows[0] as { name: string };
  await owner.query(`alter database "${name}" set panel.clock_offset = '${offset}'`);
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await owner.end();
  // Until every pool has noticed which of its connections are gone.
  const { key } = await newCustomer();
  for (const url of [panel.url, other.url ?? ""]) {
    for (let good = 0; good < 10;) {
      const body = new URLSearchParams({ key, action: "services" });
      const lists = await fetch(`${url}/api/v2`, { method: "POST", body });
      const hot = new URLSearchParams({ key, action: "balance" });
      const balance = await fetch(`${url}/api/v2`, { method: "POST", body: hot });
      good = lists.ok && balance.ok ? good + 1 : 0;
    }
  }
}
