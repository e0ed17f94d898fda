import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import {
  allowLogin,
  appliedMigrations,
  createMigrationTable,
  dropIndex,
  findApplicationRole,
  grantApplicationRights,
  insertMigration,
  listInvalidIndexes,
  makeApplicationRole,
  runMigrationText,
  tryLockMigrations,
  unlockMigrations,
} from "./migrate.sql.ts";
import type { Migration } from "./migrate.sql.ts";

/** A message for the operator: this code must not touch that schema. */
export class MigrationRefusal extends Error {}

export type MigrationOutcome = {
  readonly applied: readonly string[];
  /** The role to act as; `undefined` where the database's administrator has to make it first. */
  readonly role: string | undefined;
};

/** Reads the migrations that this code ships, in their order. */
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
 * Brings the schema to this code's version, as the owner. Of several processes that start at the
 * same time, one migrates while the others wait. Each migration is a transaction of its own, so
 * that after an interruption between two the next start carries on; one whose head says so has
 * none. A schema that is newer than this code, or a migration that was edited after it ran, is
 * refused with a message. `withLogin`: the application's role may log in.
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
  await waitForLock(owner);
  try {
    await createMigrationTable(owner);
    const pending = pendingMigrations(migrations, (await appliedMigrations(owner)) ?? []);
    for (const migration of pending) {
      if (hasNoTransaction(migration)) {
        await runStatements(owner, migration);
        await inOne(owner, () => record(owner, migration));
      } else {
        await inOne(owner, async () => {
          await runMigrationText(owner, migration.name, migration.text);
          await record(owner, migration);
        });
      }
    }
    const role = await inOne(owner, async () => {
      const made = await giveRights(owner);
      if (made !== undefined && withLogin) await allowLogin(owner, made);
      return made;
    });
    return { applied: pending.map((migration) => migration.name), role };
  } finally {
    await unlockMigrations(owner).catch(() => {});
  }
}

const lookAgainMs = 100;
/** Longer than any migration should take. */
const lockMsMax = 6 * 3_600_000;

/**
 * Waits until no other process migrates. It polls, because `create index concurrently` waits for
 * every running statement, also for one that waits for a lock.
 */
async function waitForLock(owner: Client): Promise<void> {
  for (let waitedMs = 0; !(await tryLockMigrations(owner)); waitedMs += lookAgainMs) {
    if (waitedMs >= lockMsMax) {
      throw new MigrationRefusal(
        "Another process has been migrating this database for hours. See what it does " +
          "(pg_stat_activity), end it if it is stuck, and start again.",
      );
    }
    await pause(lookAgainMs);
  }
}

async function inOne<Value>(owner: Client, work: () => Promise<Value>): Promise<Value> {
  await owner.query("begin");
  try {
    const value = await work();
    await owner.query("commit");
    return value;
  } catch (error) {
    await owner.query("rollback").catch(() => {});
    throw error;
  }
}

/**
 * Records the migration together with the rights on what it made: nothing ever exists without them.
 */
async function record(owner: Client, migration: Migration): Promise<void> {
  await insertMigration(owner, migration);
  await giveRights(owner);
}

async function giveRights(owner: Client): Promise<string | undefined> {
  const role = await makeApplicationRole(owner);
  if (role !== undefined) await grantApplicationRights(owner, role);
  return role;
}

/** What the head of a migration says, with the reason behind it: `-- No transaction: …`. */
function hasNoTransaction({ text }: Migration): boolean {
  const [head = ""] = /^(?:--.*\n)*/.exec(text) ?? [];
  return /^-- No transaction: \S/m.test(head);
}

/**
 * Runs each statement by itself, as `create index concurrently` requires. All of them must be safe
 * to run again: after a failure halfway, what was done stays, and the next start begins anew. An
 * index that was left half built is dropped first.
 */
async function runStatements(owner: Client, { name, text }: Migration): Promise<void> {
  for (const index of await listInvalidIndexes(owner)) {
    if (new RegExp(`\\b${index}\\b`).test(text)) await dropIndex(owner, index);
  }
  const statements = text.split(/;[ \t]*$/m).filter((each) => each.trim() !== "");
  for (const [index, each] of statements.entries()) {
    const words = `${name}, statement ${index + 1},`;
    await runMigrationText(
      owner,
      words,
      each,
      "It has no transaction: what it did before stays, and the next start runs it again from its beginning.",
    );
  }
}

function pendingMigrations(
  migrations: Migration[],
  applied: readonly { version: number; name: string; checksum: string }[],
): Migration[] {
  const ours = new Map(migrations.map((migration) => [migration.version, migration]));
  refusePreview(ours.get(1)?.name, applied.find(({ version }) => version === 1)?.name);
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

/** Before the first release there were other migrations under the same numbers. */
function refusePreview(ours: string | undefined, applied: string | undefined): void {
  if (ours === undefined || applied === undefined || ours === applied) return;
  throw new MigrationRefusal(
    `The database was made by a preview of the panel from before its first release (its schema begins ` +
      `with ${applied}, that of this program with ${ours}), and no release carries on from it. ` +
      "Nothing was changed in it. Start the program that wrote it, or begin anew with an empty data " +
      "folder or database; a backup of it cannot be restored there.",
  );
}
