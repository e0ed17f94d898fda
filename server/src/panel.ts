import type { AddressInfo } from "node:net";
import { openCatalogCache } from "#catalog/catalog-cache.ts";
import { openKeyRing } from "#customers/key-ring.ts";
import type { Context } from "#database/context.ts";
import type { PanelDatabase } from "#database/database.ts";
import { startHeartbeat } from "#database/heartbeat.ts";
import { openStorageWatch } from "#database/storage.ts";
import type { StorageWatch } from "#database/storage.ts";
import { openHttpServer } from "#http/app.ts";
import { openLimits } from "#http/limits.ts";
import { openResellerEndpoint } from "#http/reseller/endpoint.ts";
import type { ResellerEndpoint } from "#http/reseller/endpoint.ts";
import { openServicesLists } from "#http/reseller/services-list.ts";
import { panelRoutes } from "#http/routes.ts";
import { openHoldRules } from "#orders/hold-rules/hold-rules.ts";
import { openLookups } from "#orders/lookup.ts";
import { openOrderBatches } from "#orders/order-batch.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { openProductDesk } from "#product-orders/product-desk.ts";
import { readSettings } from "#settings/settings.ts";
import { systemClock } from "#values/clock.ts";
import { runWorker } from "#workers/run-worker.ts";
import type { Config, ProcessRole } from "./config.ts";
import { openLog } from "./log.ts";

const refreshEveryMs = 1000;
const closeGraceMs = 10_000;

/** One process of a panel, at work. */
export type Panel = {
  readonly ctx: Context;
  /** Where it listens; `undefined` for a worker. */
  readonly url: string | undefined;
  /** Answers what is under way, ends the worker's turn, and lets go of everything. */
  close(): Promise<void>;
};

type Part = { close(): Promise<void> };

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
  const parts: Part[] = [await startHeartbeat(upkeep, roles, storage)];
  const close = async () => {
    for (const part of parts.toReversed()) {
      // One part that cannot end properly must not keep the others from it.
      await part.close().catch((error: unknown) => ctx.log.warn({ error }, "part not closed"));
    }
  };
  try {
    // Closed after the worker, so that its last calls are noted as well.
    parts.push({ close: () => flushCallLog(work) });
    if (roles.includes("worker")) parts.push(runWorker(work));
    let url: string | undefined;
    if (roles.includes("api") || roles.includes("web")) {
      const desk = roles.includes("api")
        ? await openReseller({ ctx, upkeep, config, storage, parts })
        : undefined;
      const http = await listen(config, roles, { ctx, storage }, desk);
      parts.push(http);
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
  readonly config: Config;
  readonly storage: StorageWatch;
  readonly parts: Part[];
}): Promise<ResellerEndpoint> {
  const { ctx, upkeep, config, storage, parts } = panel;
  const catalog = await openCatalogCache(ctx, upkeep.db);
  const holds = await openHoldRules(ctx, upkeep.db);
  let settings = await readSettings(upkeep.db);
  const timer = setInterval(() => {
    void Promise.all([catalog.refresh(), readSettings(upkeep.db), holds.refresh()]).then(
      ([, fresh]) => {
        settings = fresh;
      },
      (error: unknown) => ctx.log.warn({ error }, "price list, settings and rules not refreshed"),
    );
  }, refreshEveryMs);
  const keys = openKeyRing(ctx);
  parts.push(keys, {
    close: async () => {
      clearInterval(timer);
    },
  });
  return openResellerEndpoint(
    {
      ctx,
      storage,
      catalog,
      holds,
      keys,
      settings: () => settings,
      limits: openLimits(() => settings),
      batches: openOrderBatches(ctx),
      lookups: openLookups(ctx),
      lists: openServicesLists(catalog),
      products: openProductDesk(ctx),
    },
    config.trustedProxies,
  );
}

async function listen(
  config: Config,
  roles: readonly ProcessRole[],
  { ctx, storage }: { readonly ctx: Context; readonly storage: StorageWatch },
  reseller: ResellerEndpoint | undefined,
): Promise<Part & { readonly url: string }> {
  const routes = panelRoutes(ctx, roles.includes("web"), undefined, storage);
  const server = openHttpServer({ reseller, routes });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = addressOf(server.address());
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // Kept-alive connections end with their next answer, idle ones at once.
        server.prependListener("request", (_request, response) => {
          response.setHeader("Connection", "close");
        });
        const sweep = setInterval(() => server.closeIdleConnections(), 100);
        const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address;
}
