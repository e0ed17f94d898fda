import { beforeAll, expect, test } from "vitest";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { runPanel, words } from "#test/run-panel.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { inTransaction } from "#database/transaction.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { bookOrderCosts } from "#orders/tracking/book-order-costs.ts";
import { openCostAccount } from "#providers/cost-account.ts";
import { lockFollowed } from "#orders/tracking/followed.sql.ts";
import { listProfit } from "./profit.sql.ts";
import { readScoreboard } from "./scoreboard.ts";
import { setOrder } from "#orders/set-order.ts";

const panel = testPanel();
let providerId: ProviderId;
let service: ServiceId;

/** 20 orders of 1.00: 10 Completed after 100 seconds, 5 Partial by half, 5 refused. Each costs 0.40. */
beforeAll(async () => {
  const { ctx } = panel;
  const input = { name: "Upstream", connector: "api-v2", baseUrl: "http://127.0.0.1:9/", key: "k" };
  const terms = { isPrivate: true, alias: "U", exchangeRate: amount("0.5") };
  providerId = must(await addProvider(ctx, tester, { ...input, ...terms }));
  service = await panel.addService({
    rate: amount("10"),
    min: 1,
    providerId,
    providerService: "7",
  });
  const { id: accountId, key } = await panel.addCustomer({ balance: "1000" });
  const provider = await findProvider(ctx.db, providerId);
  if (provider === undefined) throw new Error("no provider");
  const costs = await openCostAccount(ctx, provider);
  for (let n = 0; n < 20; n++) {
    const placed = await panel.api({ key, action: "add", service, link: `${n}`, quantity: 100 });
    const { order: orderId } = placed as { order: OrderId };
    await ctx.db.query(
      `insert into attempts (account_id, order_id, number, provider_id, provider_service,
                             request_id, ended_at, outcome)
       values ($1, $2::bigint, 1, $3, '7', 'r' || $2::bigint, panel_now(), $4)`,
      [accountId, orderId, providerId, n < 15 ? "accepted" : "refused"],
    );
    if (n >= 15) continue;
    await inTransaction(ctx, async (tx) => {
      const orders = await lockFollowed(tx, [{ accountId, orderId }]);
      await bookOrderCosts(
        tx,
        costs,
        orders.map((order) => ({ order, cost: amount("0.4") })),
      );
    });
    const move = n < 10 ? ({ status: "completed" } as const) : ({ status: "partial" } as const);
    must(await setOrder(ctx, tester, orderId, { ...move, ...(n < 10 ? {} : { remains: 50 }) }));
    await ctx.db.query(
      `update orders set started_at = a.ended_at + interval '10 seconds',
                         finished_at = a.ended_at + interval '100 seconds'
         from attempts a where a.order_id = orders.id and orders.id = $1`,
      [orderId],
    );
  }
  await setProviderBalance(ctx.db, providerId, { balance: amount("24"), currency: "USD" });
});

test("the scoreboard tells shares, times, spending, and how long the balance lasts", async () => {
  const filter = { days: 1, providerId: undefined, serviceId: undefined };
  const scores = await readScoreboard(panel.ctx.db, filter);

  expect(scores.map((score) => score.providerService)).toEqual([undefined, "7"]);
  for (const score of scores) {
    expect(score).toMatchObject({
      counts: { sent: 20, accepted: 15, refused: 5, unknown: 0, completed: 10, partial: 5 },
      refusedShare: 0.25,
      unknownShare: 0,
      partialShare: 5 / 15,
      canceledShare: 0,
      start: { median: 10, ninetieth: 10 },
      finish: { median: 100, ninetieth: 100 },
      refillShare: undefined,
      // 15 times 0.4 in what counts as one hour.
      spentPerHour: amount("6"),
    });
  }
  expect(scores[0]?.hoursLeft).toBeCloseTo(2, 5);
});

test("few orders are no sample", async () => {
  const { key } = await panel.addCustomer();
  const other = await panel.addService({ rate: amount("10"), min: 1, providerId });
  await panel.api({ key, action: "add", service: other, link: "x", quantity: 100 });

  const none = { days: 1, providerId, serviceId: other };
  expect(await readScoreboard(panel.ctx.db, none)).toEqual([]);
  await panel.ctx.db.query(
    `insert into attempts (account_id, order_id, number, provider_id, provider_service, request_id,
                           ended_at, outcome)
     select account_id, id, 1, provider_id, '8', 'x', panel_now(), 'unknown'
       from orders where service_id = $1`,
    [other],
  );
  const [score] = await readScoreboard(panel.ctx.db, none);

  expect(score).toMatchObject({
    counts: { unknown: 1 },
    unknownShare: undefined,
    start: undefined,
  });
});

test("profit is revenue less cost, by day, service and provider", async () => {
  const { db } = panel.ctx;
  const line = { revenue: amount("17.5"), cost: amount("6"), orders: 20 };

  const ours = (await listProfit(db, "service", 1)).find((one) => one.subject === `${service}`);
  expect(ours).toMatchObject(line);
  const byProvider = await listProfit(db, "provider", undefined);
  const byDay = await listProfit(db, "day", 7);
  const sum = (lines: typeof byDay) => lines.reduce((total, one) => total + one.revenue, 0n);
  expect(sum(byProvider)).toBe(sum(byDay));
});

test("both are told on the command line", async () => {
  const run = (line: string) => runPanel(panel.database.url, ...words(line));

  const score = await run("provider score --provider Upstream --days 2");
  expect(score.stderr).toBe("");
  expect(score.stdout).toMatch(/U +all +2\d +15 +/);
  const json = await run(`provider score --service ${service} --json`);
  expect(json.json()).toMatchObject([
    { provider_service: null, refused_share: 0.25, hours_left: null },
    { provider_service: "7", partial_share: 1 / 3 },
  ]);

  const profit = await run("ledger profit --by provider --json");
  expect(profit.json()).toMatchObject({ currency: "USD", all: { cost: "6.00" } });
  expect((await run("ledger profit --days 3")).stdout).toMatch(/profit/);
});
