import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";

/**
 * Tables that no archive holds: what the migrations write themselves; the answers of batches and
 * the marks of transactions, which only running processes may still ask for; those processes; the
 * log of calls to providers (the result of each attempt stands in `attempts`); and events with how
 * far they were told, since a reader who has heard more than the archive knows must not go on from
 * there.
 */
const leftOut = [
  "schema_migrations",
  "caller_changes",
  "order_batches",
  "transaction_marks",
  "processes",
  "provider_calls",
  "event_streams",
  "events",
  "catalog_events",
  "feed_reservations",
  "feed_hosts",
  "webhook_positions",
  "webhook_attempts",
];

/** A table as it stands in the database, with its columns in their order. */
export type Table = { readonly name: string; readonly columns: readonly Column[] };

export type Column = {
  readonly name: string;
  /** True where a row must bring a value, because neither null nor a default may replace it. */
  readonly isNeeded: boolean;
};

/**
 * Fixes one moment of the whole database until the transaction ends. It reads and locks nothing.
 */
export async function beginReading(tx: Tx): Promise<void> {
  await tx.query("begin isolation level repeatable read read only");
  await plainTexts(tx);
}

export async function beginWriting(tx: Tx): Promise<void> {
  await tx.query("begin");
  await plainTexts(tx);
}

export async function commit(tx: Tx): Promise<void> {
  await tx.query("commit");
}

export async function rollback(tx: Tx): Promise<void> {
  await tx.query("rollback");
}

// Values are written and read as text, so both sides must agree on the form, whatever the server's
// settings are.
async function plainTexts(tx: Tx): Promise<void> {
  await tx.query(`
    set local client_encoding = 'UTF8';
    set local timezone = 'UTC';
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local bytea_output = 'hex';
    set local extra_float_digits = 1;
    set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0`);
}

const findState = statement<{ version: number; created_at: string; server: string }>(
  "archive.findState",
  `select max(version) as version,
          to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
          current_setting('server_version') as server
     from schema_migrations`,
);

/** The schema's version, the moment of the snapshot, and the server's own version. */
export function findDatabaseState(
  tx: Tx,
): Promise<{ version: number; created_at: string; server: string }> {
  return findState.one(tx);
}

const listTablesSql = statement<{ name: string; columns: Column[] }>(
  "archive.listTables",
  `select c.relname as name,
          json_agg(json_build_object(
            'name', a.attname,
            'isNeeded', a.attnotnull and not a.atthasdef and a.attidentity = '')
            order by a.attnum) as columns
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and not c.relname = any ($1::text[])
    group by c.relname
    order by c.relname`,
);
const listReferencesSql = statement<{ name: string; target: string }>(
  "archive.listReferences",
  `select distinct c.relname as name, t.relname as target
     from pg_constraint k
     join pg_class c on c.oid = k.conrelid
     join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and c.oid <> t.oid
      and c.relnamespace = 'public'::regnamespace`,
);

/** Lists every table that belongs in an archive, referenced tables first. */
export async function listTables(tx: Tx): Promise<Table[]> {
  const tables = await listTablesSql.all(tx, leftOut);
  const references = await listReferencesSql.all(tx);
  const sorted: Table[] = [];
  let rest = tables;
  while (rest.length > 0) {
    const waiting = new Set(rest.map((table) => table.name));
    const ready = rest.filter(
      ({ name }) => !references.some((one) => one.name === name && waiting.has(one.target)),
    );
    // Tables that refer to each other in a circle: none is ready, and no order helps.
    const next = ready.length > 0 ? ready : rest;
    sorted.push(...next);
    rest = rest.filter((table) => !next.includes(table));
  }
  return sorted;
}

/**
 * The text of `copy` that returns all rows. Leases are left out: their holders do not come along.
 */
export function copyOutText(table: Table): string {
  const columns = table.columns.map(({ name }) => (name === "lease" ? "null::uuid" : quote(name)));
  return `copy (select ${columns.join(", ")} from public.${quote(table.name)}) to stdout`;
}

/** The text of `copy` that takes rows with these columns. */
export function copyInText(table: string, columns: readonly string[]): string {
  return `copy public.${quote(table)} (${columns.map(quote).join(", ")}) from stdin`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// As text: a sequence may stand beyond 2^53.
const listSequencesSql = statement<{ name: string; last: string | null }>(
  "archive.listSequences",
  `select sequencename as name, last_value::text as last
     from pg_sequences
    where schemaname = 'public'
    order by sequencename`,
);

/**
 * Where the sequences stand now, which is not before the snapshot, so no id of the snapshot is
 * given out again. Null where none was taken yet.
 */
export function listSequences(tx: Tx): Promise<{ name: string; last: string | null }[]> {
  return listSequencesSql.all(tx);
}

const setSequenceSql = statement(
  "archive.setSequence",
  "select setval(format('public.%I', $1::text)::regclass, $2::bigint)",
);
const listIdentities = statement<{ column: string; table: string }>(
  "archive.listIdentities",
  `select c.relname as table, a.attname as column
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and a.attidentity <> '' and not a.attisdropped`,
);

/**
 * Makes the value after `last` the next one. A rollback does not undo this, and it is harmless
 * then.
 */
export async function setSequence(tx: Tx, name: string, last: string): Promise<void> {
  await setSequenceSql.run(tx, name, last);
}

/** Raises identities that are behind the highest id of their table. */
export async function raiseIdentities(tx: Tx): Promise<void> {
  for (const { table, column } of await listIdentities.all(tx)) {
    const sequence = `pg_get_serial_sequence('public.${quote(table)}', '${column}')`;
    await tx.query(
      `select setval(${sequence}, highest)
         from (select max(${quote(column)}) as highest from public.${quote(table)}) found
        where highest > coalesce(pg_sequence_last_value(${sequence}::regclass), 0)`,
    );
  }
}

const findContent = statement<{ found: string | null }>(
  "archive.findContent",
  `select case
            when exists (select from customers) then 'customers'
            when exists (select from accounts) then 'accounts'
            when exists (select from postings) then 'postings'
            when exists (select from orders) then 'orders'
            when exists (select from services) then 'services'
            when exists (select from products) then 'products'
            when exists (select from providers where name not in ('manual', 'sandbox'))
              then 'providers'
          end as found`,
);

/** What prevents a restore; `undefined` where the panel is as good as new. */
export async function findPanelContent(tx: Tx): Promise<string | undefined> {
  return (await findContent.one(tx)).found ?? undefined;
}

const findLiveProcesses = statement<{ pid: number; host: string }>(
  "archive.findLiveProcesses",
  `select pid, host
     from processes
    where seen_at > panel_now() - interval '30 seconds'
    order by started_at`,
);

/** The processes of a panel that runs on this database. */
export function listLiveProcesses(tx: Tx): Promise<{ pid: number; host: string }[]> {
  return findLiveProcesses.all(tx);
}

/** Keeps everybody else from writing to these tables until the transaction ends. */
export async function lockTables(tx: Tx, tables: readonly Table[]): Promise<void> {
  const names = tables.map((table) => `public.${quote(table.name)}`);
  await tx.query(`lock table ${names.join(", ")} in share row exclusive mode`);
}

/** Removes what a new panel has by itself, before the archive's rows take its place. */
export async function emptyTable(tx: Tx, name: string): Promise<void> {
  await tx.query(`delete from public.${quote(name)}`);
}

const holdRemote = statement(
  "archive.holdRemoteProviders",
  `update provider_states
      set hold_kind = 'operator', held_at = panel_now(), probe_at = null,
          hold_reason = 'restored from a backup: orders that wait may have been sent since'
    where provider_id in (select id from providers where base_url is not null)`,
);

/**
 * Sends nothing to other panels until an operator allows it: orders that waited when the backup was
 * made may have been bought since.
 */
export async function holdRemoteProviders(tx: Tx): Promise<void> {
  await holdRemote.run(tx);
}

/** Lets the planner know what was loaded, before the ledger is read through. */
export async function analyzeTables(tx: Tx, tables: readonly Table[]): Promise<void> {
  const names = tables.map((table) => `public.${quote(table.name)}`);
  await tx.query(`analyze ${names.join(", ")}`);
}
