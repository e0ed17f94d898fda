import { beforeAll, describe, expect, test, vi } from "vitest";
import { connect } from "#database/connection.ts";
import { hashApiKey } from "#customers/api-key.ts";
import { findApiKeyId } from "#customers/api-keys.sql.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import type { EffectiveRate } from "#values/money.ts";
import { amount, testPanel } from "#test/panel.ts";
import { openOrderBatches } from "./order-batch.ts";
import type { OrderRequest } from "./place-orders.sql.ts";

const panel = testPanel();
let service: ServiceId;

beforeAll(async () => {
  service = await panel.addService({ min: 1 });
});

async function requestOf(balance = "100"): Promise<OrderRequest> {
  const customer = await panel.addCustomer({ balance });
  const keyId = await findApiKeyId(panel.ctx.db, hashApiKey(customer.key));
  const known = await findService(panel.ctx.db, service);
  if (keyId === undefined || known === undefined) throw new Error("the shop is not set up");
  return {
    accountId: customer.id,
    keyId,
    keyVersion: 1,
    serviceId: service,
    serviceVersion: known.version,
    priceVersion: 1,
    quantity: 100,
    runs: undefined,
    intervalMinutes: undefined,
    rate: amount("10") as bigint as EffectiveRate,
    charge: amount("1"),
    cost: undefined,
    link: "a",
    fields: null,
    requestId: null,
    requestHash: null,
  };
}

describe("a batch of orders", () => {
  test("is answered after its commit", async () => {
    const batches = openOrderBatches(panel.ctx);
    const request = await requestOf();

    const outcomes = await Promise.all(Array.from({ length: 300 }, () => batches.ask(request)));

    const ids = outcomes.map((outcome) => ("orderId" in outcome ? outcome.orderId : undefined));
    const accepted = ids.filter((id) => id !== undefined);
    expect(accepted).toHaveLength(100);
    const { rows } = await panel.ctx.db.query(
      "select count(*) as n from orders where account_id = $1 and id = any ($2::bigint[])",
      [request.accountId, accepted],
    );
    expect(rows).toEqual([{ n: 100 }]);
  });

  test("with a row that the database cannot read fails that row alone", async () => {
    const batches = openOrderBatches(panel.ctx);
    const request = await requestOf();

    const outcomes = await Promise.all([
      batches.ask(request),
      batches.ask({ ...request, link: "a\u0000b" }),
      batches.ask({ ...request, fields: "{" }),
      batches.ask({ ...request, requestId: "r", requestHash: null }),
      batches.ask(request),
    ]);

    expect(outcomes.map(({ code }) => code)).toEqual([
      "accepted",
      "failed",
      "failed",
      "failed",
      "accepted",
    ]);
  });

  test("answers a repeated request id by what the batch itself has placed under it", async () => {
    const batches = openOrderBatches(panel.ctx);
    const named = { ...(await requestOf()), requestId: "r", requestHash: "0".repeat(32) };

    const outcomes = await Promise.all([
      // Refused, and so not remembered: the next one is decided anew.
      batches.ask({ ...named, charge: amount("101"), requestHash: "2".repeat(32) }),
      batches.ask(named),
      batches.ask(named),
      batches.ask({ ...named, requestHash: "1".repeat(32) }),
    ]);

    expect(outcomes.map(({ code }) => code)).toEqual([
      "insufficient",
      "accepted",
      "replayed",
      "conflict",
    ]);
  });

  test("takes nothing for a key that has run out since it was remembered", async () => {
    const batches = openOrderBatches(panel.ctx);
    const request = await requestOf();
    const text = "update api_keys set expires_at = panel_now() - interval '1 second' where id = $1";
    await panel.ctx.db.query(text, [request.keyId]);

    expect(await batches.ask(request)).toEqual({ code: "key" });
  });

  test("waits for an account that another transaction holds", async () => {
    const batches = openOrderBatches(panel.ctx);
    const request = await requestOf();
    const holder = await holdAccount(request.accountId);
    let isAnswered = false;
    const asked = batches.ask(request).then((outcome) => {
      isAnswered = true;
      return outcome;
    });

    await expect.poll(() => listWaiting(holder)).toHaveLength(1);
    expect(isAnswered).toBe(false);
    await holder.query("commit");
    await holder.end();

    expect(await asked).toMatchObject({ code: "accepted" });
  });

  test("whose connection the server ends is placed once", async () => {
    const batches = openOrderBatches(panel.ctx);
    const request = { ...(await requestOf()), requestId: "r", requestHash: "0".repeat(32) };
    const holder = await holdAccount(request.accountId);
    const asked = batches.ask(request);

    await expect.poll(() => listWaiting(holder)).toHaveLength(1);
    await holder.query("select pg_terminate_backend($1)", await listWaiting(holder));
    await holder.query("commit");
    await holder.end();

    expect(await asked).toMatchObject({ code: "accepted" });
    const text = "select count(*) as n from orders where account_id = $1";
    expect((await panel.ctx.db.query(text, [request.accountId])).rows).toEqual([{ n: 1 }]);
  });

  test.each([
    ["in the meantime nothing happens to it", false],
    ["the server ends the connection", true],
  ])("goes out while another is under way, and is placed once when %s", async (_what, isEnded) => {
    const batches = openOrderBatches(panel.ctx);
    const [first, ...others] = await Promise.all(Array.from({ length: 30 }, () => requestOf()));
    if (first === undefined) throw new Error("no request");
    const holder = await holdAccount(first.accountId);
    const sent = new Promise<{ count(): number }>((resolve) => {
      panel.ctx.hot.once("acquire", (client) => {
        const query = vi.spyOn(client, "query");
        resolve({ count: () => query.mock.calls.length });
      });
    });
    const asked = [batches.ask(first)];
    await expect.poll(() => listWaiting(holder)).toHaveLength(1);
    let answered = 0;
    for (const request of others) {
      asked.push(
        batches.ask(request).then((outcome) => {
          answered++;
          return outcome;
        }),
      );
    }
    // It stands behind the first on the same connection: no second one waits, none is answered.
    const { count } = await sent;
    await expect.poll(count).toBe(2);
    expect(panel.ctx.hot.totalCount - panel.ctx.hot.idleCount).toBe(1);
    expect(await listWaiting(holder)).toHaveLength(1);
    expect(answered).toBe(0);
    if (isEnded) {
      await holder.query("select pg_terminate_backend($1)", await listWaiting(holder));
    }
    await holder.query("commit");
    await holder.end();

    expect(new Set((await Promise.all(asked)).map(({ code }) => code))).toEqual(
      new Set(["accepted"]),
    );
    const { rows } = await panel.ctx.db.query(
      "select count(*) as n from orders where account_id = any ($1::bigint[])",
      [[first, ...others].map(({ accountId }) => accountId)],
    );
    expect(rows).toEqual([{ n: 30 }]);
    await expect.poll(() => panel.ctx.hot.totalCount - panel.ctx.hot.idleCount).toBe(0);
    vi.restoreAllMocks();
  });
});

/** A connection whose transaction holds the account until it ends. */
async function holdAccount(accountId: AccountId): Promise<Awaited<ReturnType<typeof connect>>> {
  const holder = await connect(panel.database.ownerSettings);
  await holder.query("begin");
  await holder.query("select 1 from accounts where id = $1 for update", [accountId]);
  return holder;
}

/** The server processes of this database that wait for a lock. */
async function listWaiting(owner: Awaited<ReturnType<typeof connect>>): Promise<number[]> {
  const { rows } = await owner.query<{ pid: number }>(
    `select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}
