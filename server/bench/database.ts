import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { migrationsFolder } from "#database/database.ts";
import { openEmbedded } from "#database/embedded/embedded.ts";
import { migrate, readMigrations } from "#database/migrate.ts";

/** A database of the benchmark's own. */
export type BenchDatabase = {
  readonly settings: ConnectionSettings;
  readonly url: string;
  /** Where its panel keeps its encryption key. */
  readonly folder: string;
};

/** An embedded server of the benchmark's own, in a folder that goes with it. */
export async function openBenchServer(): Promise<{
  /** Makes a database on it and migrates it. */
  create(name: string): Promise<BenchDatabase>;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(path.join(tmpdir(), "panel-bench-"));
  // Open to the server's own user, so that the database stays inside.
  chmodSync(folder, 0o711);
  const embedded = await openEmbedded({ dataFolder: folder, roles: ["command"] });
  const server = embedded.connection;
  const host = encodeURIComponent(server.host);
  return {
    create: async (name) => {
      const admin = await connect(server);
      await admin.query(`create database ${name}`);
      await admin.end();
      const settings = { ...server, database: name };
      const owner = await connect(settings);
      await migrate(owner, readMigrations(migrationsFolder));
      await owner.end();
      const url = `postgres://${server.user}@/${name}?host=${host}&port=${server.port}`;
      return { settings, url, folder: path.join(folder, name) };
    },
    close: async () => {
      await embedded.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
