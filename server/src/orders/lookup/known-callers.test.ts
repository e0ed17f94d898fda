import { beforeAll, describe, expect, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import { createCustomer } from "#customers/create-customer.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { hashApiKey } from "#customers/api-key.ts";
import { findApiKeyId, findApiKeys, touchApiKeys } from "#customers/api-keys.sql.ts";
import { changeKey } from "#customers/change-key.ts";
import { revokeKey } from "#customers/revoke-key.ts";
import { connect } from "#database/connection.ts";
import type { Queryable } from "#database/statement.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { ApiKeyId, OrderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { lookUp, openKnownCallers } from "./known-callers.ts";
import type { Caller, KnownCallers } from "./known-callers.ts";
import { balanceLookup, orderLookup } from "./lookup.sql.ts";

const panel = testPanel();
let service: ServiceId;

beforeAll(async () => {
  service = await panel.addService();
});

async function callerOf(customer: TestCustomer): Promise<Caller> {
  const key = (await findApiKeys(panel.ctx.db, [hashApiKey(customer.key)])).get(
    hashApiKey(customer.key),
  );
  if (key === undefined) throw new Error("no such key");
  return { accountId: customer.id, keyId: key.id, keyVersion: key.version };
}

async function keyIdOf(customer: TestCustomer): Promise<ApiKeyId> {
  const id = await findApiKeyId(panel.ctx.db, hashApiKey(customer.key));
  if (id === undefined) throw new Error("no such key");
  return id;
}

async function orderOf({ key }: TestCustomer): Promise<OrderId> {
  const answer = await panel.api({ key, action: "add", service, link: "a", quantity: 100 });
  return idFromDatabase<OrderId>(String((answer as { order: number }).order));
}

async function stampNow(): Promise<unknown> {
  return (await panel.ctx.db.query("select stamp from caller_changes")).rows;
}

/** Look-ups of a process of its own, and the names of the statements that they sent. */
function openLookups(): {
  known: KnownCallers;
  sent: string[];
  order: (caller: Caller, orderId: OrderId) => Promise<unknown>;
  balance: (caller: Caller) => Promise<unknown>;
  orders: (questions: { caller: Caller; orderId: OrderId }[]) => Promise<unknown[]>;
  balances: (questions: { caller: Caller }[]) => Promise<unknown[]>;
} {
  const known = openKnownCallers();
  const sent: string[] = [];
  const db: Queryable = {
    query: (config) => {
      sent.push(config.name ?? "");
      return panel.ctx.hot.query(config);
    },
  };
  const [orders, balances] = [orderLookup(db), balanceLookup(db)];
  return {
    known,
    sent,
    order: async (caller, orderId) => (await lookUp(known, orders, [{ caller, orderId }]))[0],
    balance: async (caller) => (await lookUp(known, balances, [{ caller }]))[0],
    orders: (questions) => lookUp(known, orders, questions),
    balances: (questions) => lookUp(known, balances, questions),
  };
}

describe("the stamp of the database", () => {
  const renamed = () => ({ ...apiKeyTermsDefault, name: "other" });

  test.each<[string, (customer: TestCustomer) => Promise<unknown>]>([
    ["a key is revoked", async (it) => revokeKey(panel.ctx, tester, await keyIdOf(it))],
    ["a key is changed", async (it) => changeKey(panel.ctx, tester, await keyIdOf(it), renamed)],
    [
      "a customer is stopped",
      (it) => changeCustomer(panel.ctx, tester, it.id, { isActive: false }),
    ],
    [
      "a key's end is moved by hand",
      async (it) =>
        panel.ctx.db.query("update api_keys set expires_at = now() where id = $1", [
          await keyIdOf(it),
        ]),
    ],
    [
      "a key is deleted",
      async (it) => panel.ctx.db.query("delete from api_keys where id = $1", [await keyIdOf(it)]),
    ],
  ])("is another one when %s", async (_name, change) => {
    const customer = await panel.addCustomer();
    const before = await stampNow();

    await change(customer);

    expect(await stampNow()).not.toEqual(before);
  });

  test.each<[string, (customer: TestCustomer) => Promise<unknown>]>([
    ["a key is used", async (it) => touchApiKeys(panel.ctx.db, [await keyIdOf(it)])],
    ["a key is made", (it) => createKey(panel.ctx, tester, it.id, apiKeyTermsDefault)],
    ["a customer is made", () => createCustomer(panel.ctx, tester, { email: "b@example.com" })],
    [
      "a customer's discount is set",
      (it) => changeCustomer(panel.ctx, tester, it.id, { discountPercent: amount("5") }),
    ],
    ["an order is placed", (it) => orderOf(it)],
  ])("stays when %s", async (_name, change) => {
    const customer = await panel.addCustomer();
    const before = await stampNow();

    await change(customer);

    expect(await stampNow()).toEqual(before);
  });

  test("is replaced by many changes at once, which do not wait in a circle", async () => {
    const customers = await Promise.all(Array.from({ length: 16 }, () => panel.addCustomer()));

    const before = await stampNow();

    await Promise.all(
      customers.map(async (customer) => {
        must(await changeKey(panel.ctx, tester, await keyIdOf(customer), renamed));
        must(await changeCustomer(panel.ctx, tester, customer.id, { isActive: false }));
        must(await revokeKey(panel.ctx, tester, await keyIdOf(customer)));
      }),
    );

    expect(await stampNow()).not.toEqual(before);
  });
});

describe("a caller that was found alive", () => {
  test("is looked up without the key until any key changes, and then with it", async () => {
    const lookups = openLookups();
    const [customer, other] = [await panel.addCustomer(), await panel.addCustomer()];
    const [caller, orderId] = [await callerOf(customer), await orderOf(customer)];

    await lookups.order(caller, orderId);
    await lookups.order(caller, orderId);
    await lookups.balance(caller);
    await revokeKey(panel.ctx, tester, await keyIdOf(other));
    const answer = await lookups.order(caller, orderId);
    await lookups.order(caller, orderId);

    expect(answer).toMatchObject({ caller: "ok", found: { id: orderId } });
    expect(lookups.sent).toEqual([
      "orders.lookUp",
      "orders.lookUpKnown",
      "orders.lookUpKnownBalances",
      "orders.lookUpKnown",
      "orders.lookUp",
      "orders.lookUpKnown",
    ]);
  });

  test("is not told from the commit on that ended its key, and is until then", async () => {
    const lookups = openLookups();
    const customer = await panel.addCustomer();
    const [caller, orderId] = [await callerOf(customer), await orderOf(customer)];
    await lookups.order(caller, orderId);
    const other = await connect(panel.database.settings);
    try {
      await other.query("begin");
      await other.query("update api_keys set revoked_at = now() where id = $1", [caller.keyId]);
      expect(await lookups.order(caller, orderId)).toMatchObject({ caller: "ok" });
      await other.query("commit");
    } finally {
      await other.end();
    }

    expect(await lookups.order(caller, orderId)).toEqual({ caller: "key" });
    expect(await lookups.balance(caller)).toEqual({ caller: "key" });
    expect(lookups.known.has(caller)).toBe(false);
  });

  test("is known under its key's version alone", async () => {
    const lookups = openLookups();
    const caller = await callerOf(await panel.addCustomer());
    await lookups.balance(caller);

    expect(lookups.known.has(caller)).toBe(true);
    expect(lookups.known.has({ ...caller, keyVersion: caller.keyVersion + 1 })).toBe(false);
    expect(await lookups.balance({ ...caller, keyVersion: 7 })).toEqual({ caller: "key" });
  });

  test("is looked up with its key every time where that has an end, and ends with it", async () => {
    const lookups = openLookups();
    const expiresAt = new Date(Date.now() + 3_600_000);
    const caller = await callerOf(await panel.addCustomer({ terms: { expiresAt } }));

    await lookups.balance(caller);
    await lookups.balance(caller);

    expect(lookups.sent).toEqual(["orders.lookUpBalances", "orders.lookUpBalances"]);
    const later = await connect(panel.database.settings);
    try {
      await later.query("set panel.clock_offset = '2 hours'");
      const known = openKnownCallers();
      expect(await lookUp(known, balanceLookup(later), [{ caller }])).toEqual([{ caller: "key" }]);
    } finally {
      await later.end();
    }
  });
});

test("without a stamp nobody is known", async () => {
  const caller = await callerOf(await panel.addCustomer());
  const owner = await connect(panel.database.ownerSettings);
  try {
    const [known, balances] = [openKnownCallers(), balanceLookup(owner)];
    await lookUp(known, balances, [{ caller }]);
    await owner.query("begin");
    await owner.query("delete from caller_changes");
    for (let time = 0; time < 2; time++) {
      const answers = await lookUp(known, balances, [{ caller }]);
      expect(answers).toEqual([{ caller: "ok", found: amount("100") }]);
      expect(known.has(caller)).toBe(false);
    }
    await owner.query("rollback");
  } finally {
    await owner.end();
  }
});

describe("a batch of look-ups", () => {
  test("answers each question in its place, whoever is known, new, dead or stopped", async () => {
    const customers = await Promise.all(Array.from({ length: 12 }, () => panel.addCustomer()));
    const asked = await Promise.all(
      customers.map(async (customer) => ({
        caller: await callerOf(customer),
        orderId: await orderOf(customer),
      })),
    );
    const lookups = openLookups();
    for (const dead of customers.slice(3, 4)) {
      await revokeKey(panel.ctx, tester, await keyIdOf(dead));
    }
    for (const stopped of customers.slice(7, 8)) {
      await changeCustomer(panel.ctx, tester, stopped.id, { isActive: false });
    }

    for (const count of [4, 8, 12]) {
      // The first third is known by the second round, and two thirds by the last.
      const orders = await lookups.orders(asked.slice(0, count));
      const balances = await lookups.balances(asked.slice(0, count));
      asked.slice(0, count).forEach(({ orderId }, n) => {
        const refused = n === 3 ? "key" : n === 7 ? "inactive" : undefined;
        if (refused === undefined) {
          expect(orders[n]).toMatchObject({ caller: "ok", found: { id: orderId } });
          expect(balances[n]).toEqual({ caller: "ok", found: amount("99.91") });
        } else {
          expect([orders[n], balances[n]]).toEqual([{ caller: refused }, { caller: refused }]);
        }
      });
    }
    const [mine, theirs] = asked;
    if (mine === undefined || theirs === undefined) throw new Error("nobody asked");
    expect(await lookups.orders([{ ...mine, orderId: theirs.orderId }, mine])).toMatchObject([
      { caller: "ok", found: undefined },
      { caller: "ok", found: { id: mine.orderId } },
    ]);
  });

  test("finds a balance that moved, and one whose last postings are no more", async () => {
    const customer = await panel.addCustomer({ balance: "10" });
    const caller = await callerOf(customer);
    const owner = await connect(panel.database.ownerSettings);
    try {
      const lookup = balanceLookup(owner);
      const balance = async () => (await lookup.ofKnown([{ caller }])).answers;
      expect(await balance()).toEqual([amount("10")]);
      await orderOf(customer);
      await orderOf(customer);
      expect(await balance()).toEqual([amount("9.82")]);

      // As after a server took over that had not heard of the last one yet.
      await owner.query("begin");
      await owner.query("alter table postings disable trigger postings_are_append_only");
      const last =
        "account_id = $1 and seq = (select max(seq) from postings where account_id = $1)";
      await owner.query(`delete from postings where ${last}`, [customer.id]);
      expect(await balance()).toEqual([amount("9.91")]);
      await owner.query("rollback");
      expect(await balance()).toEqual([amount("9.82")]);
    } finally {
      await owner.end();
    }
  });

  test("finds nothing in an account without postings", async () => {
    const lookups = openLookups();
    const caller = await callerOf(await panel.addCustomer({ balance: "0" }));

    expect(await lookups.balance(caller)).toEqual({ caller: "ok", found: 0n });
    expect(await lookups.balance(caller)).toEqual({ caller: "ok", found: 0n });
  });
});
