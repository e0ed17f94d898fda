import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { migrationsFolder } from "#database/database.ts";
import { openEmbedded } from "#database/embedded/embedded.ts";
import { migrate, readMigrations } from "#database/migrate.ts";

/** An embedded server of the benchmark's own, migrated, in a folder that goes with it. */
export async function openBenchDatabase(): Promise<{
  readonly settings: ConnectionSettings;
  readonly url: string;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(path.join(tmpdir(), "panel-bench-"));
  // Open to the server's own user, so that the database stays inside.
  chmodSync(folder, 0o711);
  const embedded = await openEmbedded({ dataFolder: folder, roles: ["command"] });
  const settings = embedded.connection;
  const owner = await connect(settings);
  await migrate(owner, readMigrations(migrationsFolder));
  await owner.end();
  const host = encodeURIComponent(settings.host);
  return {
    settings,
    url: `postgres://${settings.user}@/${settings.database}?host=${host}&port=${settings.port}`,
    close: async () => {
      await embedded.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
