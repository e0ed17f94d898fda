import { backupAction } from "#archive/backup.ts";
import type { Context } from "#database/context.ts";
import { migrationsFolder } from "#database/database.ts";
import type { DatabasePlace } from "#database/database.ts";
import { readMigrations } from "#database/migrate.ts";
import { listProcesses } from "#database/processes.sql.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { countDueTasks } from "#tasks/tasks.sql.ts";
import { findActionAge } from "#audit/audit.sql.ts";
import { inTransaction } from "#database/transaction.ts";
import { writeTrouble } from "#database/storage.ts";
import { readSettings } from "#settings/settings.ts";
import { bad, fine, warn } from "./check.ts";
import type { Finding } from "./check.ts";
import { countLateTimes } from "./due-times.sql.ts";
import { findSchemaVersion, readServerClock, tryWriting } from "./doctor.sql.ts";
import type { ServerState } from "./doctor.sql.ts";

const versionNeeded = 15;
const silentSecondsMax = 30;
const waitSecondsWarn = 60;
const waitSecondsBad = 600;
const connectionsWarn = 10;
const connectionsBad = 3;
const clockMsWarn = 2000;
const clockMsBad = 30_000;
const backupDaysWarn = 7;
const secondsPerDay = 86_400;

export function checkServer(place: DatabasePlace, state: ServerState): Finding {
  const kind = place.kind === "embedded" ? `embedded, in ${place.dataFolder}` : "a server";
  const text = `PostgreSQL ${state.version} (${kind})`;
  if (state.version_number >= versionNeeded * 10_000) return fine("database", text);
  return bad("database", text, `The panel needs PostgreSQL ${versionNeeded} or later.`);
}

/** A commit that was acknowledged must survive a power cut. */
export function checkDurability(state: ServerState): Finding {
  const settings = [
    ["fsync", state.fsync],
    ["synchronous_commit", state.synchronous_commit],
    ["full_page_writes", state.full_page_writes],
  ] as const;
  const off = settings.filter(([, value]) => value === "off").map(([name]) => name);
  if (off.length === 0)
    return fine("durability", settings.map((pair) => pair.join("=")).join(", "));
  return bad(
    "durability",
    `${off.join(", ")} is off: a loss of power can lose orders that were confirmed`,
    `Set it on in the server's configuration: alter system set ${off[0]} = on`,
  );
}

/**
 * A full disk, a standby, a session that may only read: each of them stops the panel from selling.
 */
export async function checkWrites(ctx: Context): Promise<Finding> {
  const name = "writes";
  const advice = "Nothing is sold meanwhile; the panel goes on by itself when it can write.";
  try {
    const mayWrite = await inTransaction(ctx, tryWriting);
    if (mayWrite) return fine(name, "The database has room to write");
    return bad(name, "The database takes no writes", `Connect the panel to the primary. ${advice}`);
  } catch (error) {
    const trouble = writeTrouble(error);
    if (trouble === undefined) throw error;
    return bad(name, "The disk of the database is full", `Make room. ${advice}`);
  }
}

/**
 * Two things guard postings: the application has no right to change them, and triggers forbid it.
 */
export function checkGuards(state: ServerState): Finding {
  const name = "postings";
  if (state.guards < 2) {
    return bad(
      name,
      "The triggers that keep postings unchanged are off or missing",
      "Somebody switched them off. Run as owner: alter table postings enable trigger user",
    );
  }
  if (state.may_change_postings) {
    return warn(
      name,
      `The panel works as ${state.login}, who may change postings; only triggers stand before it`,
      "Run as administrator: create role panelwright_app nologin; " +
        "grant panelwright_app to the panel's login; then start again.",
    );
  }
  return fine(name, `The panel works as ${state.login}, who cannot change postings`);
}

export async function checkSchema(ctx: Context): Promise<Finding> {
  const present = await findSchemaVersion(ctx.db);
  const newest = Math.max(...readMigrations(migrationsFolder).map(({ version }) => version));
  if (present === newest) return fine("schema", `Version ${present}, as this program wants it`);
  return bad(
    "schema",
    `Version ${present}, and this program wants ${newest}`,
    "Start the version of the panel that was started last.",
  );
}

export async function checkLedger(ctx: Context): Promise<Finding> {
  const proof = await verifyLedger(ctx);
  if (proof.ok) return fine("ledger", `Proven over ${proof.postings} postings`);
  const [first] = proof.drifts;
  return bad(
    "ledger",
    `${proof.drifts.length} findings, the first: ${first?.what}, account ${first?.account}`,
    "Run panel ledger verify, stop selling, and compare with the last backup.",
  );
}

/** Orders only move while a worker runs. */
export async function checkWorker(ctx: Context): Promise<Finding> {
  const name = "worker";
  const due = await countDueTasks(ctx.db);
  const alive = (await listProcesses(ctx.db)).filter(
    (process) => process.roles.includes("worker") && process.silent_seconds <= silentSecondsMax,
  );
  const waitSeconds = Math.max(0, Math.round(due.oldest_seconds ?? 0));
  const waits =
    due.due === 0 ? "nothing is due" : `${due.due} due, the oldest for ${waitSeconds} s`;
  if (alive.length === 0) {
    const text = `No worker was heard of for ${silentSecondsMax} s; ${waits}`;
    const advice = "Start the panel, or a process with --roles worker.";
    return waitSeconds > waitSecondsBad ? bad(name, text, advice) : warn(name, text, advice);
  }
  const text = `${alive.length} at work; ${waits}`;
  const advice = "Read the log: a provider may be slow or unreachable. More workers may help.";
  if (waitSeconds > waitSecondsBad) return bad(name, text, advice);
  return waitSeconds > waitSecondsWarn ? warn(name, text, advice) : fine(name, text);
}

export function checkConnections(state: ServerState): Finding {
  const free = state.connections_max - state.connections_used;
  const text = `${free} of ${state.connections_max} connections free`;
  const advice = "Raise max_connections of the server, or start fewer processes.";
  if (free < connectionsBad) return bad("connections", text, advice);
  return free < connectionsWarn ? warn("connections", text, advice) : fine("connections", text);
}

/**
 * Leases and due times use the database's clock; caches and calls to providers use this machine's.
 */
export async function checkClock(ctx: Context, state: ServerState): Promise<Finding> {
  const name = "clock";
  if (state.clock_offset !== "" && state.clock_offset !== "0") {
    return bad(
      name,
      `The database's clock is turned by ${state.clock_offset}, as tests do`,
      "Run as owner: alter database … reset panel.clock_offset",
    );
  }
  const before = ctx.clock.now();
  const there = await readServerClock(ctx.db);
  const after = ctx.clock.now();
  // The answer was given at some moment between the two readings.
  const offMs = Math.round(Math.max(0, before - there, there - after));
  const text = `${offMs} ms between this machine and the database`;
  const advice = "Let both machines take the time from the network (NTP).";
  if (offMs > clockMsBad) return bad(name, text, advice);
  return offMs > clockMsWarn ? warn(name, text, advice) : fine(name, text);
}

/**
 * A clock that was ahead for a moment leaves due times so far ahead that nobody lives to see them.
 */
export async function checkDueTimes(ctx: Context): Promise<Finding> {
  const name = "due times";
  const { poll_seconds_max: pollSecondsMax } = await readSettings(ctx.db);
  const late = await countLateTimes(ctx.db, pollSecondsMax);
  if (late.length === 0) return fine(name, "Nothing is due later than its rule sets it");
  const counts = late.map(({ place, rows }) => `${rows} of ${place}`).join(", ");
  return bad(
    name,
    `Due later than any rule sets it: ${counts}. A clock was ahead`,
    "A running worker makes them due once the database's clock has gone evenly for 3 minutes.",
  );
}

/** Only backups of the panel's own command are known. */
export async function checkBackup(ctx: Context): Promise<Finding> {
  const name = "backup";
  const seconds = await findActionAge(ctx.db, backupAction);
  const advice = "Run panel backup FILE every day, and keep the file and the key file elsewhere.";
  if (seconds === undefined) return warn(name, "No backup of this panel is known", advice);
  const days = seconds / secondsPerDay;
  const text = `The last backup is ${days.toFixed(1)} days old`;
  return days > backupDaysWarn ? warn(name, text, advice) : fine(name, text);
}
