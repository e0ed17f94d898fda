import { hash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { connect } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { openPools } from "#database/database.ts";
import type { PanelDatabase } from "#database/database.ts";
import { panelPools } from "#database/pool-sizes.ts";
import { withDatabase } from "./global-setup.ts";

/** A database of the test's own, as the panel would open it. */
export type TestDatabase = PanelDatabase & {
  /** For processes that the test starts: the URL of the same database. */
  readonly url: string;
  /** Removes the database. */
  drop(): Promise<void>;
};

/** Where tests create their databases: a server, and the migrated database that they copy. */
export type TestServer = { readonly settings: ConnectionSettings; readonly template: string };

/** Copies the migrated database. The caller drops the copy. */
export async function createTestDatabase(
  { settings: server, template }: TestServer = inject("testServer"),
): Promise<TestDatabase> {
  const name = `panel_test_${randomBytes(6).toString("hex")}`;
  const admin = await connect(server);
  await admin.query(`create database ${name} template ${template} strategy file_copy`);

  const ownerSettings = withDatabase(server, name);
  const settings = { ...ownerSettings, role: "panelwright_app" };
  const pools = openPools(settings, panelPools(1).first);
  const close = async () => {
    const open = Object.values(pools).filter((each) => !each.ended);
    await Promise.all(open.map((each) => each.end()));
  };
  return {
    place: { kind: "server", url: urlOf(ownerSettings) },
    settings,
    ownerSettings,
    ...pools,
    notes: [],
    url: urlOf(ownerSettings),
    close,
    drop: async () => {
      await close();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await rm(testDataFolder(urlOf(ownerSettings)), { recursive: true, force: true });
    },
  };
}

/** The `PANEL_DATA` of processes over this database, so that they share an encryption key. */
export function testDataFolder(databaseUrl: string): string {
  return path.join(tmpdir(), `panel-test-${hash("sha256", databaseUrl).slice(0, 12)}`);
}

function urlOf(settings: ConnectionSettings): string {
  if (settings.connectionString !== undefined) return settings.connectionString;
  const { user, host, port, database } = settings;
  // A host that is a folder means a Unix socket. In a URL it must be in the query.
  return `postgres://${user}@/${database}?host=${encodeURIComponent(host ?? "")}&port=${port}`;
}

/** For a context whose work encrypts nothing. */
export function noSecrets(): Promise<never> {
  return Promise.reject(new Error("nothing secret is expected here"));
}
