import cluster from "node:cluster";
import { DatabaseMoved, openDatabase } from "#database/database.ts";
import type { PanelDatabase } from "#database/database.ts";
import { panelPools } from "#database/pool-sizes.ts";
import { openSecrets } from "#secrets/open-secrets.ts";
import { ConfigRefusal, readConfig } from "./config.ts";
import type { Config, ProcessRole } from "./config.ts";
import { openLog } from "./log.ts";
import { openPanel } from "./panel.ts";
import type { Panel } from "./panel.ts";
import { forkServers } from "./server-processes.ts";
import { startWatchdog } from "./watchdog.ts";
import { welcome } from "./welcome.ts";

export type StartOptions = {
  readonly roles: readonly ProcessRole[];
  /** How many processes answer API and web; each has its own connections and caches. */
  readonly processes: number;
  /** Leaves an empty database empty, where otherwise the sandbox shop is made. */
  readonly isEmpty: boolean;
};

const endMsMax = 4800;

/**
 * Starts the panel, prints where to go, and ends it when the process is told to. With several
 * processes this one does the work and keeps watch, and the others answer on one shared port.
 */
export async function startPanel(options: StartOptions): Promise<void> {
  const config = readConfig(process.env);
  if (cluster.isWorker) return serve(config, options);

  const { first } = panelPools(options.processes);
  const trouble = guard(config);
  const database = await openDatabase(config.place, options.roles, first, trouble);
  try {
    const secrets = await openSecrets(database.pool, config.secretFile);
    if (!secrets.ok) throw new ConfigRefusal(secrets.refusal.message);
    const servers =
      options.processes > 1 ? await forkServers(options.processes, config) : undefined;
    const ownRoles =
      servers === undefined ? options.roles : options.roles.filter((role) => role === "worker");
    const panel = await openPanel(config, database, ownRoles);
    startWatchdog(panel.ctx.log);
    endOnSignal(async () => {
      await Promise.all([servers?.close(), closeAll(panel, database)]);
    });
    const at = { url: servers?.url ?? panel.url, roles: options.roles };
    await welcome(panel.ctx, database, at, config.place.kind === "embedded" && !options.isEmpty);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** One of several processes that answer: it joins the database that the first one opened. */
async function serve(config: Config, { roles, processes }: StartOptions): Promise<void> {
  const sizes = panelPools(processes).answering;
  const database = await openDatabase(config.place, ["command"], sizes, guard(config));
  const answering = roles.filter((role) => role !== "worker");
  const panel = await openPanel(config, database, answering);
  startWatchdog(panel.ctx.log);
  process.send?.({ url: panel.url });
  endOnSignal(() => closeAll(panel, database));
  // Without the first process nobody would end this one.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

/**
 * The last guard: a promise that nobody awaits ends in a line of the log and not the process. Answers
 * what to do where the database does not come back: say so, and ask again.
 */
function guard({ logLevel }: Config): (error: unknown) => void {
  const log = openLog(logLevel);
  process.on("unhandledRejection", (error) => log.error({ error }, "a promise failed unheard"));
  return (error) => {
    log.error({ error }, "the database is away");
    if (error instanceof DatabaseMoved) process.kill(process.pid, "SIGTERM");
  };
}

async function closeAll(panel: Panel, database: PanelDatabase): Promise<void> {
  try {
    await panel.close();
  } finally {
    await database.close();
  }
}

/**
 * Ends cleanly on the first signal, within 5 seconds; a second one ends at once. What is still open
 * then is what a crash would leave, and the database has it in order.
 */
function endOnSignal(close: () => Promise<void>): void {
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(1);
      isEnding = true;
      setTimeout(() => process.exit(0), endMsMax).unref();
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`The panel did not end cleanly: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}
