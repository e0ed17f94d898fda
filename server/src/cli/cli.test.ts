import path from "node:path";
import { describe, expect, test } from "vitest";
import { must, testPanel } from "#test/panel.ts";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { requestRefill } from "#orders/requests/request-refill.ts";
import { customerActor } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { findCustomerByEmail } from "#customers/customers.sql.ts";
import { parseId } from "#values/ids.ts";
import { runPanel, words } from "#test/run-panel.ts";

// The panel answers while the commands run: that is how an operator uses them.
const panel = testPanel();

/** A command that has to go well; its answer, parsed. */
async function done(...args: string[]): Promise<unknown> {
  const run = await runPanel(panel.database.url, ...args, "--json");
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  return run.json();
}

/** The code with which a command is refused. */
async function refusalOf(...args: string[]): Promise<unknown> {
  const run = await runPanel(panel.database.url, ...args, "--json");
  expect(run.exitCode).toBe(1);
  return field(run.json(), "code");
}

async function idOf(email: string): Promise<AccountId> {
  const customer = await findCustomerByEmail(panel.ctx.db, email);
  if (customer === undefined) throw new Error(`${email} is nobody`);
  return customer.accountId;
}

function field(answer: unknown, name: string): unknown {
  return new Map(Object.entries(Object(answer))).get(name);
}

/** A customer with money and a service to buy, made by the commands themselves. */
async function makeShop(email: string): Promise<{ key: string; service: number }> {
  await done("customer", "create", "--email", email);
  await done("customer", "deposit", "--email", email, "--amount", "100");
  const key = String(field(await done("key", "create", "--email", email), "key"));
  const terms = ["--category", "First", "--name", "Followers", "--type", "default"];
  const bounds = ["--rate", "0.90", "--min", "50", "--max", "10000", "--refill", "--cancel"];
  const service = Number(field(await done("service", "create", ...terms, ...bounds), "service"));
  return { key, service };
}

async function addOrder(key: string, service: number, quantity: number): Promise<OrderId> {
  const link = "https://example.com/p/1";
  const answer = await panel.api({ key, action: "add", service, link, quantity });
  const id = parseId<OrderId>(String(field(answer, "order")));
  if (id === undefined) throw new Error(`no order: ${JSON.stringify(answer)}`);
  return id;
}

describe("the command line", () => {
  test("opens an account, fills it, and makes a key that works at once", async () => {
    const { key, service } = await makeShop("first@example.com");
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(await panel.api({ key, action: "balance" })).toEqual({
      balance: "100.00",
      currency: "USD",
    });
    const id = await addOrder(key, service, 1000);
    expect(await panel.api({ key, action: "status", order: id })).toMatchObject({
      charge: "0.90",
      status: "Pending",
    });
    const customer = await idOf("first@example.com");
    expect(await done("order", "show", String(id))).toMatchObject({
      order: id,
      customer,
      service,
      status: "Pending",
      charge: "0.90",
      remains: 1000,
      start_count: null,
      email: "first@example.com",
      postings: [{ kind: "charge", amount: "-0.90", balance: "99.10", order: id }],
      task: { kind: "send", attempts: 0, claimed: false },
    });
    expect(await done("order", "list", "--email", "first@example.com")).toMatchObject([
      { order: id, status: "Pending" },
    ]);
    expect(await done("customer", "list")).toMatchObject([
      { customer, email: "first@example.com", balance: "99.10", currency: "USD", floor: "0.00" },
    ]);
  });

  test("books a deposit once under its reference, and anew without one", async () => {
    const email = "deposit@example.com";
    await done("customer", "create", email);
    const deposit = ["customer", "deposit", "--email", email, "--amount", "10.5"];
    expect(await done(...deposit, "--reference", "receipt 7")).toMatchObject({
      amount: "10.50",
      balance: "10.50",
      reference: "receipt 7",
      repeated: false,
    });
    expect(await done(...deposit, "--reference", "receipt 7")).toMatchObject({
      balance: "10.50",
      repeated: true,
    });
    expect(await done(...deposit, "--reference", " RECEIPT 7")).toMatchObject({ repeated: true });
    await done(...deposit);
    expect(await done(...deposit)).toMatchObject({ balance: "31.50", repeated: false });
    expect(
      await done("ledger", "adjust", "--email", email, "--amount", "-1.5", "--reason", "slip"),
    ).toMatchObject({ amount: "-1.50", balance: "30.00" });
    expect(await done("ledger", "bonus", "--email", email, "--amount", "5")).toMatchObject({
      balance: "35.00",
    });
    expect(await done("customer", "statement", "--email", email, "--limit", "2")).toMatchObject([
      { posting: 5, kind: "bonus", amount: "5.00", balance: "35.00" },
      { posting: 4, kind: "adjustment", amount: "-1.50", balance: "30.00", note: "slip" },
    ]);
    expect(await done("ledger", "verify")).toMatchObject({ ok: true, drifts: [] });
  });

  test("refuses a reference that stands for another booking, says which, and books again on purpose", async () => {
    const emails = ["payer@example.com", "other@example.com"];
    for (const email of emails) await done("customer", "create", email);
    const deposit = ["customer", "deposit", "--amount", "10", "--reference"];
    await done(...deposit, "bank-77", "--email", "payer@example.com");

    const again = [...deposit, "Bank-77", "--email", "other@example.com"];
    const refused = await runPanel(panel.database.url, ...again);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/bank-77 .*deposit of 10\.00 USD for payer@example\.com/);

    const why = ["--again", "--reason", "one transfer for both"];
    expect(await done(...again, ...why)).toMatchObject({ balance: "10.00", repeated: false });
    expect(await done(...again, ...why)).toMatchObject({ balance: "10.00", repeated: true });
    expect(await done("audit", "list", "--limit", "1")).toMatchObject([
      { action: "customer.deposit", after: { again: "one transfer for both" } },
    ]);
  });

  test("lets a floor of 50 and of -50 both mean that the balance may go down to -50", async () => {
    const email = "floor@example.com";
    await done("customer", "create", email);
    for (const floor of ["50", "-50"]) {
      expect(await done("customer", "set", "--email", email, "--floor", floor)).toMatchObject({
        floor: "-50.00",
      });
    }
    const adjust = ["ledger", "adjust", "--email", email, "--reason", "debt", "--amount"];
    expect(await done(...adjust, "-50")).toMatchObject({ balance: "-50.00" });

    // Above the balance: allowed, moves no money, and stops every further debit.
    const raised = await runPanel(
      panel.database.url,
      ...words(`customer set --email ${email} --floor 0 --json`),
    );
    expect(raised.exitCode).toBe(0);
    expect(raised.json()).toMatchObject({ floor: "0.00", balance: "-50.00" });
    const more = await runPanel(panel.database.url, ...adjust, "-1", "--json");
    expect(more.exitCode).toBe(1);
    expect(more.json()).toMatchObject({ code: "below_floor" });
  });

  test("suspends a customer on the running panel", async () => {
    const { key } = await makeShop("suspended@example.com");
    expect(await panel.api({ key, action: "balance" })).toMatchObject({ currency: "USD" });
    await done("customer", "set", "--email", "suspended@example.com", "--status", "suspended");
    expect(await panel.api({ key, action: "balance" })).toHaveProperty("error");
  });

  test("changes and revokes keys, by id and by the key itself", async () => {
    const email = "keys@example.com";
    const { key } = await makeShop(email);
    const made = await done(
      ...words(`key create --email ${email} --scope order --dialect v2-1dg --name bot`),
      ...words("--ip 10.0.0.0/8,::1 --expires 2099-01-31 --rate-limit 5"),
    );
    const id = String(field(made, "id"));
    const listed = await runPanel(panel.database.url, "key", "list", "--email", email, "--json");
    expect(listed.json()).toMatchObject([
      { scopes: ["read", "order"], dialect: null, ip: [], expires: null },
      {
        name: "bot",
        scopes: ["read", "order"],
        dialect: "v2-1dg",
        ip: ["10.0.0.0/8", "::1"],
        rate_limit: 5,
        expires: "2099-01-31T00:00:00.000Z",
      },
    ]);
    // The key is shown when it is made and never again.
    expect(listed.stdout).not.toContain(String(field(made, "key")));
    const change = ["--scope", "read", "--expires", "never", "--ip", "", "--dialect", "default"];
    expect(await done("key", "set", "--id", id, ...change)).toMatchObject({
      scopes: ["read"],
      expires: null,
      ip: [],
      dialect: null,
      rate_limit: 5,
    });
    await done("key", "revoke", "--key", key);
    expect(await panel.api({ key, action: "balance" })).toHaveProperty("error");
    await done("key", "revoke", "--id", id);
    const again = await runPanel(panel.database.url, "key", "revoke", "--id", id);
    expect(await refusalOf("key", "set", "--id", id, "--name", "x")).toBe("key_revoked");
    expect(again).toMatchObject({ exitCode: 0, stdout: `Key ${id} was revoked before.\n` });
  });

  test("changes services by their id, with and without its name", async () => {
    const { service } = await makeShop("services@example.com");
    const other = await makeShop("services2@example.com");
    const id = String(service);
    expect(
      await done("service", "set", "--id", id, "--rate", "1.25", "--no-refill", "--dripfeed"),
    ).toMatchObject({
      service,
      rate: "1.25",
      refill: false,
      cancel: true,
      dripfeed: true,
      min: 50,
    });
    for (const args of [
      ["disable", id],
      ["enable", "--id", id],
      ["disable", "--service", id],
    ]) {
      await done("service", ...args);
    }
    const move = ["--category", "Second", "--provider", "sandbox", "--provider-service", "12"];
    expect(await done("service", "set", id, ...move)).toMatchObject({
      category: "Second",
      provider: "sandbox",
      provider_service: "12",
      status: "disabled",
    });
    expect(await done("service", "list", "--category", "second")).toMatchObject([{ service }]);
    // One service of a provider may be sold several times.
    expect(await done("service", "set", String(other.service), ...move)).toMatchObject({
      provider_service: "12",
    });
    const pack = ["--category", "First", "--name", "Pack", "--type", "PACKAGE", "--rate", "5"];
    const made = field(await done("service", "create", ...pack), "service");
    expect(await done("service", "list", "--category", "First")).toContainEqual(
      expect.objectContaining({ service: made, type: "Package", min: 1, max: 1, rate: "5.00" }),
    );
  });

  test("imports a service list, and again brings it up to date", async () => {
    const file = path.join(import.meta.dirname, "../catalog/sync/samples/unsafe-rows.json");
    const args = ["service", "import", file, "--provider", "Samples", "--markup-percent", "15"];
    expect(await done(...args, "--dry-run")).toMatchObject({ imported: 1, dry_run: true });
    const report = await done(...args);
    expect(report).toMatchObject({ imported: 1, updated: 0, refused: 16, provider_made: true });
    expect(report).toMatchObject({ reasons: { "rate is zero": 1, "type is not known": 1 } });
    expect(field(report, "refused_rows")).toHaveLength(16);
    const again = await runPanel(panel.database.url, ...args);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.stdout).toContain("0 imported, 1 updated (0 of them changed), 16 refused.");
    expect(await done("service", "list", "--provider", "Samples")).toMatchObject([
      { name: "Good", rate: "1.15", provider_rate: "1.00", provider_service: "1" },
    ]);
  });

  test("gives a customer rates of their own", async () => {
    const email = "rates@example.com";
    const { service } = await makeShop(email);
    const set = ["rate", "set", "--email", email, "--service", String(service)];
    expect(await done(...set, "--percent", "33.3333")).toMatchObject({ rate: "0.30" });
    expect(await done(...set, "--fixed", "0.123456")).toMatchObject({ rate: "0.12346" });
    expect(await done("rate", "list", "--email", email)).toMatchObject([
      { service, list_rate: "0.90", fixed: "0.123456", percent: null, rate: "0.12346" },
    ]);
    await done("customer", "set", "--email", email, "--discount", "50%");
    expect(await done(...set, "--remove")).toMatchObject({ rate: "0.45" });
    expect(await done("rate", "list", "--email", email)).toEqual([]);
  });

  test("moves orders, and says what that does to the money", async () => {
    const { key, service } = await makeShop("moves@example.com");
    const id = await addOrder(key, service, 1000);
    const set = ["order", "set", String(id), "--status"];
    expect(await done(...set, "In progress", "--start-count", "7")).toMatchObject({
      status: "In progress",
      start_count: 7,
      refund: "0.00",
    });
    expect(await refusalOf(...set, "partial", "--remains", "0")).toBe("partial_needs_remains");
    const said = await runPanel(panel.database.url, ...set, "partial", "--remains", "400");
    expect(said.stdout).toContain("In progress → Partial, remains 400. 0.36 USD went back");
    expect(await refusalOf(...set, "in progress")).toBe("transition_illegal");
    expect(await done(...set, "canceled", "--note", "gone")).toMatchObject({
      status: "Canceled",
      charge: "0.00",
      charge_before_refunds: "0.90",
      refunded: "0.90",
      refund: "0.54",
      note: "gone",
    });
    expect(await done("order", "list", "--status", "Canceled")).toMatchObject([{ order: id }]);
    const [entry] = await listAuditEntries(panel.ctx.db, 1, { subject: `order:${id}` });
    expect(entry?.actor).toMatch(/^cli:.+/);
    expect(entry).toMatchObject({ before: { status: "partial" }, after: { status: "canceled" } });
    expect(await done("audit", "list", "--subject", `order:${id}`)).toHaveLength(3);
  });

  test("settles refills and cancel requests", async () => {
    const email = "requests@example.com";
    const { key, service } = await makeShop(email);
    const [delivered, open] = [
      await addOrder(key, service, 100),
      await addOrder(key, service, 100),
    ];
    await done("order", "set", String(delivered), "--status", "completed");
    await done("service", "set", String(service), "--refill-after-hours", "0");
    const refill = must(
      await requestRefill(panel.ctx, customerActor(await idOf(email)), delivered),
    );
    expect(await done("refill", "list", "--status", "pending")).toMatchObject([
      { refill, order: delivered, status: "Pending" },
    ]);
    const started = await done("refill", "set", String(refill), "--status", "in progress");
    expect(started).toEqual({ refill, status: "In progress" });
    await done(
      "refill",
      "set",
      String(refill),
      "--status",
      "rejected",
      "--note",
      "dropped by hand",
    );

    await panel.api({ key, action: "cancel", orders: open });
    const cancels = await done("cancel", "list");
    expect(cancels).toMatchObject([{ order: open, status: "Pending" }]);
    const cancel = field(Array.isArray(cancels) ? cancels[0] : undefined, "cancel");
    expect(await done("cancel", "set", String(cancel), "--status", "completed")).toEqual({
      cancel,
      status: "Completed",
      refund: "0.09",
    });
    expect(await refusalOf("cancel", "set", String(cancel), "rejected")).toBe("cancel_settled");
    expect(await refusalOf("refill", "set", String(refill), "completed")).toBe(
      "transition_illegal",
    );
  });

  test("reads and changes settings", async () => {
    expect(await done("settings", "get")).toMatchObject({ currency: "USD", dialect: "v2" });
    expect(await done("settings", "set", "panel_name", "My panel")).toEqual({
      panel_name: "My panel",
    });
    const name = await runPanel(panel.database.url, "settings", "get", "panel_name");
    expect(name.stdout).toBe("My panel\n");
    expect(
      await done("provider", "add", "--name", "Mine", "--connector", "sandbox"),
    ).toHaveProperty("provider");
    expect(await done("provider", "list")).toContainEqual(
      expect.objectContaining({ name: "Mine", connector: "sandbox" }),
    );
  });

  test("shows what it can do, with and without --json, and exits 0", async () => {
    for (const args of [["--help"], ["service", "import", "--help"], ["help", "customer"]]) {
      const run = await runPanel(panel.database.url, ...args);
      expect(run).toMatchObject({ exitCode: 0, stderr: "" });
      expect(run.stdout).toContain("Usage: panel");
    }
  });
});

test("a filter that finds nothing does not say that nothing has happened", async () => {
  await makeShop("filtered@example.com");

  const audit = await runPanel(panel.database.url, "audit", "list", "--actor", "nobody");
  const asked = "customer statement --customer filtered@example.com --kind adjustment".split(" ");
  const statement = await runPanel(panel.database.url, ...asked);

  expect([audit.stdout, statement.stdout]).toEqual([
    expect.stringContaining("No changes."),
    expect.stringContaining("No postings."),
  ]);
});
