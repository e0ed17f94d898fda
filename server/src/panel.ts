import cluster from "node:cluster";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { openKeyRing } from "#customers/key-ring.ts";
import type { Context } from "#database/context.ts";
import type { PanelDatabase } from "#database/database.ts";
import { startHeartbeat } from "#database/heartbeat.ts";
import { openStorageWatch } from "#database/storage.ts";
import type { StorageWatch } from "#database/storage.ts";
import { openAdmission } from "#http/guard/admission.ts";
import type { Admission } from "#http/guard/admission.ts";
import { openHttpServer } from "#http/app.ts";
import { openCommandLimiters } from "#http/reseller/command-limiters.ts";
import { openResellerEndpoint } from "#http/reseller/endpoint/endpoint.ts";
import type { ResellerEndpoint } from "#http/reseller/endpoint/endpoint.ts";
import { openServicesLists } from "#http/reseller/services-list.ts";
import { panelRoutes } from "#http/routes.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { openSelling } from "#selling/open-selling.ts";
import { readSettings } from "#settings/settings.ts";
import type { Settings } from "#settings/settings.ts";
import { systemClock } from "#values/clock.ts";
import { runWorker } from "#workers/run-worker.ts";
import type { Config, ProcessRole } from "./config.ts";
import { openLog } from "./log.ts";
import { openJobThreads } from "./run-in-thread.ts";

const refreshEveryMs = 1000;
/** After it requests and calls under way are cut off: service managers kill what takes long to end. */
const closeGraceMs = 2500;
const partGraceMs = 400;

/** One process of a panel, at work. */
export type Panel = {
  readonly ctx: Context;
  /** Where it listens; `undefined` for a worker. */
  readonly url: string | undefined;
  /**
   * Answers what is under way, ends the worker's turns, and lets go of everything, within 5 seconds. A
   * call to a provider that takes longer is left: its attempt has no end and is reconciled, as after a
   * crash.
   */
  close(): Promise<void>;
};

type Part = { readonly name: string; readonly graceMs?: number; close(): Promise<void> };

/** Starts the parts that the roles ask for. The database stays open: who opened it closes it. */
export async function openPanel(
  config: Config,
  database: PanelDatabase,
  roles: readonly ProcessRole[],
): Promise<Panel> {
  const ctx: Context = {
    db: database.pool,
    hot: database.hotPool,
    clock: systemClock,
    log: openLog(config.logLevel),
    secrets: secretsWhenNeeded(database.pool, config.secretFile),
  };
  const upkeep: Context = { ...ctx, db: database.upkeepPool };
  const work: Context = { ...ctx, db: database.workPool };
  const { place } = database;
  const folder = place.kind === "embedded" ? place.dataFolder : undefined;
  const storage = openStorageWatch(ctx.clock, folder);
  // What takes its time ends side by side, before what the others need for ending.
  const busy: Part[] = [];
  const heartbeat = await startHeartbeat(upkeep, roles, storage);
  const parts: Part[] = [{ name: "heartbeat", ...heartbeat }];
  const close = async () => {
    await Promise.all(busy.map((part) => closePart(ctx, { graceMs: closeGraceMs, ...part })));
    for (const part of parts.toReversed()) await closePart(ctx, part);
  };
  try {
    // Closed after the worker, so that its last calls are noted as well.
    parts.push({ name: "call log", close: () => flushCallLog(work) });
    if (roles.includes("worker")) {
      const { secretFile, logLevel } = config;
      const threads = openJobThreads({ settings: database.settings, secretFile, logLevel });
      busy.push({ name: "worker", ...runWorker(work, threads) });
    }
    let url: string | undefined;
    if (roles.includes("api") || roles.includes("web")) {
      const settings = await openSettings(upkeep);
      parts.push(settings);
      const admission = openAdmission(settings.now, config.trustedProxies);
      const reseller = roles.includes("api")
        ? await openReseller({ ctx, upkeep, admission, storage, parts })
        : undefined;
      const routes = panelRoutes(upkeep, roles.includes("web"), settings.now, undefined, storage);
      const http = await listen(config, openHttpServer({ admission, reseller, routes }));
      busy.push(http);
      url = http.url;
    }
    return { ctx, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openReseller(panel: {
  readonly ctx: Context;
  /** With connections of its own, which no load can take. */
  readonly upkeep: Context;
  readonly admission: Admission;
  readonly storage: StorageWatch;
  readonly parts: Part[];
}): Promise<ResellerEndpoint> {
  const { ctx, upkeep, admission, storage, parts } = panel;
  const selling = await openSelling(ctx, { refreshedFrom: upkeep.db });
  parts.push({ name: "selling", close: () => selling.close() });
  const keys = openKeyRing(ctx);
  parts.push({ name: "keys", close: () => keys.close() });
  return openResellerEndpoint({
    ...selling,
    storage,
    keys,
    admission,
    settings: admission.settings,
    lists: openServicesLists(selling.catalog),
    limiters: openCommandLimiters(),
  });
}

/** The settings as they were a second ago at most: no request reads them. */
async function openSettings(ctx: Context): Promise<Part & { readonly now: () => Settings }> {
  let settings = await readSettings(ctx.db);
  const timer = setInterval(() => {
    readSettings(ctx.db).then(
      (fresh) => {
        // The same object as long as they are the same: what is made of them is kept by it.
        if (!isDeepStrictEqual(fresh, settings)) settings = fresh;
      },
      (error: unknown) => ctx.log.warn({ error }, "settings not refreshed"),
    );
  }, refreshEveryMs);
  return { name: "settings", now: () => settings, close: async () => clearInterval(timer) };
}

async function listen(config: Config, server: Server): Promise<Part & { readonly url: string }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: config.port, host: config.host, ...sharing() }, resolve);
  });
  const { port } = addressOf(server.address());
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    name: "http",
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // Kept-alive connections end with their next answer, idle ones at once.
        server.prependListener("request", (_request, response) => {
          response.setHeader("Connection", "close");
        });
        const sweep = setInterval(() => server.closeIdleConnections(), 100);
        const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs - partGraceMs);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** One part that cannot end properly, or in time, must not keep the others from it. */
async function closePart(ctx: Context, part: Part): Promise<void> {
  const { name, graceMs = partGraceMs } = part;
  const late = Symbol("late");
  const clock = new AbortController();
  const timer = pause(graceMs, late, { signal: clock.signal }).catch(() => undefined);
  try {
    const ended = await Promise.race([part.close(), timer]);
    if (ended === late) ctx.log.warn({ part: name }, "part not closed in time");
  } catch (error) {
    ctx.log.warn({ part: name, error }, "part not closed");
  } finally {
    clock.abort();
  }
}

/**
 * Several processes that answer listen on one port each for itself, where the system can share it
 * out: connections that were handed over by the first process would hang when one of them is killed.
 */
function sharing(): { readonly reusePort?: boolean } {
  return cluster.isWorker && process.platform === "linux" ? { reusePort: true } : {};
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address;
}
