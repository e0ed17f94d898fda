import type { Client } from "pg";
import { applicationRole } from "./application-role.ts";
import { statement } from "./statement.ts";
import { sqlState } from "./transaction.ts";

export type Migration = {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
};

const findTable = statement<{ found: boolean }>(
  "migrate.findTable",
  "select to_regclass('schema_migrations') is not null as found",
);

/** Lists the migration versions that this database has; `undefined` where it never ran one. */
export async function appliedMigrations(
  owner: Client,
): Promise<{ version: number; name: string; checksum: string }[] | undefined> {
  if (!(await findTable.one(owner)).found) return undefined;
  const { rows } = await owner.query<{ version: number; name: string; checksum: string }>(
    "select version, name, checksum from schema_migrations order by version",
  );
  return rows;
}

/** Makes the table of applied migrations where there is none. The caller holds the lock. */
export async function createMigrationTable(owner: Client): Promise<void> {
  await owner.query(`
    create table if not exists schema_migrations (
      version    integer primary key,
      name       text not null,
      checksum   text not null,
      applied_at timestamptz not null default now()
    );
    comment on table schema_migrations is
      'Which migrations this database has run, each with a checksum of its text.'`);
}

const tryLock = statement<{ locked: boolean }>(
  "migrate.tryLock",
  "select pg_try_advisory_lock(hashtext('schema_migrations')) as locked",
);
const unlock = statement(
  "migrate.unlock",
  "select pg_advisory_unlock(hashtext('schema_migrations'))",
);

/** Lets one process at a time migrate this database, until it unlocks or its connection ends. */
export async function tryLockMigrations(owner: Client): Promise<boolean> {
  return (await tryLock.one(owner)).locked;
}

export async function unlockMigrations(owner: Client): Promise<void> {
  await unlock.run(owner);
}

/** Runs a migration's text; `name` and `advice` go into the message of its failure. */
export async function runMigrationText(
  owner: Client,
  name: string,
  text: string,
  advice = "",
): Promise<void> {
  try {
    await owner.query(text);
  } catch (cause) {
    throw new Error(`migration ${name} failed: ${String(cause)}. ${advice}`.trimEnd(), { cause });
  }
}

const listInvalid = statement<{ name: string }>(
  "migrate.listInvalidIndexes",
  `select c.relname as name
     from pg_index i
     join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
    order by c.relname
    limit 1000`,
);

/** Lists indexes that an unfinished `create index concurrently` has left behind. */
export async function listInvalidIndexes(owner: Client): Promise<string[]> {
  return (await listInvalid.all(owner)).map(({ name }) => name);
}

/** Drops an index without locking anybody out of the table. */
export async function dropIndex(owner: Client, name: string): Promise<void> {
  await owner.query(`drop index concurrently if exists public."${name}"`);
}

export async function insertMigration(owner: Client, migration: Migration): Promise<void> {
  await owner.query("insert into schema_migrations (version, name, checksum) values ($1, $2, $3)", [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

type RoleState = { exists: boolean; member: boolean; granted: boolean; login: boolean };

async function roleState(owner: Client): Promise<RoleState> {
  const { rows } = await owner.query<RoleState>(
    `select count(*) = 1 as exists,
            coalesce(bool_and(pg_has_role(current_user, oid, 'member')), false) as member,
            coalesce(bool_and(to_regclass('postings') is not null
              and has_table_privilege(oid, to_regclass('postings'), 'insert')), false) as granted,
            coalesce(bool_and(rolcanlogin), false) as login
       from pg_roles
      where rolname = $1`,
    [applicationRole],
  );
  return rows[0] ?? { exists: false, member: false, granted: false, login: false };
}

/**
 * Finds the role to act as; `undefined` where the login has none. `isReady` is false where the role
 * still lacks its rights on this database's tables.
 */
export async function findApplicationRole(
  owner: Client,
): Promise<{ role: string | undefined; isReady: boolean; mayLogIn: boolean }> {
  const state = await roleState(owner);
  if (!state.member) return { role: undefined, isReady: true, mayLogIn: false };
  return { role: applicationRole, isReady: state.granted, mayLogIn: state.login };
}

/**
 * Lets the application log in as itself, so that none of its statements can regain the owner's
 * rights. For the panel's own server, which lets nobody in but the panel.
 */
export async function allowLogin(owner: Client, role: string): Promise<void> {
  await owner.query(`alter role ${role} login`);
}

/**
 * Makes the role and joins it; `undefined` where the login may not. Roles belong to the whole
 * server, so the panels of one server share it. Runs inside the migration's transaction.
 */
export async function makeApplicationRole(owner: Client): Promise<string | undefined> {
  const before = await roleState(owner);
  if (before.member) return applicationRole;
  await owner.query("savepoint application_role");
  try {
    if (!before.exists) await owner.query(`create role ${applicationRole} nologin`);
    await owner.query(`grant ${applicationRole} to current_user`);
    await owner.query("release savepoint application_role");
    return applicationRole;
  } catch (error) {
    await owner.query("rollback to savepoint application_role");
    const state = sqlState(error);
    // Another database of the same server has just made the role: it is there now.
    if (state === "42710" || state === "23505") return makeApplicationRole(owner);
    if (state === "42501") return undefined;
    throw error;
  }
}

/** Gives the role its rights: everything except changing what must stay as it was written. */
export async function grantApplicationRights(owner: Client, role: string): Promise<void> {
  await owner.query(`
    grant usage on schema public to ${role};
    grant select, insert, update, delete on all tables in schema public to ${role};
    grant usage, select on all sequences in schema public to ${role};
    grant execute on all functions in schema public to ${role};
    revoke insert, update, delete, truncate on schema_migrations from ${role};
    do $$
    declare kept text;
    begin
      -- An older schema, on its way up, does not have all of them yet.
      foreach kept in array array['postings', 'audit_entries', 'order_changes',
                                'product_order_changes'] loop
        if to_regclass('public.' || kept) is not null then
          execute format('revoke update, delete, truncate on %I from ${role}', kept);
        end if;
      end loop;
    end $$`);
}
