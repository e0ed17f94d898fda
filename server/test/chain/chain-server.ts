import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#database/connection.ts";
import { migrationsFolder } from "#database/database.ts";
import { openEmbedded } from "#database/embedded/embedded.ts";
import { migrate, readMigrations } from "#database/migrate.ts";
import type { TestServer } from "#test/database.ts";
import { withDatabase } from "#test/global-setup.ts";

/** A PostgreSQL only for a chain: three busy panels would take the others' connections. */
export type ChainServer = TestServer & { close(): Promise<void> };

const template = "panel_template";

export async function openChainServer(): Promise<ChainServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "panel-chain-"));
  // Open to the server's own user, so that the database stays inside the folder.
  chmodSync(folder, 0o711);
  const embedded = await openEmbedded({ dataFolder: folder, roles: ["command"] });
  const settings = embedded.connection;
  const close = async () => {
    await embedded.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const admin = await connect(settings);
    await admin.query(`create database ${template}`);
    await admin.end();
    const owner = await connect(withDatabase(settings, template));
    await migrate(owner, readMigrations(migrationsFolder));
    await owner.end();
    return { settings, template, close };
  } catch (error) {
    await close();
    throw error;
  }
}
