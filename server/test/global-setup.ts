import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { connect } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { migrationsFolder } from "#database/database.ts";
import { openEmbedded } from "#database/embedded/embedded.ts";
import { migrate, readMigrations } from "#database/migrate.ts";
import { wordsWithoutRealLists } from "./real-lists.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server that the tests make their databases on, and the migrated one they copy. */
    testServer: { settings: ConnectionSettings; template: string };
  }
}

/**
 * Brings up one PostgreSQL for all test files, the embedded one or that of PANEL_TEST_DATABASE_URL,
 * with a migrated database that each file copies.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = wordsWithoutRealLists();
  if (project.name === "server" && missing !== undefined) process.stdout.write(`${missing}\n`);
  const url = process.env["PANEL_TEST_DATABASE_URL"];
  const template = `panel_template_${process.pid}`;
  const folder = url === undefined ? mkdtempSync(path.join(tmpdir(), "panel-test-")) : undefined;
  // Open to the server's own user, so that the database stays inside the folder.
  if (folder !== undefined) chmodSync(folder, 0o711);
  const embedded =
    folder === undefined
      ? undefined
      : await openEmbedded({ dataFolder: folder, roles: ["command"] });
  const settings: ConnectionSettings = embedded?.connection ?? { connectionString: url ?? "" };

  const admin = await connect(settings);
  await admin.query(`create database ${template}`);
  const owner = await connect(withDatabase(settings, template));
  await migrate(owner, readMigrations(migrationsFolder));
  await owner.end();
  project.provide("testServer", { settings, template });

  return async () => {
    await admin.query(`drop database if exists ${template} with (force)`);
    await admin.end();
    await embedded?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
}

/** The same server, another database. */
export function withDatabase(settings: ConnectionSettings, database: string): ConnectionSettings {
  if (settings.connectionString === undefined) return { ...settings, database };
  const url = new URL(settings.connectionString);
  url.pathname = `/${database}`;
  return { ...settings, connectionString: url.toString() };
}
