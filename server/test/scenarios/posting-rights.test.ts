import { beforeAll, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";

const panel = testPanel();
let customer: TestCustomer;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "5" });
});

async function asOwner(text: string): Promise<unknown> {
  const owner = await connect(panel.database.ownerSettings);
  return owner.query(text).finally(() => owner.end());
}

const asApplication = (text: string) => panel.ctx.db.query(text);

const changes = [
  "update postings set amount = 6",
  "update postings set note = 'x'",
  "delete from postings",
  "truncate postings cascade",
  "truncate accounts, customers, custom_rates, api_keys, postings cascade",
];

test.each(changes)("postings refuse the owner's %j", async (text) => {
  await expect(asOwner(text)).rejects.toMatchObject({ code: "23001" });
});

test.each([
  ...changes,
  "alter table postings disable trigger all",
  "drop table postings",
  "drop trigger postings_are_append_only on postings",
  "update audit_entries set actor = 'x'",
  "delete from audit_entries",
  "delete from schema_migrations",
  "create table own (id int)",
  "set session_replication_role = replica",
])("the application has no right to %j", async (text) => {
  await expect(asApplication(text)).rejects.toMatchObject({ code: "42501" });
});

test.each([
  ["balances below the floor", "23514", "2, 'charge', 'revenue', -1, 6, -1, 0, 'b', 1"],
  ["a charge that gives", "23514", "2, 'charge', 'revenue', 1, 6, 11, 0, 'b', 1"],
  ["a charge from the till", "23514", "2, 'charge', 'cash', -1, 1, 4, 0, 'b', 1"],
  ["a charge without an order", "23514", "2, 'charge', 'revenue', -1, 1, 4, 0, 'b', null"],
  ["nothing", "23514", "2, 'deposit', 'cash', 1, 0, 5, 0, 'b', null"],
  ["a negative amount", "23514", "2, 'deposit', 'cash', 1, -1, 4, 0, 'b', null"],
  ["the same number twice", "23505", "1, 'deposit', 'cash', 1, 1, 6, 0, 'b', null"],
  [
    "the same key twice",
    "23505",
    "2, 'deposit', 'cash', 1, 1, 6, 0, 'balance of customer1@example.com', null",
  ],
])("%s cannot be posted by anyone", async (_, code, values) => {
  const posting = `
    insert into postings (account_id, seq, kind, counter, direction, amount, balance_after,
                          balance_floor, idempotency_key, order_id)
    values (${customer.id}, ${values})`;

  await expect(asApplication(posting)).rejects.toMatchObject({ code });
  await expect(asOwner(posting)).rejects.toMatchObject({ code });
});
