import { beforeAll, describe, expect, test, vi } from "vitest";
import { findApiKeyId, lockApiKey, revokeApiKey, updateApiKey } from "#customers/api-keys.sql.ts";
import type { ApiKeyTerms } from "#customers/api-keys.sql.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { hashApiKey } from "#customers/api-key.ts";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import type { ApiKeyId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { expectRefusal, form, jsonOf, send } from "./send.ts";
import type { Heard } from "./send.ts";

const panel = testPanel();
let service: ServiceId;
let otherUrl: string;

beforeAll(async () => {
  service = await panel.addService();
  otherUrl = (await panel.openAnother(["api"])).url ?? "";
});

type Fields = Readonly<Record<string, string | number>>;

const ask = (fields: Fields, url = panel.url): Promise<Heard> => send(url, form(fields));
const add = (key: string) => ({ key, action: "add", service, link: "a", quantity: 100 });

async function idOf(key: string): Promise<ApiKeyId> {
  const id = await findApiKeyId(panel.ctx.db, hashApiKey(key));
  if (id === undefined) throw new Error("no such key");
  return id;
}

async function revoke(key: string): Promise<void> {
  const id = await idOf(key);
  await inTransaction(panel.ctx, (tx) => revokeApiKey(tx, id));
}

async function change(key: string, terms: Partial<ApiKeyTerms>): Promise<void> {
  const id = await idOf(key);
  await inTransaction(panel.ctx, async (tx) => {
    await lockApiKey(tx, id);
    await updateApiKey(tx, id, { ...apiKeyTermsDefault, ...terms });
  });
}

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(text).finally(() => owner.end());
}

/** An order of the customer's, and the key known to both processes. */
async function warmUp(customer: TestCustomer): Promise<number> {
  const { key } = customer;
  const placed = jsonOf(await ask(add(key))) as { order: number };
  for (const url of [panel.url, otherUrl]) {
    for (const action of ["balance", "services"]) jsonOf(await ask({ key, action }, url));
    jsonOf(await ask({ key, action: "status", order: placed.order }, url));
  }
  return placed.order;
}

describe("a dead key", () => {
  const dead = { error: "Invalid API key" };

  test("is dead at once on every process, whatever it asks for", async () => {
    const customer = await panel.addCustomer();
    const order = await warmUp(customer);
    const { key } = customer;
    const calls: Fields[] = [
      { key, action: "balance" },
      add(key),
      { key, action: "status", order },
      { key, action: "status", orders: `${order},${order + 1}` },
      { key, action: "refill", order },
      { key, action: "refill", orders: order },
      { key, action: "refill_status", refill: 1 },
      { key, action: "refill_status", refills: "1,2" },
      { key, action: "cancel", orders: order },
      { key, action: "orders" },
    ];

    await revoke(key);

    for (const fields of calls) {
      for (const url of [otherUrl, panel.url]) {
        const heard = await ask(fields, url);
        expect(jsonOf(heard), JSON.stringify(fields)).toEqual(dead);
      }
    }
  });

  test("gets the service list for two seconds at most", async () => {
    const customer = await panel.addCustomer();
    await warmUp(customer);

    await revoke(customer.key);

    const gone = async () =>
      expect(jsonOf(await ask({ key: customer.key, action: "services" }, otherUrl))).toEqual(dead);
    await vi.waitFor(gone, { timeout: 2000, interval: 100 });
  });

  test("that expires is dead from that moment on", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const customer = await panel.addCustomer({ terms: { expiresAt } });
    const order = await warmUp(customer);

    const { key } = customer;
    await asOwner(`update api_keys set expires_at = now() where id = ${await idOf(key)}`);

    for (const url of [otherUrl, panel.url]) {
      expect(jsonOf(await ask(add(key), url))).toEqual(dead);
      expect(jsonOf(await ask({ key, action: "status", order }, url))).toEqual(dead);
      expect(jsonOf(await ask({ key, action: "balance" }, url))).toEqual(dead);
    }
  });
});

describe("scopes", () => {
  test("a key that only reads cannot order, refill or cancel", async () => {
    const { key } = await panel.addCustomer({ terms: { scopes: ["read"] } });

    for (const fields of [
      add(key),
      { key, action: "refill", order: 1 },
      { key, action: "refill", orders: "1,2" },
      { key, action: "cancel", orders: 1 },
    ]) {
      const text = 'This API key has no "order" permission';
      expectRefusal(await ask(fields), "scope_missing", text);
    }
    expect(jsonOf(await ask({ key, action: "balance" }))).toHaveProperty("balance");
  });

  test("a key that only orders cannot look things up", async () => {
    const { key } = await panel.addCustomer({ terms: { scopes: ["order"] } });

    for (const action of ["balance", "services", "status", "refill_status", "orders"]) {
      expectRefusal(await ask({ key, action }), "scope_missing");
    }
    expect(jsonOf(await ask(add(key)))).toHaveProperty("order");
  });

  test("a scope that is taken away is gone at once on every process", async () => {
    const customer = await panel.addCustomer();
    await warmUp(customer);

    await change(customer.key, { scopes: ["read"] });

    expectRefusal(await ask(add(customer.key), otherUrl), "scope_missing");
    expectRefusal(await ask(add(customer.key)), "scope_missing");
  });
});

describe("addresses", () => {
  test("a key with an allow-list works from there alone", async () => {
    const here = await panel.addCustomer({ terms: { ipAllow: ["127.0.0.0/8", "::1"] } });
    const elsewhere = await panel.addCustomer({
      terms: { ipAllow: ["203.0.113.7", "10.0.0.0/8"] },
    });

    expect(jsonOf(await ask(add(here.key)))).toHaveProperty("order");
    const heard = await ask(add(elsewhere.key));
    expectRefusal(heard, "address_not_allowed", "Invalid API key");
  });

  test("an allow-list that is set shuts others out at once on every process", async () => {
    const customer = await panel.addCustomer();
    await warmUp(customer);

    await change(customer.key, { ipAllow: ["203.0.113.7"] });

    expect(jsonOf(await ask(add(customer.key), otherUrl))).toEqual({ error: "Invalid API key" });
    const balance = await ask({ key: customer.key, action: "balance" });
    expect(jsonOf(balance)).toEqual({ error: "Invalid API key" });
  });

  test("what a stranger writes in X-Forwarded-For is not believed", async () => {
    const { key } = await panel.addCustomer({ terms: { ipAllow: ["203.0.113.7"] } });
    const sent = form({ key, action: "balance" });

    const headers = { ...sent.headers, "X-Forwarded-For": "203.0.113.7" };
    const heard = await send(panel.url, { ...sent, headers });

    expectRefusal(heard, "address_not_allowed", "Invalid API key");
  });
});

describe("a suspended customer", () => {
  test("is refused at once on every process", async () => {
    const customer = await panel.addCustomer();
    const order = await warmUp(customer);
    const { key } = customer;

    await asOwner(`update customers set status = 'suspended' where account_id = ${customer.id}`);

    for (const url of [otherUrl, panel.url]) {
      for (const fields of [
        add(key),
        { key, action: "balance" },
        { key, action: "status", order },
        { key, action: "status", orders: order },
        { key, action: "refill", order },
        { key, action: "cancel", orders: order },
      ]) {
        expectRefusal(await ask(fields, url), "customer_inactive", "Account suspended");
      }
    }
  });
});

test("keys of any length and content are refused alike", async () => {
  const long = "k".repeat(300);
  for (const key of ["", "a", "0".repeat(32), long, "' or 1=1 --", "\u0000", "ключ", "%", "null"]) {
    const heard = await ask({ key, action: "balance" });
    expect(jsonOf(heard)).toEqual({
      error: heard.status === 429 ? "Rate limit exceeded" : "Invalid API key",
    });
  }
});

test("the key of one customer shows nothing of another's orders", async () => {
  const owner = await panel.addCustomer();
  const stranger = await panel.addCustomer();
  const { order } = jsonOf(await ask(add(owner.key))) as { order: number };

  const { key } = stranger;
  const unknown = "Incorrect order ID";
  expectRefusal(await ask({ key, action: "status", order }), "order_unknown", unknown);
  expectRefusal(await ask({ key, action: "refill", order }), "order_unknown", unknown);
  expect(jsonOf(await ask({ key, action: "cancel", orders: order }))).toEqual([
    { order, cancel: { error: unknown } },
  ]);
  expect(jsonOf(await ask({ key, action: "orders" }))).toEqual([]);
});

test("a second key of the same customer sees the same orders", async () => {
  const customer = await panel.addCustomer();
  const second = must(await createKey(panel.ctx, tester, customer.id, apiKeyTermsDefault));
  const { order } = jsonOf(await ask(add(customer.key))) as { order: number };

  const state = jsonOf(await ask({ key: second.key, action: "status", order }));

  expect(state).toMatchObject({ status: "Pending" });
});
