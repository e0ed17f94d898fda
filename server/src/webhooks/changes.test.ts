import { expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { setCustomRate } from "#catalog/set-custom-rate.ts";
import { inTransaction } from "#database/transaction.ts";
import { deleteOldEvents } from "#events/streams.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleRefill } from "#orders/requests/settle-refill.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { OrderId, RefillId, ServiceId } from "#values/ids.ts";
import { readChanges } from "./read-changes.ts";
import { setLowBalance } from "./low-balance.sql.ts";
import { watchLowBalances } from "./watch-low-balances.ts";

const panel = testPanel();

type Page = {
  readonly changes: readonly {
    readonly cursor: string;
    readonly event: string;
    readonly at: string;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
  readonly cursor: string;
  readonly has_more: boolean;
};

async function changes({ key }: TestCustomer, since?: string, limit = 100): Promise<Page> {
  const asked = { key, action: "changes", limit, ...(since === undefined ? {} : { since }) };
  return (await panel.api(asked)) as Page;
}

test.each(["", "1", "no cursor", "a".repeat(5000)])("%j is no cursor", async (since) => {
  const { id } = await panel.addCustomer();
  const teller = { accountId: id } as Parameters<typeof readChanges>[1];

  expect(await readChanges(panel.ctx, teller, { since, limit: 10, days: 1 })).toEqual({
    ok: false,
    refusal: { code: "cursor_invalid" },
  });
});

/** All that is told after a cursor, page by page. */
async function allChanges(customer: TestCustomer, since: string, limit: number) {
  const told: Page["changes"][number][] = [];
  let cursor = since;
  for (;;) {
    const page = await changes(customer, cursor, limit);
    told.push(...page.changes);
    ({ cursor } = page);
    if (!page.has_more) return { told, cursor };
  }
}

async function place(customer: TestCustomer, service: ServiceId, count: number) {
  const placed = Array.from({ length: count }, (_, index) =>
    panel.api({ key: customer.key, action: "add", service, link: `a${index}`, quantity: 100 }),
  );
  return (await Promise.all(placed)).map((each) => (each as { order: OrderId }).order);
}

test("a cursor begins now and tells in the words of status", async () => {
  const service = await panel.addService();
  const customer = await panel.addCustomer();
  const [order] = (await place(customer, service, 1)) as [OrderId];
  must(await setOrder(panel.ctx, tester, order, { status: "processing" }));

  const first = await changes(customer);
  must(await setOrder(panel.ctx, tester, order, { status: "in_progress", startCount: 7 }));
  must(await setOrder(panel.ctx, tester, order, { status: "partial", remains: 40 }));
  const page = await changes(customer, first.cursor);

  expect(first).toEqual({ changes: [], cursor: expect.any(String), has_more: false });
  const state = await panel.api({ key: customer.key, action: "status", order });
  expect(page.changes.map(({ event, data }) => [event, data["status"]])).toEqual([
    ["order.updated", "In progress"],
    ["order.updated", "Partial"],
  ]);
  expect(page.changes[1]?.data).toEqual({ order, ...(state as object) });
  expect(page.cursor).toBe(page.changes[1]?.cursor);
  expect((await changes(customer, page.cursor)).changes).toEqual([]);
});

test("the same move again tells nothing", async () => {
  const customer = await panel.addCustomer();
  const [order] = (await place(customer, await panel.addService(), 1)) as [OrderId];
  const { cursor } = await changes(customer);

  for (let repeat = 0; repeat < 3; repeat++) {
    must(await setOrder(panel.ctx, tester, order, { status: "canceled", note: String(repeat) }));
  }

  expect((await changes(customer, cursor)).changes).toHaveLength(1);
});

test("accounts that nobody follows have nothing recorded", async () => {
  const customer = await panel.addCustomer();
  const [order] = (await place(customer, await panel.addService(), 1)) as [OrderId];

  must(await setOrder(panel.ctx, tester, order, { status: "canceled" }));

  const { rows } = await panel.ctx.db.query("select 1 from events where account_id = $1", [
    customer.id,
  ]);
  expect(rows).toEqual([]);
});

test("twenty movers and pollers at once: no gap, no skip, each event once", async () => {
  const customer = await panel.addCustomer();
  const others = await panel.addCustomer();
  const service = await panel.addService();
  const orders = await place(customer, service, 20);
  const foreign = await place(others, service, 5);
  const { cursor } = await changes(customer);
  let isMoving = true;

  const follow = async (limit: number) => {
    const told: Page["changes"][number][] = [];
    let since = cursor;
    for (let rest = 3; rest > 0;) {
      const page = await changes(customer, since, limit);
      told.push(...page.changes);
      since = page.cursor;
      if (!isMoving && !page.has_more) rest--;
    }
    return told;
  };
  const pollers = [1, 3, 100].map(follow);
  await Promise.all([
    ...orders.map(async (order) => {
      for (let remains = 99; remains >= 90; remains--) {
        must(await setOrder(panel.ctx, tester, order, { status: "in_progress", remains }));
      }
    }),
    ...foreign.map((order) => setOrder(panel.ctx, tester, order, { status: "canceled" })),
  ]);
  isMoving = false;
  const all = await Promise.all(pollers);

  for (const told of all) {
    expect(told).toHaveLength(200);
    expect(new Set(told.map((each) => each.cursor)).size).toBe(200);
    for (const order of orders) {
      const mine = told.filter(({ data }) => data["order"] === order);
      expect(mine.map(({ data }) => data["remains"])).toEqual(
        Array.from({ length: 10 }, (_, index) => String(99 - index)),
      );
    }
  }
});

test("one who begins to follow while orders move misses nothing that the orders do not say", async () => {
  const service = await panel.addService();
  for (let round = 0; round < 10; round++) {
    const customer = await panel.addCustomer();
    const orders = await place(customer, service, 4);

    const moves = orders.map((order) =>
      setOrder(panel.ctx, tester, order, { status: "in_progress", startCount: 1 }),
    );
    const { cursor } = await changes(customer);
    const asked = { key: customer.key, action: "status", orders: orders.join(",") };
    const states = (await panel.api(asked)) as Record<string, { status: string }>;
    await Promise.all(moves);
    const { told } = await allChanges(customer, cursor, 2);

    for (const order of orders) {
      const isTold = told.some(({ data }) => data["order"] === order);
      expect(isTold || states[order]?.status === "In progress").toBe(true);
    }
  }
});

test("prices are told at the customer's own rate, and not where it is fixed", async () => {
  const service = await panel.addService({ rate: amount("1") });
  const [plain, fixed, part] = [
    await panel.addCustomer(),
    await panel.addCustomer(),
    await panel.addCustomer(),
  ];
  const fixedRate = { kind: "fixed", rate: amount("0.5") } as const;
  const half = { kind: "percent", percent: amount("50") } as const;
  must(await setCustomRate(panel.ctx, tester, fixed.id, service, fixedRate));
  must(await setCustomRate(panel.ctx, tester, part.id, service, half));
  const cursors = await Promise.all([plain, fixed, part].map((each) => changes(each)));

  must(await changeService(panel.ctx, tester, service, () => ({ rate: amount("2") })));
  must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));
  const told = await Promise.all(
    [plain, fixed, part].map(async (each, index) => {
      const page = await changes(each, cursors[index]?.cursor);
      return page.changes.map(({ event, data }) => [event, data["service"], data["rate"]]);
    }),
  );

  const disabled = ["service.disabled", service, undefined];
  expect(told).toEqual([
    [["service.price_changed", service, "2.00"], disabled],
    [disabled],
    [["service.price_changed", service, "1.00"], disabled],
  ]);
});

test("a rate of the customer's own is told to that customer alone, when it changes what they pay", async () => {
  const service = await panel.addService({ rate: amount("1"), name: "Likes" });
  const [own, other] = [await panel.addCustomer(), await panel.addCustomer()];
  const cursors = await Promise.all([own, other].map((each) => changes(each)));
  const half = { kind: "percent", percent: amount("50") } as const;
  const same = { kind: "fixed", rate: amount("0.5") } as const;

  must(await setCustomRate(panel.ctx, tester, own.id, service, half));
  must(await setCustomRate(panel.ctx, tester, own.id, service, same));
  must(await setCustomRate(panel.ctx, tester, own.id, service, undefined));

  const [mine, others] = await Promise.all(
    [own, other].map((each, index) => changes(each, cursors[index]?.cursor)),
  );
  const told = mine?.changes.map(({ event, data }) => [event, data]);
  const named = { service, name: "Likes" };
  expect(told).toEqual([
    ["service.price_changed", { ...named, rate: "0.50" }],
    ["service.price_changed", { ...named, rate: "1.00" }],
  ]);
  expect(others?.changes).toEqual([]);
});

test("requests tell of themselves, whoever moves them", async () => {
  const service = await panel.addService();
  const customer = await panel.addCustomer();
  const [done, open] = (await place(customer, service, 2)) as [OrderId, OrderId];
  must(await setOrder(panel.ctx, tester, done, { status: "completed", remains: 0 }));
  const asOwner = "update orders set finished_at = finished_at - interval '3 days' where id = $1";
  await panel.ctx.db.query(asOwner, [done]);
  const { cursor } = await changes(customer);

  const { key } = customer;
  const asked = (await panel.api({ key, action: "refill", order: done })) as { refill: string };
  const refill = Number(asked.refill) as RefillId;
  must(await settleRefill(panel.ctx, tester, refill, "rejected"));
  await panel.api({ key, action: "cancel", orders: open });
  must(await setOrder(panel.ctx, tester, open, { status: "canceled" }));

  const { told } = await allChanges(customer, cursor, 10);
  expect(told.map(({ event, data }) => [event, data["status"]])).toEqual([
    ["refill.updated", "Rejected"],
    ["order.updated", "Canceled"],
    ["cancel.updated", "Completed"],
  ]);
  expect(told[0]?.data).toMatchObject({ refill, order: done, reason: "staff" });
});

test("a balance that goes below the mark is told once, until it was above again", async () => {
  const service = await panel.addService({ rate: amount("10") });
  const customer = await panel.addCustomer({ balance: "3" });
  const { cursor } = await changes(customer);
  await inTransaction(panel.ctx, (tx) => setLowBalance(tx, customer.id, amount("2.5")));

  const [order] = (await place(customer, service, 1)) as [OrderId];
  await Promise.all([watchLowBalances(panel.ctx), watchLowBalances(panel.ctx)]);
  await watchLowBalances(panel.ctx);
  must(await setOrder(panel.ctx, tester, order, { status: "canceled" }));
  await watchLowBalances(panel.ctx);
  await place(customer, service, 1);
  await watchLowBalances(panel.ctx);

  const { told } = await allChanges(customer, cursor, 10);
  const low = told.filter(({ event }) => event === "balance.low").map(({ data }) => data);
  const once = { balance: "2.00", mark: "2.50", currency: "USD" };
  expect(low).toEqual([once, once]);
});

test("a cursor whose next events are gone, or that is none, is refused in words", async () => {
  const customer = await panel.addCustomer();
  const stranger = await panel.addCustomer();
  const [order] = (await place(customer, await panel.addService(), 1)) as [OrderId];
  const { cursor } = await changes(customer);
  must(await setOrder(panel.ctx, tester, order, { status: "processing" }));
  const { cursor: second } = await changes(customer, cursor);
  const text =
    "update events set created_at = created_at - interval '40 days' where account_id = $1";
  await panel.ctx.db.query(text, [customer.id]);

  expect(await deleteOldEvents(panel.ctx.db, 30, 100)).toBe(1);
  must(await setOrder(panel.ctx, tester, order, { status: "in_progress" }));

  const tooOld = { error: "This cursor is too old: read your orders and start anew without since" };
  expect(await changes(customer, cursor)).toEqual(tooOld);
  expect((await changes(customer, second)).changes).toHaveLength(1);
  // Of another account, or from before a pause in the recording.
  expect(await changes(stranger, second)).toEqual(tooOld);
  const pause = "update event_streams set followed_until = now() where account_id = $1";
  await panel.ctx.db.query(pause, [customer.id]);
  expect(await changes(customer, second)).toEqual(tooOld);
  const anew = await changes(customer);
  expect(await changes(customer, second)).toEqual(tooOld);
  expect((await changes(customer, anew.cursor)).changes).toEqual([]);
  expect(await changes(customer, "7")).toEqual({
    error: "Incorrect since, expected the cursor of an earlier answer",
  });
});
