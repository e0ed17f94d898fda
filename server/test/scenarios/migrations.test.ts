import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { connect } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { migrationsFolder, openDatabase } from "#database/database.ts";
import { migrate, MigrationRefusal, readMigrations } from "#database/migrate.ts";
import { commandPools } from "#database/pool-sizes.ts";
import { withDatabase } from "#test/global-setup.ts";

const shipped = readMigrations(migrationsFolder);
let settings: ConnectionSettings;
let drop: () => Promise<void>;

beforeEach(async () => {
  const { settings: server } = inject("testServer");
  const name = `panel_empty_${randomBytes(6).toString("hex")}`;
  const admin = await connect(server);
  await admin.query(`create database ${name}`);
  settings = withDatabase(server, name);
  drop = async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  };
});
afterEach(() => drop());

async function asOwner<Value>(
  work: (owner: Awaited<ReturnType<typeof connect>>) => Promise<Value>,
): Promise<Value> {
  const owner = await connect(settings);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

const migrateWith = (migrations = shipped) => asOwner((owner) => migrate(owner, migrations));

test("six starts at once run each migration once, and all of them find it done", async () => {
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => migrateWith()));

  const names = shipped.map((migration) => migration.name);
  expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(names);
  const { rows } = await asOwner((owner) =>
    owner.query("select version from schema_migrations order by version"),
  );
  expect(rows).toEqual(shipped.map(({ version }) => ({ version })));
  expect(new Set(outcomes.map((outcome) => outcome.role)).size).toBe(1);
});

test("a second start changes nothing", async () => {
  await migrateWith();

  expect((await migrateWith()).applied).toEqual([]);
});

test("an upgrade runs what is new and keeps what is there", async () => {
  await migrateWith(shipped.slice(0, 2));
  await asOwner((owner) => owner.query("insert into accounts (currency) values ('USD')"));

  const outcome = await migrateWith();

  expect(outcome.applied).toEqual(shipped.slice(2).map((migration) => migration.name));
  const { rows } = await asOwner((owner) => owner.query("select currency from accounts"));
  expect(rows).toEqual([{ currency: "USD" }]);
});

describe("a start is refused in words, and changes nothing,", () => {
  test("where the schema was written by a newer program", async () => {
    await migrateWith();

    const older = migrateWith(shipped.slice(0, -1));

    await expect(older).rejects.toThrow(MigrationRefusal);
    await expect(older).rejects.toThrow(/newer program/);
  });

  test("where the schema is that of a preview from before the first release", async () => {
    const migration = (name: string) => ({
      version: 1,
      name,
      text: "create table x ()",
      checksum: name,
    });
    await migrateWith([migration("0001_ledger"), ...added("create table y ()")]);

    const started = migrateWith();

    await expect(started).rejects.toThrow(MigrationRefusal);
    await expect(started).rejects.toThrow(/preview.*0001_ledger.*Nothing was changed.*begin anew/);
    const { rows } = await asOwner((owner) =>
      owner.query(
        "select to_regclass('x') is null as x, to_regclass('accounts') is null as accounts, count(*) as migrations from schema_migrations",
      ),
    );
    expect(rows).toEqual([{ x: false, accounts: true, migrations: 2 }]);
  });

  test("where a migration was edited after it ran", async () => {
    await migrateWith();
    const edited = shipped.map((migration, index) =>
      index === 1 ? { ...migration, checksum: "0".repeat(64) } : migration,
    );

    await expect(migrateWith(edited)).rejects.toThrow(/was changed after this database ran it/);
  });
});

/** Migrations of a test's own, which need none of the shipped ones. */
function added(...texts: readonly string[]): typeof shipped {
  return texts.map((text, index) => {
    const version = 9000 + index;
    return { version, name: `${version}_added`, text, checksum: text };
  });
}

describe("where a migration fails,", () => {
  test("nothing of it stays, and the next start carries on with it", async () => {
    const table = "create table x (id integer);";
    const broken = added(table, "create table y (); select 1 / 0");

    await expect(migrateWith(broken)).rejects.toThrow(
      /migration 9001_added failed: .*division by zero/,
    );

    const { rows } = await asOwner((owner) =>
      owner.query("select to_regclass('x') is null as x, to_regclass('y') is null as y"),
    );
    expect(rows).toEqual([{ x: false, y: true }]);
    const mended = added(table, "create table y (id integer);");
    expect((await migrateWith(mended)).applied).toEqual(["9001_added"]);
  });

  test("as its connection ends, what was done before is there, with the rights on it", async () => {
    const migrations = [
      ...shipped,
      ...added("create table x (id integer);", "select pg_terminate_backend(pg_backend_pid());"),
    ];

    await expect(migrateWith(migrations)).rejects.toThrow(/9001_added failed/);

    const { rows } = await asOwner((owner) =>
      owner.query(
        `select max(version) as version, has_table_privilege('panelwright_app', 'x', 'insert') as mine
           from schema_migrations`,
      ),
    );
    expect(rows).toEqual([{ version: 9000, mine: true }]);
  });
});

describe("a migration whose head says that it has no transaction", () => {
  const table = "create table numbers (n integer); insert into numbers values (1), (1);";
  const head = "-- Finds numbers.\n-- No transaction: the table is written to all the time.\n";
  const index = "create unique index concurrently if not exists numbers_n on numbers (n);\n";
  const indexed = () =>
    asOwner(async (owner) => {
      const { rows } = await owner.query(
        "select indisvalid from pg_index where indexrelid = to_regclass('numbers_n')",
      );
      return rows.map((row) => row.indisvalid as boolean);
    });

  test("may build an index while the table is written to", async () => {
    const writer = await connect(settings);
    await migrateWith(added(table));
    await asOwner((owner) => owner.query("delete from numbers"));
    await writer.query("begin; insert into numbers values (1)");

    const migrating = migrateWith(added(table, head + index));
    const waits = async () => {
      const { rows } = await writer.query("select from pg_locks where not granted");
      return rows.length > 0;
    };
    while (!(await waits()));
    await writer.query("insert into numbers values (2)");
    await writer.query("commit");

    expect((await migrating).applied).toEqual(["9001_added"]);
    expect(await indexed()).toEqual([true]);
    await writer.end();
  });

  test("says where it failed; run again, it drops what was left half built", async () => {
    const migrations = added(table, `${head}select 1;\n${index}select 2;\n`);

    const first = migrateWith(migrations);

    await expect(first).rejects.toThrow(
      /9001_added, statement 2, failed: .*could not create unique index .* no transaction: .* again from its beginning/,
    );
    expect(await indexed()).toEqual([false]);
    await expect(migrateWith(migrations)).rejects.toThrow(/could not create unique index/);
    await asOwner((owner) => owner.query("delete from numbers"));
    expect((await migrateWith(migrations)).applied).toEqual(["9001_added"]);
    expect(await indexed()).toEqual([true]);
  });

  test("runs once, however many processes start", async () => {
    await migrateWith(added("create table numbers (n integer);"));
    const migrations = added(
      "create table numbers (n integer);",
      head + index,
      "create table z ();",
    );

    const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateWith(migrations)));

    expect(outcomes.flatMap(({ applied }) => applied)).toEqual(["9001_added", "9002_added"]);
    expect(await indexed()).toEqual([true]);
  });
});

test("a database is opened as the application, which can do its work and no more", async () => {
  const { host, port, user, database, connectionString } = settings;
  const url =
    connectionString ??
    `postgres://${user}@/${database}?host=${encodeURIComponent(host ?? "")}&port=${port}`;

  const opened = await openDatabase({ kind: "server", url }, ["api"], commandPools(2));

  const { rows } = await opened.pool.query(
    "select current_user::text as role, count(*) as n from accounts",
  );
  expect(rows).toEqual([{ role: "panelwright_app", n: 0 }]);
  await opened.close();
});
