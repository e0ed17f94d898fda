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
  await migrateWith(shipped.slice(0, 1));
  await asOwner((owner) => owner.query("insert into accounts (currency) values ('USD')"));

  const outcome = await migrateWith();

  expect(outcome.applied).toEqual(shipped.slice(1).map((migration) => migration.name));
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

  test("where a migration was edited after it ran", async () => {
    await migrateWith();
    const edited = shipped.map((migration, index) =>
      index === 1 ? { ...migration, checksum: "0".repeat(64) } : migration,
    );

    await expect(migrateWith(edited)).rejects.toThrow(/was changed after this database ran it/);
  });

  test("where a migration fails: all of that start is rolled back", async () => {
    const broken = [
      ...shipped,
      {
        version: 9999,
        name: "9999_broken",
        text: "create table x (); select 1 / 0",
        checksum: "x",
      },
    ];

    await expect(migrateWith(broken)).rejects.toThrow(/9999_broken failed/);

    const { rows } = await asOwner((owner) =>
      owner.query("select to_regclass('accounts') as accounts, to_regclass('x') as x"),
    );
    expect(rows).toEqual([{ accounts: null, x: null }]);
    expect((await migrateWith()).applied).toHaveLength(shipped.length);
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
