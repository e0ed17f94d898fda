import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";

export type ServerState = {
  readonly version: string;
  readonly version_number: number;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly full_page_writes: string;
  readonly login: string;
  readonly may_change_postings: boolean;
  readonly guards: number;
  readonly connections_max: number;
  readonly connections_used: number;
  readonly clock_offset: string;
};

const findServerState = statement<ServerState>(
  "doctor.findServerState",
  `select current_setting('server_version') as version,
          current_setting('server_version_num')::integer as version_number,
          current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as synchronous_commit,
          current_setting('full_page_writes') as full_page_writes,
          current_user::text as login,
          has_table_privilege('postings', 'update') or has_table_privilege('postings', 'delete')
            as may_change_postings,
          (select count(*)::integer
             from pg_trigger
            where tgrelid = 'postings'::regclass and tgenabled = 'O'
              and tgname in ('postings_are_append_only', 'postings_are_never_truncated'))
            as guards,
          current_setting('max_connections')::integer
            - current_setting('superuser_reserved_connections')::integer as connections_max,
          (select coalesce(sum(numbackends), 0)::integer from pg_stat_database)
            as connections_used,
          coalesce(current_setting('panel.clock_offset', true), '') as clock_offset`,
);

/** Reads the server's state as the application sees it. */
export function readServerState(db: Queryable): Promise<ServerState> {
  return findServerState.one(db);
}

const limitMemory = statement<{ set_config: string }>(
  "doctor.limitMemory",
  "select set_config('work_mem', '64kB', true)",
);

// What does not fit into the memory above is written to the database's disk, and removed when the
// statement ends.
const spillSql = statement<{ read_only: string; last: string }>(
  "doctor.spill",
  `select current_setting('transaction_read_only') as read_only, max(line) as last
     from (select repeat(md5(number::text), 8) as line
             from generate_series(1, 20000) as number
            order by line
           offset 1) as sorted`,
);

/**
 * Writes some 5 MB of temporary data. Returns false where the server takes no writes; throws on a
 * full disk.
 */
export async function tryWriting(tx: Queryable): Promise<boolean> {
  await limitMemory.one(tx);
  return (await spillSql.one(tx)).read_only === "off";
}

const findClock = statement<{ now: number }>(
  "doctor.findClock",
  "select extract(epoch from clock_timestamp())::float8 * 1000 as now",
);

/**
 * Reads the server's own clock, in milliseconds since 1970; not the panel's clock, which tests
 * turn.
 */
export async function readServerClock(db: Queryable): Promise<number> {
  return (await findClock.one(db)).now;
}

const findSchema = statement<{ version: number }>(
  "doctor.findSchema",
  "select max(version) as version from schema_migrations",
);

export async function findSchemaVersion(db: Queryable): Promise<number> {
  return (await findSchema.one(db)).version;
}
