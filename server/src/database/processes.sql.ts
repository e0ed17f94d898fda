import { statement } from "./statement.ts";
import type { Queryable } from "./statement.ts";

export type ProcessRow = {
  readonly id: string;
  readonly roles: string[];
  readonly host: string;
  readonly pid: number;
  readonly started_at: Date;
  readonly silent_seconds: number;
};

const upsertSql = statement(
  "processes.upsert",
  `insert into processes (id, roles, host, pid)
   values ($1::uuid, $2::text[], $3::text, $4::integer)
   on conflict (id) do update set seen_at = panel_now()`,
);

/** The heartbeat: says that this process is at work. */
export async function upsertProcess(
  db: Queryable,
  process: { id: string; roles: readonly string[]; host: string; pid: number },
): Promise<void> {
  await upsertSql.run(db, process.id, process.roles, process.host, process.pid);
}

const deleteSql = statement("processes.delete", "delete from processes where id = $1::uuid");

/** Says that this process has ended its work. */
export async function deleteProcess(db: Queryable, id: string): Promise<void> {
  await deleteSql.run(db, id);
}

const deleteSilentSql = statement(
  "processes.deleteSilent",
  "delete from processes where seen_at < panel_now() - interval '1 day'",
);

export async function deleteSilentProcesses(db: Queryable): Promise<void> {
  await deleteSilentSql.run(db);
}

const listSql = statement<ProcessRow>(
  "processes.list",
  `select id, roles, host, pid, started_at,
          extract(epoch from panel_now() - seen_at)::float8 as silent_seconds
     from processes
    order by started_at`,
);

/**
 * Lists the processes that are at work, or were within the last day, with the seconds since each
 * was last heard of.
 */
export function listProcesses(db: Queryable): Promise<ProcessRow[]> {
  return listSql.all(db);
}

const pingSql = statement("processes.ping", "select 1 as one");

/** Resolves when the database answers. */
export async function ping(db: Queryable): Promise<void> {
  await pingSql.one(db);
}
