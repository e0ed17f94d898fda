import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import { connect, openHotPool, openPool } from "./connection.ts";
import type { ConnectionSettings } from "./connection.ts";
import { openEmbedded } from "./embedded/embedded.ts";
import type { EmbeddedDatabase, EmbeddedRole } from "./embedded/embedded.ts";
import { migrate, readMigrations } from "./migrate.ts";
import type { PoolSizes } from "./pool-sizes.ts";

/** Where the migrations of this code stand. */
export const migrationsFolder = path.join(import.meta.dirname, "../../migrations");

/** A request that gets no connection within this time is told that the panel is busy. */
const requestPatience = { waitingMax: 1000, waitMs: 5000 };
/** A worker has time: what it wants to do stays due. */
const workPatience = { waitingMax: 2000, waitMs: 30_000 };
const upkeepPatience = { waitingMax: 100, waitMs: 10_000 };

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
  /** For requests and commands. */
  readonly pool: Pool;
  /** For the hot path. */
  readonly hotPool: Pool;
  /** For the worker, which therefore can never take a request's connection. */
  readonly workPool: Pool;
  /** For what keeps a process up to date, however busy the other pools are. */
  readonly upkeepPool: Pool;
  /** What a person should know: another folder is in use, a right is missing. */
  readonly notes: readonly string[];
  close(): Promise<void>;
};

/**
 * Starts or joins the embedded server, or finds the given one, and brings the schema up to date.
 * `trouble` is called with the reason after each failed attempt to bring the server back.
 */
export async function openDatabase(
  place: DatabasePlace,
  roles: readonly EmbeddedRole[],
  sizes: PoolSizes,
  trouble: (error: unknown) => void = () => {},
): Promise<PanelDatabase> {
  const embedded =
    place.kind === "embedded" ? await holdEmbedded(place.dataFolder, roles, trouble) : undefined;
  const notes = [...(embedded?.notes ?? [])];
  try {
    const ownerSettings: ConnectionSettings = embedded?.connection ?? {
      connectionString: place.kind === "server" ? place.url : "",
    };
    const isOurs = embedded !== undefined;
    const role = await migrateDatabase(ownerSettings, isOurs);
    if (role === undefined) {
      notes.push(
        "The database login may not make roles, so the panel works as the owner of its tables. " +
          "Postings are still guarded by triggers. To add the second guard, run as administrator: " +
          "create role panelwright_app nologin; grant panelwright_app to <login>; then start again.",
      );
    }
    // On its own server the application logs in as itself; elsewhere only the login is known.
    const as = role === undefined ? {} : isOurs ? { user: role } : { role };
    const settings = { ...ownerSettings, ...as };
    const pools = openPools(settings, sizes);
    return {
      place,
      settings,
      ownerSettings,
      ...pools,
      notes,
      close: async () => {
        await Promise.all(Object.values(pools).map((pool) => pool.end()));
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/** The pools of a process; each opens its connections when they are needed. */
export function openPools(
  settings: ConnectionSettings,
  sizes: PoolSizes,
): Pick<PanelDatabase, "pool" | "hotPool" | "workPool" | "upkeepPool"> {
  return {
    pool: openPool(settings, sizes.ordinary, requestPatience),
    hotPool: openHotPool(settings, sizes.hot),
    workPool: openPool(settings, sizes.work, workPatience),
    upkeepPool: openPool(settings, sizes.upkeep, upkeepPatience),
  };
}

/** The pools look for the server where it was: this process has to start again. */
export class DatabaseMoved extends Error {
  override name = "DatabaseMoved";
  constructor() {
    super("the database came back at another place: the panel has to start again");
  }
}

const reopenPauseMs = 2000;

/**
 * Holds the embedded server for as long as this process works. If its keeper is killed or gives the
 * server up, a new one is started, and the pools find the server at the same place. Where that
 * fails (a full disk), it is tried again without limit: this process goes on.
 */
async function holdEmbedded(
  dataFolder: string,
  roles: readonly EmbeddedRole[],
  trouble: (error: unknown) => void,
): Promise<EmbeddedDatabase> {
  let held = await openEmbedded({ dataFolder, roles });
  let isClosing = false;
  const first = held;
  const reopen = async (): Promise<void> => {
    for (;;) {
      try {
        held = await openEmbedded({ dataFolder, roles });
        return;
      } catch (error) {
        if (isClosing) return;
        trouble(error);
        await pause(reopenPauseMs, undefined, { ref: false });
      }
    }
  };
  const watch = async (): Promise<void> => {
    while (!isClosing && held.connection.host === first.connection.host) {
      await held.lost;
      if (!isClosing) await reopen();
    }
    if (!isClosing) trouble(new DatabaseMoved());
  };
  void watch();
  return {
    ...first,
    close: async () => {
      isClosing = true;
      await held.close();
    },
  };
}

async function migrateDatabase(
  ownerSettings: ConnectionSettings,
  withLogin: boolean,
): Promise<string | undefined> {
  const owner = await connect(ownerSettings);
  try {
    return (await migrate(owner, readMigrations(migrationsFolder), { withLogin })).role;
  } finally {
    await owner.end();
  }
}
