import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { archiveRefusalText } from "#cli/panel/archive-refusal-text.ts";
import { createService } from "#catalog/create-service.ts";
import { putCustomRate } from "#catalog/custom-rates.sql.ts";
import { createCustomer } from "#customers/create-customer.ts";
import { connect } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { openDatabase } from "#database/database.ts";
import { commandPools } from "#database/pool-sizes.ts";
import { inTransaction } from "#database/transaction.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { requestCancel } from "#orders/requests/request-cancel.ts";
import { requestRefill } from "#orders/requests/request-refill.ts";
import { findProviderByName, insertProvider } from "#providers/providers.sql.ts";
import { createKeyFile } from "#secrets/key-file.ts";
import { openSecrets } from "#secrets/open-secrets.ts";
import { customerActor, staffActor } from "#values/actor.ts";
import { allPermissions } from "#values/permissions.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { systemClock } from "#values/clock.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { OrderId, StaffId } from "#values/ids.ts";
import { openLog } from "#log.ts";
import { openPanel } from "#panel.ts";
import { readConfig } from "#config.ts";
import { tester, someProvider } from "#test/actors.ts";
import { createTestDatabase, noSecrets } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { moveById } from "#test/move-by-id.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { backup } from "./backup.ts";
import { checksumFrame, checksumFrameLength, headerFrame, headerFrameLength } from "./format.ts";
import { openArchive } from "./read-archive.ts";
import { restore } from "./restore.ts";
import type { RestoreRefusal } from "./restore.ts";

const tables = [
  "accounts",
  "api_keys",
  "audit_entries",
  "cancels",
  "catalog_state",
  "categories",
  "custom_rates",
  "customers",
  "orders",
  "postings",
  "providers",
  "refills",
  "services",
  "settings",
  "tasks",
];

type Readable = Pick<TestDatabase, "pool" | "hotPool">;

function contextOf({ pool, hotPool }: Readable): Context {
  return { db: pool, hot: hotPool, clock: systemClock, log: openLog("silent"), secrets: noSecrets };
}

/** Every row of every table that an archive holds, as text. */
async function contentOf({ pool }: Readable): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {};
  for (const table of tables) {
    const { rows } = await pool.query(
      `select to_jsonb(t)::text as row from ${table} t order by to_jsonb(t)::text collate "C"`,
    );
    content[table] = rows.map((row: { row: string }) => row.row);
  }
  return content;
}

let folder: string;
let file: string;
let secretFile: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-archive-"));
  file = path.join(folder, "panel.backup");
  secretFile = path.join(folder, "secret.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function withTarget<Value>(work: (target: TestDatabase) => Promise<Value>): Promise<Value> {
  const target = await createTestDatabase();
  try {
    return await work(target);
  } finally {
    await target.drop();
  }
}

const panel = testPanel();
let customer: TestCustomer;

async function order(key: string, service: number, quantity = 50): Promise<OrderId> {
  const link = "https://example.com/a?b=c\\d";
  const answer = await panel.api({ key, action: "add", service, quantity, link });
  expect(answer).toEqual({ order: expect.any(Number) });
  return (answer as { order: OrderId }).order;
}

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
  const service = await panel.addService({ description: "two\nlines,\ta tab, \\N and “quotes”" });
  const { ctx } = panel;
  await inTransaction(ctx, async (tx) => {
    const rate = { kind: "percent", percent: amount("80.5") } as const;
    await putCustomRate(tx, customer.id, service, rate);
  });
  const completed = await order(customer.key, service);
  const partial = await order(customer.key, service);
  const open = await order(customer.key, service);
  await inTransaction(ctx, async (tx) => {
    must(
      await moveById(tx, customer.id, completed, {
        by: someProvider,
        status: "completed",
        note: "\\.\n",
      }),
    );
    must(await moveById(tx, customer.id, partial, { by: someProvider, status: "in_progress" }));
    must(
      await moveById(tx, customer.id, partial, {
        by: someProvider,
        status: "partial",
        remains: 20,
      }),
    );
  });
  must(await requestRefill(ctx, customerActor(customer.id), completed));
  must(await requestCancel(ctx, customerActor(customer.id), open));
  const origin = { address: "203.0.113.9", requestId: "req-7" };
  const anna = staffActor(idFromDatabase<StaffId>("4"), "anna", allPermissions, origin);
  must(await changeCustomer(ctx, anna, customer.id, { isActive: true, reason: "they asked" }));
  await ctx.db.query("update tasks set lease = gen_random_uuid(), attempts = 3");
});

describe("a backup", () => {
  test("restored into an empty panel gives back every row, and new ids go on after them", async () => {
    const secrets = must(await openSecrets(panel.ctx.db, secretFile));
    const before = await contentOf(panel.database);
    const written = must(await backup(panel.database, tester, { file, secretFile }));

    expect(written.header).toMatchObject({
      currency: "USD",
      secretFingerprint: secrets.fingerprint,
    });
    expect(written.isAudited).toBe(true);
    expect(written.bytes).toBe(statSync(file).size);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(["panel.backup", "secret.key"]);
    await withTarget(async (target) => {
      // Nothing was sold after it, so that nothing has to go on elsewhere.
      const restored = must(await restore(target, tester, { file, secretFile, skip: 0 }));

      expect(restored.isWithoutSecret).toBe(false);
      expect(restored.tables).toEqual(written.tables.map(({ name, rows }) => ({ name, rows })));
      const after = await contentOf(target);
      const leaseless = before["tasks"]?.map((row) =>
        String(row).replace(/"lease": "[^"]*"/, '"lease": null'),
      );
      expect({ ...after, audit_entries: [] }).toEqual({
        ...before,
        tasks: leaseless,
        audit_entries: [],
      });
      expect(after["audit_entries"]).toEqual(expect.arrayContaining(before["audit_entries"] ?? []));
      expect(after["audit_entries"]).toHaveLength((before["audit_entries"]?.length ?? 0) + 1);
      expect(must(await openSecrets(target.pool, secretFile)).fingerprint).toBe(
        secrets.fingerprint,
      );
      expect(await verifyLedger(contextOf(target))).toMatchObject({ ok: true });
      await sellsOn(target);
    });
  });

  test("taken while two thousand orders are placed is one moment with a proven ledger", async () => {
    const service = await panel.addService({ name: "Hot", refill: false });
    const customers = await Promise.all([1, 2, 3].map(() => panel.addCustomer({ balance: "500" })));
    const ordersMax = 2000;
    let placed = 0;
    let started = 0;
    const buy = async () => {
      while (started < ordersMax) {
        const buyer = customers[started++ % 3];
        await order(buyer?.key ?? "", service);
        placed++;
      }
    };
    const buying = Promise.all(Array.from({ length: 40 }, buy));
    await expect.poll(() => placed, { interval: 5, timeout: 30_000 }).toBeGreaterThan(300);

    const atStart = placed;
    must(await backup(panel.database, tester, { file, secretFile }));
    const atEnd = placed;
    await buying;

    await withTarget(async (target) => {
      must(await restore(target, tester, { file, secretFile, isWithoutSecret: true }));
      const proof = await verifyLedger(contextOf(target));
      expect(proof).toMatchObject({ ok: true, drifts: [] });
      const { rows } = await target.pool.query(
        `select count(*) as orders, count(p.order_id) as postings, count(t.order_id) as tasks
           from orders o
           left join postings p on p.account_id = o.account_id and p.order_id = o.id
                               and p.kind = 'charge'
           left join tasks t on t.account_id = o.account_id and t.order_id = o.id
          where o.service_id = $1`,
        [service],
      );
      const found = rows[0] as { orders: number; postings: number; tasks: number };
      expect(found.postings).toBe(found.orders);
      expect(found.tasks).toBe(found.orders);
      expect(found.orders).toBeGreaterThanOrEqual(atStart);
      // Orders under way when it began may be answered only after it ended.
      expect(found.orders).toBeLessThanOrEqual(atEnd + 40);
    });
  });

  test("does not replace a file unless it is told to", async () => {
    writeFileSync(file, "precious");

    const refusedBackup = await backup(panel.database, tester, { file, secretFile });
    expect(refusedBackup).toMatchObject({ ok: false, refusal: { code: "file_exists" } });
    expect(readFileSync(file, "utf8")).toBe("precious");

    must(await backup(panel.database, tester, { file, secretFile, isReplacing: true }));
    await openArchive(file);
  });

  test("holds its records in one piece of plain Zstandard between header and checksum", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    const whole = readFileSync(file);
    const records = whole.subarray(headerFrameLength(whole), -checksumFrameLength);
    const text = zstdDecompressSync(records).toString("utf8");

    expect(text.split("\n")[0]).toMatch(/^\{"kind":"table"/);
    expect(text).toMatch(/\{"kind":"done".*\}\n$/);
  });
});

/** A panel over the database takes an order whose number was never given before. */
async function sellsOn(target: TestDatabase): Promise<void> {
  const { rows } = await target.pool.query(
    "select max(o.id) as id, max(s.id) as service from orders o, services s",
  );
  const { id, service } = rows[0] as { id: number; service: number };
  const env = { PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent" };
  const restored = await openPanel(readConfig(env), target, ["api"]);
  try {
    const fields = { key: customer.key, action: "add", service: String(service), quantity: "50" };
    const body = new URLSearchParams({ ...fields, link: "https://example.com/" });
    const response = await fetch(`${restored.url}/api/v2`, { method: "POST", body });
    const answer = (await response.json()) as { order: number };
    expect(answer.order).toBeGreaterThan(id);
    must(await createCustomer(restored.ctx, tester, { email: "after@example.com" }));
  } finally {
    await restored.close();
  }
}

describe("a restore", () => {
  let target: TestDatabase;
  beforeAll(async () => {
    target = await createTestDatabase();
  });
  afterAll(() => target.drop());

  async function expectRefused(
    code: RestoreRefusal["code"],
    options: { isWithoutSecret?: boolean } = {},
  ): Promise<RestoreRefusal> {
    const before = await contentOf(target);
    const restored = await restore(target, tester, { file, secretFile, ...options });
    expect(restored).toMatchObject({ ok: false, refusal: { code } });
    expect(await contentOf(target)).toEqual(before);
    if (restored.ok) throw new Error("not refused");
    return restored.refusal;
  }

  test("finds every cut and every changed byte before it touches anything", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    const whole = readFileSync(file);
    const end = whole.length;

    for (const length of [0, 1, 7, 8, 50, 300, end >> 1, end - 90, end - 65, end - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await expectRefused("archive_damaged");
    }
    const places = [0, 4, 5, 30, 120, end >> 2, end >> 1, end - 95, end - 85, end - 30, end - 1];
    for (const at of places) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 4, at);
      writeFileSync(file, changed);
      await expectRefused("archive_damaged");
    }
    for (const other of [Buffer.concat([whole, Buffer.from("\n")]), Buffer.from("-- PostgreSQL")]) {
      writeFileSync(file, other);
      await expectRefused("archive_damaged");
    }
  });

  /** Writes the archive again with other records or another header and a checksum that fits. */
  async function rewrite(change: (text: string) => string, header: object = {}): Promise<void> {
    const whole = readFileSync(file);
    const archive = await openArchive(file);
    const start = headerFrameLength(whole) ?? 0;
    const records = whole.subarray(start, whole.length - checksumFrameLength);
    const text = change(zstdDecompressSync(records).toString("latin1"));
    const bytes = Buffer.concat([
      headerFrame({ ...archive.header, ...header }),
      zstdCompressSync(Buffer.from(text, "latin1")),
    ]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(file, Buffer.concat([bytes, checksumFrame(sha256)]));
  }

  test("rolls back where the records are not what they say, though the checksum fits", async () => {
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.replace('"sha256":"', '"sha256":"0'),
      (text) => text.replace(/"rows":([0-9]+)/, '"rows":1$1'),
      (text) => text.slice(0, text.indexOf('{"kind":"done"')),
      (text) => text.replace('"kind":"end"', '"kind":"dend"'),
      (text) => text.replace(/\{"kind":"table","name":"postings"[^\n]*\n/, ""),
      (text) => text.replace(/"tables":([0-9]+)/, '"tables":1$1'),
      (text) => text.slice(0, -20),
      (text) => text.replace('{"kind":"data","bytes":', '{"kind":"data","bytes":99999999'),
      (text) => `{"kind":"data","bytes":1}\n1${text}`,
    ];
    for (const change of changes) {
      must(await backup(panel.database, tester, { file, secretFile, isReplacing: true }));
      await rewrite(change);
      await expectRefused("archive_damaged", { isWithoutSecret: true });
    }
  });

  /** The records with the sums of their tables made anew, so that only the rows are wrong. */
  function summedAnew(text: string): string {
    let anew = "";
    let hash = createHash("sha256");
    for (let at = 0; at < text.length;) {
      const end = text.indexOf("\n", at) + 1;
      const line = text.slice(at, end);
      const record = JSON.parse(line) as { kind: string; bytes: number };
      const data = record.kind === "data" ? text.slice(end, end + record.bytes) : "";
      if (record.kind === "table") hash = createHash("sha256");
      if (data !== "") hash.update(Buffer.from(data, "latin1"));
      const isEnd = record.kind === "end";
      anew += isEnd ? `${JSON.stringify({ ...record, sha256: hash.digest("hex") })}\n` : line;
      anew += data;
      at = end + data.length;
    }
    return anew;
  }

  // Rows that no database takes, in what orders are and in what is evidence of them.
  const spoilings: readonly [table: string, spoil: (text: string) => string][] = [
    ["orders", (text) => text.replaceAll(/(\+\d\d)\tcompleted\t/g, "$1\tcompletes\t")],
    [
      "order_changes",
      (text) => text.replaceAll(/\tpending\tcompleted\t/g, "\tpending\tcompletes\t"),
    ],
  ];

  test("refuses a table or a column that has no place here, and rows that break a rule", async () => {
    const changes: readonly ((text: string) => string)[] = [
      (text) =>
        text
          .replace('"table","name":"orders"', '"table","name":"orders2"')
          .replace('"end","name":"orders"', '"end","name":"orders2"'),
      (text) => text.replace('"balance_floor"', '"balance_bottom"'),
      (text) => text.replace('"request_id","request_hash"', '"request_id"'),
      ...spoilings.map(
        ([, spoil]) =>
          (text: string) =>
            summedAnew(spoil(text)),
      ),
    ];
    for (const [index, change] of changes.entries()) {
      must(await backup(panel.database, tester, { file, secretFile, isReplacing: true }));
      await rewrite(change);
      const restored = await restore(target, tester, { file, secretFile, isWithoutSecret: true });
      expect({ index, restored }).toMatchObject({
        restored: { refusal: { code: "archive_unfit" } },
      });
    }
    expect((await contentOf(target))["orders"]).toEqual([]);
  });

  test.each(spoilings)(
    "says of spoiled rows of %s that the file is damaged, however soon the database sees them",
    async (_, spoil) => {
      must(await backup(panel.database, tester, { file, secretFile, isReplacing: true }));
      await rewrite((text) => {
        const spoilt = spoil(text);
        expect(spoilt).not.toBe(text);
        return spoilt;
      });
      for (let times = 0; times < 10; times++) {
        const restored = await restore(target, tester, { file, secretFile, isWithoutSecret: true });
        expect(restored).toMatchObject({ refusal: { code: "archive_damaged" } });
      }
    },
  );

  test("takes an archive of an older schema: what came later has its default", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    await withTarget(async (newer) => {
      const owner = await connect(newer.ownerSettings);
      await owner.query(`
        alter table services add column later text not null default 'as usual';
        create table invented (id bigint primary key);
        insert into invented values (7);
        insert into schema_migrations (version, name, checksum) values (9999, 'later', '')`);

      must(await restore(newer, tester, { file, secretFile, isWithoutSecret: true }));

      const { rows } = await owner.query("select distinct later, i.id from services, invented i");
      expect(rows).toEqual([{ later: "as usual", id: 7 }]);
      await owner.end();
    });
  });

  test("refuses an archive of a newer schema or a newer form", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    await rewrite((text) => text, { schema: 9999 });
    expect(await expectRefused("archive_newer", { isWithoutSecret: true })).toMatchObject({
      schema: 9999,
    });
    await rewrite((text) => text, { format: 3, schema: 1 });
    await expectRefused("archive_newer", { isWithoutSecret: true });
  });

  test("refuses an archive from before the first release, whatever key is here", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    await rewrite((text) => text, { format: 1, schema: 45 });

    const refusal = await expectRefused("archive_older", {});

    expect(archiveRefusalText(refusal)).toMatch(
      /before the first release.*schema 45.*the program that took it/,
    );
    expect((await contentOf(target))["orders"]).toEqual([]);
  });

  test("refuses a panel that has anything, or that runs", async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    const fillings: readonly ((ctx: Context) => Promise<unknown>)[] = [
      (ctx) => createCustomer(ctx, tester, { email: "a@example.com" }),
      async (ctx) => {
        const provider = await findProviderByName(ctx.db, "manual");
        if (provider === undefined) throw new Error("no provider");
        return createService(ctx, tester, {
          name: "One",
          category: "One",
          type: "Default",
          rate: amount("1"),
          min: 1,
          max: 10,
          refill: false,
          cancel: false,
          dripfeed: false,
          description: "",
          providerId: provider.id,
          providerService: undefined,
          providerRate: undefined,
        });
      },
      (ctx) =>
        inTransaction(ctx, (tx) =>
          insertProvider(tx, { name: "third", connector: "manual", settings: {} }),
        ),
    ];
    for (const filling of fillings) {
      await withTarget(async (filled) => {
        await filling(contextOf(filled));
        const restored = await restore(filled, tester, { file, secretFile, isWithoutSecret: true });
        expect(restored).toMatchObject({ ok: false, refusal: { code: "panel_not_empty" } });
      });
    }
    await withTarget(async (running) => {
      const env = { PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent" };
      const process = await openPanel(readConfig(env), running, ["api"]);
      const options = { file, secretFile, isWithoutSecret: true };
      const restored = await restore(running, tester, options);
      expect(restored).toMatchObject({ ok: false, refusal: { code: "panel_running" } });
      await process.close();
      must(await restore(running, tester, options));
    });
  });

  test("wants the key of the encrypted fields, unless it is told to go without", async () => {
    await panel.ctx.db.query("delete from settings where key = 'secret_fingerprint'");
    must(await openSecrets(panel.ctx.db, secretFile));
    must(await backup(panel.database, tester, { file, secretFile }));

    rmSync(secretFile);
    expect(archiveRefusalText(await expectRefused("secret_missing"))).toContain("--without-secret");
    await createKeyFile(secretFile);
    await expectRefused("secret_other");

    for (const hasKey of [true, false]) {
      if (!hasKey) rmSync(secretFile);
      await withTarget(async (other) => {
        const options = { file, secretFile, isWithoutSecret: true };
        expect(must(await restore(other, tester, options)).isWithoutSecret).toBe(true);
        // The next start works with the key that is there, or makes one.
        must(await openSecrets(other.pool, secretFile));
      });
    }
  });

  test("refuses a ledger that does not add up, and leaves the panel empty", async () => {
    await withTarget(async (wrong) => {
      must(await backup(panel.database, tester, { file, secretFile }));
      must(await restore(wrong, tester, { file, secretFile, isWithoutSecret: true }));
      const owner = await connect(wrong.ownerSettings);
      await owner.query("alter table postings disable trigger user");
      await owner.query("update postings set amount = amount + 1 where kind = 'charge'");
      await owner.end();
      must(await backup(wrong, tester, { file, secretFile, isReplacing: true }));
    });
    const refusal = await expectRefused("ledger_drift", { isWithoutSecret: true });
    expect(archiveRefusalText(refusal)).toContain("posting does not follow");
  });
});

test.runIf(process.env["PANEL_TEST_DATABASE_URL"] !== undefined)(
  "a backup moves a panel from a server to the embedded database and back",
  async () => {
    must(await backup(panel.database, tester, { file, secretFile }));
    const place = { kind: "embedded", dataFolder: path.join(folder, "data") } as const;
    const embedded = await openDatabase(place, ["command"], commandPools(4));
    const back = path.join(folder, "back.backup");
    try {
      const options = { secretFile, isWithoutSecret: true };
      must(await restore(embedded, tester, { file, ...options }));
      expect(await verifyLedger(contextOf(embedded))).toMatchObject({ ok: true });
      must(await backup(embedded, tester, { file: back, secretFile }));
      await withTarget(async (target) => {
        must(await restore(target, tester, { file: back, ...options }));
        expect((await contentOf(target))["orders"]).toEqual((await contentOf(embedded))["orders"]);
        expect(await verifyLedger(contextOf(target))).toMatchObject({ ok: true });
      });
    } finally {
      await embedded.close();
    }
  },
);
