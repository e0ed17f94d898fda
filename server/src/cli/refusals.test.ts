import { randomUUID } from "node:crypto";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { testPanel } from "#test/panel.ts";
import { runPanel, runProgram, words } from "#test/run-panel.ts";

const panel = testPanel();
const email = "refused@example.com";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "panel-cli-"));
  for (const line of [
    `customer create ${email}`,
    `customer deposit --email ${email} --amount 10 --reference known`,
    "service create --category A --name B --type Default --rate 1 --min 1 --max 2",
    "provider add --name Known --connector manual",
    "provider add --name Other --connector manual",
    "provider add --name Silent --url http://127.0.0.1:9/api/v2 --key key --private",
    "provider add --name Off --url http://127.0.0.1:9/api/v2 --key key --private",
    "service create --category A --name C --type Default --rate 1 --provider Off --provider-service 1 --min 1 --max 2",
    "provider set Off --no-enabled",
    "product create --category A --name Key --type auto --rate 1 --max 5",
    "product create --category B --name Work --type service --rate 1",
  ]) {
    const { exitCode, stderr } = await runPanel(panel.database.url, ...words(line));
    if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
  }
  // An order that nobody has, and whose only provider is switched off.
  await panel.ctx.db.query(
    `insert into orders (account_id, id, service_id, provider_id, quantity, remains, rate, charge, link)
     select 1, 7001, s.id, s.provider_id, 1, 1, 1, 0, 'a' from services s where s.name = 'C'`,
  );
  // A subscription that its provider runs, with an order of which nobody knows how much it is for.
  const { id: account } = await panel.addCustomer({ balance: "0" });
  await panel.ctx.db.query(
    `with subscription as (
       insert into orders (account_id, id, service_id, provider_id, quantity, remains, rate,
                           charge, link, fields)
       values ($1, 7000, 1, 1, 1, 1, 1, 0, 'anna', '{"min":100,"max":200}')
     )
     insert into mirrored_posts (provider_id, provider_order, account_id, order_id, status)
     values (1, '900', $1, 7000, 'unclear')`,
    [account],
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const of = ["--email", email];

describe("what is refused", () => {
  test.each<[code: string, ...args: string[]]>([
    ["email_taken", "customer", "create", email.toUpperCase()],
    ["email_invalid", "customer", "create", "nobody"],
    ["webhook_unknown", "webhook", "test", "999999"],
    ["webhook_url_invalid", "webhook", "add", email, "http://127.0.0.1/"],
    ["email_unknown", "customer", "statement", "nobody@example.com"],
    ["key_used_otherwise", "customer", "deposit", ...of, "--amount", "11", "--reference", "known"],
    ["key_used_otherwise", ...words(`ledger bonus --email ${email} --amount 10 --reference KNOWN`)],
    ["reference_empty", "customer", "deposit", ...of, "--amount", "1", "--reference", "\u200b"],
    [
      "reference_reserved",
      "customer",
      "deposit",
      ...of,
      "--amount",
      "1",
      "--reference",
      "ｏrder:1",
    ],
    [
      "reference_unknown",
      ...words(`customer deposit --email ${email} --amount 1 --reference new --again --reason x`),
    ],
    ["discount_invalid", "customer", "set", ...of, "--discount", "101"],
    ["dialect_unknown", "key", "create", ...of, "--dialect", "v9"],
    ["address_invalid", "key", "create", ...of, "--ip", "10.0.0.0/33"],
    ["key_unknown", "key", "revoke", "--key", "0123456789abcdef0123456789abcdef"],
    ["key_unknown", "key", "set", "--id", "999999", "--name", "x"],
    ["service_unknown", "service", "set", "999999", "--rate", "1"],
    ["rate_invalid", "service", "set", "1", "--rate", "0"],
    ["bounds_invalid", "service", "set", "1", "--min", "3"],
    ["service_name_invalid", "service", "set", "1", "--name", "x".repeat(1001)],
    ["category_invalid", "service", "set", "1", "--category", "x".repeat(501)],
    [
      "provider_name_invalid",
      "provider",
      "add",
      "--name",
      "x".repeat(101),
      "--connector",
      "manual",
    ],
    ["provider_unknown", "service", "set", "1", "--provider", "nobody"],
    ["rate_invalid", "rate", "set", ...of, "--service", "1", "--percent", "0"],
    ["custom_rate_unknown", "rate", "set", ...of, "--service", "1", "--remove"],
    ["order_unknown", "order", "show", "999999"],
    ["order_unknown", "order", "set", "999999", "--status", "completed"],
    ["order_unknown", "order", "release", "999999"],
    ["order_unknown", "order", "refuse", "999999"],
    ["hold_rule_invalid", "hold", "deny", "no host", "--reason", "x"],
    ["hold_reason_invalid", "hold", "deny", "a.example", "--reason", "x".repeat(501)],
    ["hold_rule_unknown", "hold", "remove", "999999"],
    ["service_unknown", "hold", "deny", "a.example", "--reason", "x", "--service", "999999"],
    ["file_unreadable", "order", "mass", "missing.txt", ...of],
    ["post_unknown", "subscription", "post", "7000", "--provider-order", "1", "--nothing"],
    [
      "post_quantity_invalid",
      ...words("subscription post 7000 --provider-order 900 --quantity 201"),
    ],
    ["refill_unknown", "refill", "set", "999999", "--status", "completed"],
    ["cancel_unknown", "cancel", "set", "999999", "--status", "rejected"],
    ["below_floor", "ledger", "adjust", ...of, "--amount", "-10.00000001", "--reason", "x"],
    ["amount_not_positive", "ledger", "adjust", ...of, "--amount", "0", "--reason", "x"],
    ["setting_unknown", "settings", "set", "colour", "red"],
    ["setting_invalid", "settings", "set", "key_rate_limit", "-1"],
    ["dialect_unknown", "settings", "set", "dialect", "v9"],
    ["currency_fixed", "settings", "set", "currency", "EUR"],
    ["connector_unknown", "provider", "add", "--name", "x", "--connector", "nothing"],
    ["provider_calls_nobody", "provider", "test", "manual"],
    ["provider_without_account", "provider", "balance", "manual"],
    ["provider_unanswered", "provider", "balance", "Silent"],
    ["resend_nowhere", "order", "resend", "7001"],
    ["provider_without_products", "provider", "import-products", "manual"],
    ["product_order_unknown", "product", "settle", "999999", "--refused"],
    ["provider_name_reserved", "provider", "add", "--name", "Manual", "--connector", "manual"],
    ["provider_name_reserved", "provider", "add", "--name", " sandbox ", "--connector", "sandbox"],
    ["provider_name_reserved", "provider", "set", "sandbox", "--name", "Sandbox 2"],
    ["provider_name_reserved", "provider", "set", "manual", "--name", "Manual"],
    ["provider_taken", "provider", "add", "--name", "KNOWN", "--connector", "manual"],
    ["provider_taken", "provider", "set", "Known", "--name", "Other"],
    ["product_unknown", "product", "show", "999999"],
    ["product_unknown", "product", "stock", "999999"],
    ["product_unknown", "product", "rate", ...of, "--product", "999999", "--fixed", "1"],
    ["product_name_invalid", "product", "set", "1", "--name", "x".repeat(501)],
    ["product_category_invalid", "product", "set", "1", "--category", "x".repeat(201)],
    ["product_category_unknown", "product", "category", "Missing", "--position", "1"],
    ["product_category_taken", "product", "category", "A", "--rename", "B"],
    ["product_rate_invalid", "product", "set", "1", "--rate", "0"],
    ["product_rate_invalid", "product", "rate", ...of, "--product", "1", "--fixed", "0"],
    ["product_rate_unknown", "product", "rate", ...of, "--product", "1", "--remove"],
    ["product_bounds_invalid", "product", "set", "1", "--min", "6"],
    ["product_discount_invalid", ...words("product discount 1 --from 2 --percent 100")],
    ["product_terms_invalid", "product", "set", "2", "--low-mark", "1"],
    ["question_invalid", "product", "set", "1", "--check", "email"],
    ["product_without_stock", "product", "stock", "2", "/dev/null"],
    ["stock_empty", "product", "stock", "1", "/dev/null"],
    ["stock_line_invalid", "product", "stock", "1", process.execPath],
    ["file_unreadable", "product", "stock", "1", "missing.txt"],
    ["file_unreadable", "product", "stock", "1", "/"],
    ["item_unknown", "product", "stock", "1", "--reveal", "999999"],
    ["file_unreadable", "service", "import", "missing.json", "--provider", "x", "--markup", "0"],
  ])("%s: %s %s: exit code 1, a sentence, and the code in JSON", async (code, ...args) => {
    const run = await runPanel(panel.database.url, ...args, "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toEqual({ error: run.stderr.trim(), code });
    expect(run.stderr).toMatch(/^\S.*\.\n$/s);
  });

  test.each([
    ["", "list_empty_file"],
    ["[]", "list_empty"],
    ["<html>", "list_html"],
    ["{", "list_not_json"],
    ['{"error":"Invalid API key"}', "list_error"],
    ['[{"service":1,"rate":0}]', "nothing_importable"],
  ])("a service list that says %j: %s", async (text, code) => {
    const file = path.join(folder, `${randomUUID()}.json`);
    await writeFile(file, text);
    const args = ["service", "import", file, "--provider", "Nobody", "--markup-percent", "10"];
    const run = await runPanel(panel.database.url, ...args, "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: run.stderr.trim(), code });
  });

  test("one webhook more than a customer may have: webhooks_too_many", async () => {
    const add = (n: number) =>
      runPanel(panel.database.url, ...words(`webhook add ${email} https://a.example/${n} --json`));
    for (let n = 0; n < 20; n++) expect(await add(n)).toMatchObject({ exitCode: 0 });

    const refused = await add(20);

    expect(refused.exitCode).toBe(1);
    expect(refused.json()).toMatchObject({ code: "webhooks_too_many" });
  });

  test("a mark-up below zero: markup_invalid", async () => {
    const file = path.join(folder, "good.json");
    const row = { service: 1, name: "A", type: "Default", rate: 1, max: 10 };
    await writeFile(file, JSON.stringify([row]));
    const args = ["service", "import", file, "--provider", "Nobody", "--markup-percent", "-1"];
    const run = await runPanel(panel.database.url, ...args, "--json");
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.json()).toMatchObject({ code: "markup_invalid" });
  });

  test("a ledger that does not add up: exit code 1 and the findings", async () => {
    const owner = await connect(panel.database.ownerSettings);
    const seq = "(select max(seq) from postings)";
    const change = (by: string) =>
      owner.query(
        `begin;
         alter table postings disable trigger user;
         update postings set balance_after = balance_after + ${by} where seq = ${seq};
         alter table postings enable trigger user;
         commit`,
      );
    try {
      await change("1");
      const run = await runPanel(panel.database.url, "ledger", "verify", "--json");
      expect(run.exitCode).toBe(1);
      expect(run.json()).toMatchObject({ ok: false, drifts: [{ account: 1 }, { account: 0 }] });
    } finally {
      await change("-1");
      await owner.end();
    }
  });
});

describe("what was not written as it has to be", () => {
  test.each<[says: string, ...args: string[]]>([
    ["Did you mean customer?", "custmer", "list"],
    ["Did you mean list?", "customer", "lst"],
    ["Did you mean --email?", "customer", "statement", "--mail", "x"],
    ["--email <address> is missing", "customer", "create"],
    ["--amount", "customer", "deposit", ...of, "--amount", "ten"],
    ["more than 0", "customer", "deposit", ...of, "--amount", "-1"],
    [
      "belong to the panel",
      "customer",
      "deposit",
      ...of,
      "--amount",
      "1",
      "--reference",
      "order:1",
    ],
    [
      "--again needs --reference",
      ...words(`customer deposit --email ${email} --amount 1 --again --reason x`),
    ],
    [
      "--again needs --reason",
      ...words(`customer deposit --email ${email} --amount 1 --reference known --again`),
    ],
    ["twice and differently", "service", "disable", "1", "--id", "2"],
    ["--min is missing", ...words("service create --category A --name B --type Default --rate 1")],
    ["service type", "service", "create", "--category", "A", "--name", "B", "--type", "Strange"],
    ["nothing to change", "service", "set", "1"],
    ["nothing to change", "product", "set", "1"],
    ["expected one of: auto", ...words("product create --category A --name B --rate 1 --type x")],
    ["one of --fixed, --percent", "product", "rate", ...of, "--product", "1"],
    ["one of --percent and --remove", "product", "discount", "1", "--from", "2"],
    ["expected ids such as", "product", "stock", "1", "--void", "5-3"],
    ["one of --file, --void", ...words("product stock 1 --void all --reveal 1")],
    ["one of --fixed, --percent", "rate", "set", ...of, "--service", "1"],
    ["expected one of: Pending", "order", "list", "--status", "finished"],
    ["expected an id", "order", "show", "1.5"],
    ["either --id or --key", "key", "revoke"],
    ["expected a moment", "key", "create", ...of, "--expires", "tomorrow"],
    ["expected read, order", "key", "create", ...of, "--scope", "admin"],
    ["expected some of: api,web,worker", "start", "--roles", "api,cook"],
    ["too many arguments", "provider", "list", "x"],
    ["Usage: panel customer", "customer"],
  ])("%s", async (says, ...args) => {
    const run = await runPanel(panel.database.url, ...args, "--json");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(says);
    expect(run.json()).toMatchObject({ code: "usage" });
  });

  test("an unknown setting of the environment", async () => {
    const run = await runProgram({ PANEL_DATABSE_URL: "x" }, "customer", "list");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("PANEL_DATABSE_URL");
  });
});

test.each(["postgres://owner@127.0.0.1:1/panel", "postgres://owner@nowhere.invalid/panel"])(
  "a database that cannot be reached at %s: exit code 3 in good time",
  async (url) => {
    const run = await runPanel(url, "customer", "list", "--json");
    expect(run.exitCode).toBe(3);
    expect(run.json()).toMatchObject({ code: "database_unreachable" });
    expect(run.stderr).not.toContain("    at ");
  },
);

test("a command alone brings up the embedded database and leaves it", async () => {
  const env = { PANEL_DATA: path.join(folder, "data") };
  const made = await runProgram(env, "customer", "create", "a@example.com", "--json");
  expect(made).toMatchObject({ exitCode: 0, stderr: "" });
  const list = await runProgram(env, "customer", "list", "--json");
  expect(list.json()).toMatchObject([{ email: "a@example.com", balance: "0.00" }]);
});

describe("a file that is no text in UTF-8", () => {
  test.each<[options: string]>([
    [`order mass FILE --email ${email} --valid-lines`],
    ["product stock 1 FILE"],
    ["product deliver 1 --file FILE"],
    ["provider set Known --key-file FILE"],
  ])("is refused by panel %s, and nothing of it is taken", async (line) => {
    for (const bytes of [
      Buffer.from("1 | \xef\xf0\xe8 | 1\n", "latin1"),
      Buffer.from("a\ufffdb\n"),
    ]) {
      const file = path.join(folder, "bytes.txt");
      await writeFile(file, bytes);
      const args = words(line).map((word) => (word === "FILE" ? file : word));

      const { exitCode, stderr, stdout } = await runPanel(panel.database.url, ...args);

      expect(exitCode, stdout + stderr).toBe(1);
      expect(stdout + stderr).toMatch(/not text in UTF-8|not UTF-8|not_utf8/i);
    }
  });
});
