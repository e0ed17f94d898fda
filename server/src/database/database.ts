import path from "node:path";
import type { Pool } from "pg";
import { connect, openHotPool, openPool } from "./connection.ts";
import type { ConnectionSettings } from "./connection.ts";
import { openEmbedded } from "./embedded/embedded.ts";
import type { EmbeddedDatabase, EmbeddedRole } from "./embedded/embedded.ts";
import { migrate, readMigrations } from "./migrate.ts";

/** Where the migrations of this code stand. */
export const migrationsFolder = path.join(import.meta.dirname, "../../migrations");

// One for the batch of orders under way, the others for reads.
const hotConnectionsMax = 4;

export type DatabasePlace =
  | { readonly kind: "embedded"; readonly dataFolder: string }
  | { readonly kind: "server"; readonly url: string };

/** A database that is up, on this code's schema, and ready for the application. */
export type PanelDatabase = {
  readonly place: DatabasePlace;
  /** As the application: no right to change a posting. */
  readonly settings: ConnectionSettings;
  /** As the owner: migrations, backup and restore only. */
  readonly ownerSettings: ConnectionSettings;
  readonly pool: Pool;
  readonly hotPool: Pool;
  /** What a person should know: another folder in use, a right that is missing. */
  readonly notes: readonly string[];
  close(): Promise<void>;
};

/** Starts or joins the embedded server, or finds the given one, and brings the schema up to date. */
export async function openDatabase(
  place: DatabasePlace,
  roles: readonly EmbeddedRole[],
  connectionsMax: number,
): Promise<PanelDatabase> {
  const embedded =
    place.kind === "embedded" ? await holdEmbedded(place.dataFolder, roles) : undefined;
  const notes = [...(embedded?.notes ?? [])];
  try {
    const ownerSettings: ConnectionSettings = embedded?.connection ?? {
      connectionString: place.kind === "server" ? place.url : "",
    };
    const role = await migrateDatabase(ownerSettings);
    if (role === undefined) {
      notes.push(
        "The database login may not make roles, so the panel works as the owner of its tables. " +
          "Postings are still guarded by triggers. To add the second guard, run as administrator: " +
          "create role panelwright_app nologin; grant panelwright_app to <login>; then start again.",
      );
    }
    const settings = { ...ownerSettings, ...(role === undefined ? {} : { role }) };
    const pool = openPool(settings, connectionsMax);
    const hotPool = openHotPool(settings, hotConnectionsMax);
    return {
      place,
      settings,
      ownerSettings,
      pool,
      hotPool,
      notes,
      close: async () => {
        await Promise.all([pool.end(), hotPool.end()]);
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/**
 * Holds the embedded server for as long as this process works: should its keeper be killed, a new
 * one is started, and the pools find the server again at the same place.
 */
async function holdEmbedded(
  dataFolder: string,
  roles: readonly EmbeddedRole[],
): Promise<EmbeddedDatabase> {
  let held = await openEmbedded({ dataFolder, roles });
  let isClosing = false;
  const first = held;
  const watch = () => {
    void held.lost.then(async () => {
      if (isClosing) return;
      held = await openEmbedded({ dataFolder, roles });
      if (held.connection.host !== first.connection.host) {
        throw new Error("the database came back at another place: the panel has to start again");
      }
      watch();
    });
  };
  watch();
  return {
    ...first,
    close: async () => {
      isClosing = true;
      await held.close();
    },
  };
}

async function migrateDatabase(ownerSettings: ConnectionSettings): Promise<string | undefined> {
  const owner = await connect(ownerSettings);
  try {
    return (await migrate(owner, readMigrations(migrationsFolder))).role;
  } finally {
    await owner.end();
  }
}
