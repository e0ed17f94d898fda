import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runHere } from "#test/run-panel.ts";
import { createCustomer } from "#customers/create-customer.ts";
import { connect } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { openPools } from "#database/database.ts";
import { panelPools } from "#database/pool-sizes.ts";
import { claimPurpose } from "#product-orders/claims.sql.ts";
import { answerPurpose } from "#product-orders/product-orders.sql.ts";
import { itemDigestPurpose, itemPurpose } from "#products/items.sql.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { keyPurpose } from "#providers/open-call.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { openWebhookSecrets, sealSecret } from "#webhooks/secret.ts";
import { findWebhook } from "#webhooks/webhooks.sql.ts";
import { systemClock } from "#values/clock.ts";
import type { ProductClaimId, ProductOrderId, WebhookId } from "#values/ids.ts";
import type { Secrets } from "#values/secrets.ts";
import { readConfig } from "#config.ts";
import { openLog } from "#log.ts";
import { openPanel } from "#panel.ts";
import { tester } from "#test/actors.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { must } from "#test/panel.ts";
import { createKeyFile, nextKeyFile, promoteNextKey, retiredKeyFile } from "./key-file.ts";
import { openSecrets, secretsWhenNeeded } from "./open-secrets.ts";
import { resealDatabase, rotateSecret } from "./rotate-secret.ts";
import { sealedColumns } from "./sealed-columns.ts";
import { showSecret } from "./show-secret.ts";

const serverFolder = path.resolve(import.meta.dirname, "../..");
const lines = Array.from({ length: 2300 }, (_, index) => `user${index}:pässword ⚷ ${index}`);
const webhook = 3 as WebhookId;
const productOrder = 8 as ProductOrderId;
const claim = 4 as ProductClaimId;

let folder: string;
let secretFile: string;
let database: TestDatabase;
let ctx: Context;
let account: number;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-rotate-"));
  secretFile = path.join(folder, "secret.key");
  database = await createTestDatabase();
  ctx = {
    db: database.pool,
    hot: database.hotPool,
    clock: systemClock,
    log: openLog("silent"),
    secrets: secretsWhenNeeded(database.pool, secretFile),
  };
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Seals something in every column there is, as its owner does. */
async function fillPanel(): Promise<Secrets> {
  const secrets = await ctx.secrets();
  must(
    await addProvider(ctx, tester, {
      name: "other",
      connector: "api-v2",
      key: "provider-key-1",
      baseUrl: "https://panel.example/api/v2",
    }),
  );
  account = must(await createCustomer(ctx, tester, { email: "buyer@example.com" }));
  await ctx.db.query(
    `insert into webhook_endpoints (id, account_id, url, sealed_secret, sealed_previous, previous_until, kinds)
     values ($1, $2, 'https://example.com/', $3, $4, panel_now() + interval '1 day', '{order.updated}')`,
    [webhook, account, sealSecret(secrets, webhook, "new"), sealSecret(secrets, webhook, "old")],
  );
  await ctx.db.query("insert into product_categories (id, name) values (1, 'Netflix')");
  await ctx.db.query(
    `insert into products (id, category_id, name, type, rate, max) values (1, 1, 'A', 'auto', 1, 10)`,
  );
  await ctx.db.query(
    `insert into product_orders (account_id, id, product_id, quantity, rate, charge, status, sealed_answer)
     values ($1, $2, 1, 1, 0, 0, 'pending', $3)`,
    [account, productOrder, secrets.seal(answerPurpose(productOrder), "my account ✓")],
  );
  const sealed = lines.map((line) => {
    const digest = secrets.digest(itemDigestPurpose, line);
    return { digest, sealed: secrets.seal(itemPurpose(digest), line) };
  });
  await ctx.db.query(
    `insert into product_items (product_id, state, origin, sealed, digest)
     select 1, 'free', 'upload', i.sealed, i.digest
       from unnest($1::text[], $2::bytea[]) as i (sealed, digest)`,
    [sealed.map((one) => one.sealed), sealed.map((one) => one.digest)],
  );
  await ctx.db.query(
    `update product_items
        set state = 'sold', account_id = $1, product_order_id = $2, place = 1, sold_at = panel_now()
      where id = (select min(id) from product_items)`,
    [account, productOrder],
  );
  await ctx.db.query(
    `insert into product_claims (account_id, id, product_order_id, quantity, sealed_reason)
     values ($1, $2, $3, 1, $4)`,
    [account, claim, productOrder, secrets.seal(claimPurpose(claim), "locked out ✗")],
  );
  return secrets;
}

/** Opens everything as its owner does, with the digests that find repetitions. */
async function expectAllOpens(secrets: Secrets): Promise<void> {
  const provider = await findProviderByName(ctx.db, "other");
  if (provider?.sealedKey === undefined) throw new Error("the provider has no key");
  expect(secrets.open(keyPurpose(provider), provider.sealedKey)).toBe("provider-key-1");
  const hook = await findWebhook(ctx.db, webhook);
  if (hook === undefined) throw new Error("no webhook");
  expect(openWebhookSecrets(secrets, hook)).toEqual(["new", "old"]);
  const orders = await ctx.db.query<{ sealed_answer: string }>(
    "select sealed_answer from product_orders",
  );
  expect(secrets.open(answerPurpose(productOrder), orders.rows[0]?.sealed_answer ?? "")).toBe(
    "my account ✓",
  );
  const claims = await ctx.db.query<{ sealed_reason: string }>(
    "select sealed_reason from product_claims",
  );
  expect(secrets.open(claimPurpose(claim), claims.rows[0]?.sealed_reason ?? "")).toBe(
    "locked out ✗",
  );
  const items = await ctx.db.query<{ sealed: string; digest: Buffer }>(
    "select sealed, digest from product_items order by id",
  );
  expect(items.rows.map((item) => secrets.open(itemPurpose(item.digest), item.sealed))).toEqual(
    lines,
  );
  expect(
    items.rows.filter(
      ({ digest }, at) => !digest.equals(secrets.digest(itemDigestPurpose, lines[at] ?? "")),
    ),
  ).toEqual([]);
}

const reopen = async () => must(await openSecrets(ctx.db, secretFile));

test("every sealed column of the schema is registered, in a table with a unique id", async () => {
  const { rows } = await ctx.db.query<{ name: string; has_id: boolean }>(
    `select c.table_name || '.' || c.column_name as name,
            exists (select from pg_index x
                     where x.indrelid = c.table_name::regclass and x.indisunique and x.indpred is null
                       and pg_get_indexdef(x.indexrelid) ~ '\\(id\\)$') as has_id
       from information_schema.columns c
      where c.table_schema = 'public' and c.column_name ~ '^sealed' order by 1`,
  );
  const registered = sealedColumns.map(({ table, column }) => `${table}.${column}`).toSorted();

  expect(rows).toEqual(registered.map((name) => ({ name, has_id: true })));
});

test("a rotation seals everything anew, and again, and keeps every key that was", async () => {
  const first = await fillPanel();

  const rotated = must(await rotateSecret(ctx, tester, { secretFile }));

  expect(rotated).toMatchObject({ before: first.fingerprint, isInPlace: true });
  expect(
    rotated.columns.map(({ table, column, ...counts }) => [`${table}.${column}`, counts]),
  ).toEqual([
    ["providers.sealed_key", { readable: 1, unreadable: 0 }],
    ["webhook_endpoints.sealed_secret", { readable: 1, unreadable: 0 }],
    ["webhook_endpoints.sealed_previous", { readable: 1, unreadable: 0 }],
    ["product_items.sealed", { readable: lines.length, unreadable: 0 }],
    ["product_orders.sealed_answer", { readable: 1, unreadable: 0 }],
    ["product_claims.sealed_reason", { readable: 1, unreadable: 0 }],
  ]);
  const second = await reopen();
  expect(second.fingerprint).toBe(rotated.after);
  await expectAllOpens(second);
  expect(await showSecret(ctx.db, secretFile)).toEqual({
    fingerprint: second.fingerprint,
    since: expect.any(Date),
    fileFingerprint: second.fingerprint,
    retired: [first.fingerprint],
  });

  must(await rotateSecret(ctx, tester, { secretFile }));
  const third = await reopen();
  await expectAllOpens(third);
  const retired = [first.fingerprint, second.fingerprint].map((one) => `secret.key.${one}.old`);
  expect(readdirSync(folder).toSorted()).toEqual(["secret.key", ...retired.toSorted()]);
  const { rows } = await ctx.db.query(
    "select actor, before, after from audit_entries where action = 'secret.rotate' order by id",
  );
  expect(rows).toMatchObject([
    {
      actor: "cli:test",
      before: { fingerprint: first.fingerprint },
      after: { fingerprint: second.fingerprint },
    },
    { actor: "cli:test", before: { fingerprint: second.fingerprint } },
  ]);
  expect(JSON.stringify(rows)).not.toContain("pässword");
});

test("a rotation that is killed before its commit leaves the key that was; the next one works", async () => {
  const first = await fillPanel();
  // The last table is held, so that the rotation stands still with the stock sealed anew.
  const holder = await connect(database.ownerSettings);
  await holder.query("set application_name = 'holder'");
  await holder.query("begin; select from product_orders for update");
  // A transaction sees the server's list of connections as it was when it first looked.
  const watcher = await connect(database.ownerSettings);
  await watcher.query("set application_name = 'watcher'");
  await database.close();
  const program = `
    import { openPool, openHotPool } from "#database/connection.ts";
    import { rotateSecret } from "#secrets/rotate-secret.ts";
    import { systemClock } from "#values/clock.ts";
    const settings = ${JSON.stringify(database.settings)};
    const ctx = { db: openPool(settings, 2), hot: openHotPool(settings, 2), clock: systemClock };
    await rotateSecret(ctx, ${JSON.stringify(tester)}, { secretFile: ${JSON.stringify(secretFile)} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: serverFolder,
    stdio: "inherit",
  });
  const ended = once(child, "exit");
  await vi.waitFor(async () => {
    const { rows } = await watcher.query(
      `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(rows).toHaveLength(1);
    expect(readdirSync(folder)).toContain("secret.key.next");
  }, 30_000);
  child.kill("SIGKILL");
  await ended;
  await holder.end();
  await watcher.end();

  database = { ...database, ...(await reconnect()) };
  const after = await reopen();
  expect(after.fingerprint).toBe(first.fingerprint);
  await expectAllOpens(after);
  must(await rotateSecret(ctx, tester, { secretFile }));
  await expectAllOpens(await reopen());
  expect(readdirSync(folder)).not.toContain("secret.key.next");
});

async function reconnect() {
  const { openHotPool, openPool } = await import("#database/connection.ts");
  const pool = openPool(database.settings, 5);
  const hotPool = openHotPool(database.settings, 2);
  ctx = { ...ctx, db: pool, hot: hotPool };
  const { drop } = database;
  return {
    pool,
    hotPool,
    drop: async () => {
      await Promise.all([pool.end(), hotPool.end()]);
      await drop();
    },
  };
}

test("a rotation that is cut off between commit and rename is finished by the next start", async () => {
  const first = await fillPanel();
  const { after } = must(await resealDatabase(ctx, tester, first, { secretFile }));
  const cutHere = path.join(folder, "copy");
  copyFileSync(secretFile, cutHere);
  expect(readdirSync(folder).toSorted()).toEqual(["copy", "secret.key", "secret.key.next"]);
  expect(await showSecret(ctx.db, secretFile)).toMatchObject({ fileFingerprint: after });

  const opened = await Promise.all(Array.from({ length: 6 }, reopen));

  expect(new Set(opened.map(({ fingerprint }) => fingerprint))).toEqual(new Set([after]));
  await expectAllOpens(await reopen());
  const retired = `secret.key.${first.fingerprint}.old`;
  expect(readdirSync(folder).toSorted()).toEqual(["copy", "secret.key", retired]);
  expect(readFileSync(path.join(folder, retired))).toEqual(readFileSync(cutHere));

  // Between the two steps of putting it into its place.
  const second = await reopen();
  const again = must(await resealDatabase(ctx, tester, second, { secretFile }));
  copyFileSync(secretFile, retiredKeyFile(secretFile, second.fingerprint));
  expect((await reopen()).fingerprint).toBe(again.after);
});

test("the next key is found where the key file is missing or cannot be replaced", async () => {
  const first = await fillPanel();
  must(await resealDatabase(ctx, tester, first, { secretFile }));
  rmSync(secretFile);
  const second = await reopen();
  await expectAllOpens(second);

  if (process.getuid?.() === 0) return;
  must(await resealDatabase(ctx, tester, second, { secretFile }));
  chmodSync(folder, 0o500);
  const third = await reopen();
  await expectAllOpens(third);
  expect(await rotateSecret(ctx, tester, { secretFile })).toMatchObject({
    refusal: { code: "secret_not_in_place" },
  });
  chmodSync(folder, 0o700);
  expect((await reopen()).fingerprint).toBe(third.fingerprint);
  must(await rotateSecret(ctx, tester, { secretFile }));
});

test("a folder that cannot be written is said before anything is changed", async () => {
  const first = await fillPanel();
  const missing = path.join(folder, "gone");
  const elsewhere = path.join(missing, "secret.key");
  const refused = await resealDatabase(ctx, tester, first, {
    secretFile: `${secretFile}/in-a-file`,
  });
  expect(refused).toMatchObject({ refusal: { code: "secret_file_unwritable" } });
  await expectAllOpens(await reopen());
  expect(await openSecrets(ctx.db, elsewhere)).toMatchObject({
    refusal: { code: "secret_missing" },
  });
});

test("another key is refused, and one that was rotated away is named", async () => {
  const first = await fillPanel();
  const { retiredFile } = must(await rotateSecret(ctx, tester, { secretFile }));
  const kept = path.join(folder, "kept");
  copyFileSync(secretFile, kept);

  copyFileSync(retiredFile, secretFile);
  const refused = await rotateSecret(ctx, tester, { secretFile });
  expect(refused).toMatchObject({ refusal: { code: "secret_other" } });
  expect(JSON.stringify(refused)).toContain("rotated on another machine");

  // As after a restore of an older backup beside the newer key.
  copyFileSync(kept, secretFile);
  await ctx.db.query(
    "update settings set value = to_jsonb($1::text) where key = 'secret_fingerprint'",
    [first.fingerprint],
  );
  const older = await openSecrets(ctx.db, secretFile);
  expect(JSON.stringify(older)).toContain(retiredFile);
});

test("texts of a lost key stop a rotation until somebody says to leave them", async () => {
  const first = await fillPanel();
  await ctx.db.query(
    "update product_items set sealed = 'bG9zdA==' where id in (select id from product_items order by id limit 7)",
  );
  const refused = await rotateSecret(ctx, tester, { secretFile });
  expect(refused).toMatchObject({
    refusal: {
      code: "secret_unreadable",
      columns: [{ table: "product_items", column: "sealed", unreadable: 7 }],
    },
  });
  expect((await reopen()).fingerprint).toBe(first.fingerprint);
  expect(readdirSync(folder)).toEqual(["secret.key"]);

  const rotated = must(await rotateSecret(ctx, tester, { secretFile, isLeavingUnreadable: true }));
  expect(rotated.columns[3]).toMatchObject({ readable: lines.length - 7, unreadable: 7 });
  const { rows } = await ctx.db.query("select from product_items where sealed = 'bG9zdA=='");
  expect(rows).toHaveLength(7);
});

test("nothing is rotated while a panel of any role or a command is there, nor twice at once", async () => {
  const first = await fillPanel();
  for (const roles of [["api"], ["web"], ["worker"]] as const) {
    const env = { PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent", PANEL_DATA: folder };
    // With connections of its own, which end with it.
    const pools = openPools(database.settings, panelPools(1).first);
    const panel = await openPanel(readConfig(env), { ...database, ...pools }, roles);
    expect(await rotateSecret(ctx, tester, { secretFile })).toMatchObject({
      refusal: { code: "panel_running", roles },
    });
    await panel.close();
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
  const other = await connect(database.settings);
  expect(await rotateSecret(ctx, tester, { secretFile })).toMatchObject({
    refusal: { code: "panel_connected" },
  });
  await other.query("begin; select * from settings");
  await other.query("set application_name = 'a backup'");
  expect(await rotateSecret(ctx, tester, { secretFile })).toMatchObject({
    refusal: { code: "database_busy" },
  });
  await other.end();
  expect((await reopen()).fingerprint).toBe(first.fingerprint);

  const both = await Promise.all([1, 2].map(() => rotateSecret(ctx, tester, { secretFile })));
  const done = both.filter((one) => one.ok).map(must);
  const afters = new Set([first.fingerprint, ...done.map(({ after }) => after)]);
  // One of them, or on a slow machine both, but then the second from the first one's key.
  expect(afters.size).toBeGreaterThan(1);
  expect(new Set(done.map(({ before }) => before)).size).toBe(done.length);
  expect(done.every(({ before }) => afters.has(before))).toBe(true);
  for (const one of both) {
    if (!one.ok) expect(one).toMatchObject({ refusal: { code: "database_busy" } });
  }
  await expectAllOpens(await reopen());
}, 60_000);

test("whoever starts while the key changes waits, and finds the new one", async () => {
  const first = await fillPanel();
  const holder = await connect(database.ownerSettings);
  await holder.query("set application_name = 'holder'");
  await holder.query("begin; select from product_orders for update");
  const rotating = rotateSecret(ctx, tester, { secretFile });
  await vi.waitFor(() => expect(readdirSync(folder)).toContain("secret.key.next"), 10_000);
  const opening = secretsWhenNeeded(database.pool, secretFile)();
  const beats = ctx.db.query(
    "insert into processes (id, roles, host, pid) values (gen_random_uuid(), '{api}', 'h', 1)",
  );
  await holder.end();

  must(await rotating);
  await beats;
  expect((await opening).fingerprint).not.toBe(first.fingerprint);
  await expectAllOpens(await opening);
});

test("the commands say what was done, and why not", async () => {
  await fillPanel();
  const { url } = database;
  const run = (...args: string[]) =>
    runHere({ PANEL_DATABASE_URL: url, PANEL_DATA: folder }, ...args);
  expect((await run("secret", "rotate", "--json")).json()).toMatchObject({
    code: "panel_connected",
  });
  await database.close();

  const before = await run("secret", "show", "--json");
  expect(before.json()).toMatchObject({ usable: true, retired: [], file: secretFile });
  const rotated = await run("secret", "rotate");
  expect(rotated).toMatchObject({ exitCode: 0, stderr: "" });
  const { fingerprint } = before.json() as { fingerprint: string };
  expect(rotated.stdout).toContain(`product_items.sealed`);
  expect(rotated.stdout).toContain(`${secretFile}.${fingerprint}.old`);
  const shown = await run("secret", "show");
  expect(shown.stdout).toContain(`opens backups from the time of the key ${fingerprint}`);
  expect(shown.exitCode).toBe(0);
  rmSync(secretFile);
  expect(await run("secret", "show")).toMatchObject({ exitCode: 1 });
  expect((await run("secret", "rotate", "--json")).json()).toMatchObject({
    code: "secret_missing",
  });
  await createKeyFile(secretFile);
  expect((await run("secret", "show", "--json")).json()).toMatchObject({ usable: false });
  await promoteNextKey(secretFile, undefined);
  expect(readdirSync(folder)).not.toContain(path.basename(nextKeyFile(secretFile)));
}, 60_000);
