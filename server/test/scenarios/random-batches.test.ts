import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { createKey, apiKeyTermsDefault } from "#customers/create-key.ts";
import { raisePriceVersion } from "#customers/customers.sql.ts";
import { changeKey } from "#customers/change-key.ts";
import { revokeKey } from "#customers/revoke-key.ts";
import { inTransaction } from "#database/transaction.ts";
import { listPostings } from "#ledger/ledger.sql.ts";
import { placeOrderBatch } from "#orders/placing/place-orders.sql.ts";
import type { OrderRequest } from "#orders/placing/place-orders.sql.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import type { AccountId, ApiKeyId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, unitsPerOne } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import { seededRandom } from "./random.ts";
import { placeInModel } from "./sequential-model.ts";
import type { Model, ModelAccount } from "./sequential-model.ts";

const panel = testPanel();
const random = seededRandom();
const batches = 350;
const hashes = ["0".repeat(32), "1".repeat(32)];
const requestIds = Array.from({ length: 30 }, (_, index) => `request ${index}`);

type AnyKey = { readonly id: ApiKeyId; readonly account: AccountId };

async function openShop(): Promise<{ model: Model; keys: AnyKey[] }> {
  const model: Model = { accounts: new Map(), services: new Map(), orders: 0 };
  const keys: AnyKey[] = [];
  for (let index = 0; index < 4; index++) {
    const { id } = await panel.addCustomer({ balance: "20" });
    const balance = 20n * unitsPerOne;
    model.accounts.set(id, {
      balance,
      floor: 0n,
      isActive: true,
      priceVersion: 1,
      keys: new Map(),
      requests: new Map(),
      balances: [balance],
    });
    for (let n = 0; n < 2; n++) await addKey(model, keys, id);
  }
  for (let index = 0; index < 3; index++) {
    const id = await panel.addService({ name: `Service ${index}` });
    await changeVersion(model, id);
  }
  return { model, keys };
}

async function addKey(model: Model, keys: AnyKey[], account: AccountId): Promise<void> {
  const { id } = must(await createKey(panel.ctx, tester, account, apiKeyTermsDefault));
  keys.push({ id, account });
  accountOf(model, account).keys.set(id, 1);
}

async function changeVersion(model: Model, id: ServiceId): Promise<void> {
  const after = must(await changeService(panel.ctx, tester, id, () => ({})));
  model.services.set(id, after.version);
}

function accountOf(model: Model, id: number): ModelAccount {
  const account = model.accounts.get(id);
  if (account === undefined) throw new Error("no such account");
  return account;
}

/** Something that happens to the shop between two batches. */
async function disturb(model: Model, keys: AnyKey[], turn: number): Promise<void> {
  const { ctx } = panel;
  const id = random.pick([...model.accounts.keys()]) as AccountId;
  const account = accountOf(model, id);
  const key = random.pick(keys);
  switch (random.int(0, 7)) {
    case 0: {
      const amount = (BigInt(random.int(1, 12)) * unitsPerOne) as Amount;
      must(await recordDeposit(ctx, tester, { accountId: id, amount, idempotencyKey: `${turn}` }));
      account.balance += amount;
      account.balances.push(account.balance);
      return;
    }
    case 1: {
      const floor = (BigInt(-random.int(0, 6)) * unitsPerOne) as Amount;
      must(await changeCustomer(ctx, tester, id, { floor }));
      account.floor = floor;
      return;
    }
    case 2:
      account.isActive = !account.isActive || random.chance(0.5);
      must(await changeCustomer(ctx, tester, id, { isActive: account.isActive }));
      return;
    case 3:
      return changeVersion(model, random.pick([...model.services.keys()]) as ServiceId);
    case 4:
      await inTransaction(ctx, (tx) => raisePriceVersion(tx, id));
      account.priceVersion++;
      return;
    case 5: {
      const live = accountOf(model, key.account).keys;
      if (!live.has(key.id)) return;
      must(await changeKey(ctx, tester, key.id, (before) => before));
      live.set(key.id, (live.get(key.id) ?? 0) + 1);
      return;
    }
    case 6:
      must(await revokeKey(ctx, tester, key.id));
      accountOf(model, key.account).keys.delete(key.id);
      return addKey(model, keys, key.account);
    default:
      return;
  }
}

function randomRequest(model: Model, keys: readonly AnyKey[]): OrderRequest {
  // Mostly young keys: the old ones are dead.
  const key = random.pick(random.chance(0.1) ? keys : keys.slice(-12));
  const account = accountOf(model, key.account);
  const serviceId = random.pick([...model.services.keys()]) as ServiceId;
  const isRepeatable = random.chance(0.5);
  const late = () => (random.chance(0.05) ? 1 : 0);
  const cents = random.chance(0.15) ? 0 : random.int(1, random.chance(0.1) ? 3000 : 300);
  return {
    accountId: random.chance(0.02)
      ? (random.pick([...model.accounts.keys()]) as AccountId)
      : key.account,
    keyId: key.id,
    keyVersion: (account.keys.get(key.id) ?? 1) - late(),
    serviceId,
    serviceVersion: (model.services.get(serviceId) ?? 0) - late(),
    priceVersion: account.priceVersion - late(),
    quantity: 100,
    runs: undefined,
    intervalMinutes: undefined,
    rate: 1000n as EffectiveRate,
    cost: undefined,
    charge: ((BigInt(cents) * unitsPerOne) / 100n) as Amount,
    link: "https://a.example",
    fields: null,
    requestId: isRepeatable ? random.pick(requestIds) : null,
    requestHash: isRepeatable ? random.pick([...hashes, hashes[0] ?? ""]) : null,
  };
}

test(`${batches} random batches are decided as if each order had come by itself (seed ${random.seed})`, async () => {
  const { model, keys } = await openShop();
  const seen = new Set<number>();
  const counts = new Map<string, number>();

  for (let turn = 0; turn < batches; turn++) {
    if (random.chance(0.6)) await disturb(model, keys, turn);
    const size = random.int(1, random.chance(0.1) ? 60 : 12);
    const requests = Array.from({ length: size }, () => randomRequest(model, keys));

    const outcomes = await placeOrderBatch(panel.ctx.hot, randomUUID(), requests);

    const expected = requests.map((request, index) =>
      placeInModel(model, request, () => outcomes[index]?.orderId ?? -1),
    );
    expect(outcomes, `batch ${turn}`).toEqual(expected);
    for (const { code, orderId } of outcomes) {
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (code !== "accepted") continue;
      expect(seen.has(orderId), `order ${orderId} is new`).toBe(false);
      seen.add(orderId);
    }
  }

  for (const [id, account] of model.accounts) {
    const postings = await listPostings(panel.ctx.db, id as AccountId, 100_000);
    const balances = postings.toReversed().map((row) => amountFromDecimal(row.balance_after));
    expect(balances).toEqual(account.balances);
  }
  const { rows } = await panel.ctx.db.query(
    `select count(*) as n, count(distinct id) as ids, (select count(*) from tasks) as tasks
       from orders`,
  );
  expect(rows).toEqual([{ n: model.orders, ids: seen.size, tasks: model.orders }]);
  // The story is only worth something where every kind of answer occurs in it.
  const kinds = ["accepted", "replayed", "conflict", "insufficient", "key", "inactive", "stale"];
  expect([...counts.keys()].toSorted()).toEqual(kinds.toSorted());
});
