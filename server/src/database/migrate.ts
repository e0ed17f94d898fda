import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "pg";
import {
  allowLogin,
  appliedMigrations,
  createMigrationTable,
  findApplicationRole,
  grantApplicationRights,
  insertMigration,
  lockMigrations,
  makeApplicationRole,
  runMigrationText,
} from "./migrate.sql.ts";
import type { Migration } from "./migrate.sql.ts";

/** Words for the operator: this code must not touch that schema. */
export class MigrationRefusal extends Error {}

export type MigrationOutcome = {
  readonly applied: readonly string[];
  /** The role to act as; `undefined` where the database's administrator has to make it first. */
  readonly role: string | undefined;
};

/** The migrations that this code ships, in their order. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^[0-9]{4}_[a-z_0-9]+\.sql$/.test(file))
    .toSorted()
    .map((file) => {
      const text = readFileSync(path.join(folder, file), "utf8");
      const checksum = createHash("sha256").update(text).digest("hex");
      return { version: Number(file.slice(0, 4)), name: file.slice(0, -4), text, checksum };
    });
}

/**
 * Brings the schema to this code's version, as the owner. Processes that start at the same time run
 * each migration once: all of them under one lock, in one transaction. A schema that is newer than
 * this code, or a migration that was edited after it ran, is refused in words. `withLogin`: the
 * application's role may log in.
 */
export async function migrate(
  owner: Client,
  migrations: Migration[],
  { withLogin = false }: { readonly withLogin?: boolean } = {},
): Promise<MigrationOutcome> {
  const before = await appliedMigrations(owner);
  if (before !== undefined) {
    const { role, isReady, mayLogIn } = await findApplicationRole(owner);
    const pending = pendingMigrations(migrations, before);
    const isDone = pending.length === 0 && isReady && (mayLogIn || !withLogin);
    if (isDone) return { applied: [], role };
  }
  await createMigrationTable(owner);
  await owner.query("begin");
  try {
    await lockMigrations(owner);
    const pending = pendingMigrations(migrations, (await appliedMigrations(owner)) ?? []);
    for (const migration of pending) {
      await runMigrationText(owner, migration);
      await insertMigration(owner, migration);
    }
    const role = await makeApplicationRole(owner);
    if (role !== undefined) await grantApplicationRights(owner, role);
    if (role !== undefined && withLogin) await allowLogin(owner, role);
    await owner.query("commit");
    return { applied: pending.map((migration) => migration.name), role };
  } catch (error) {
    await owner.query("rollback").catch(() => {});
    throw error;
  }
}

function pendingMigrations(
  migrations: Migration[],
  applied: readonly { version: number; checksum: string }[],
): Migration[] {
  const ours = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, checksum } of applied) {
    const migration = ours.get(version);
    if (migration === undefined) {
      throw new MigrationRefusal(
        `The database has schema version ${version}, this program knows versions up to ` +
          `${Math.max(0, ...ours.keys())}. It was written by a newer program: start that one, ` +
          `or restore a backup made before the upgrade.`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new MigrationRefusal(
        `Migration ${migration.name} was changed after this database ran it. ` +
          `Migrations are never edited: put the file back and add a new one.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.version));
  return migrations.filter((migration) => !done.has(migration.version));
}
