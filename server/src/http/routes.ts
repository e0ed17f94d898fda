import { readFileSync } from "node:fs";
import { Hono } from "hono";
import type { Context as Request } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { contractRoutes } from "@panelwright/contract/routes.ts";
import type { Context } from "#database/context.ts";
import { ping } from "#database/processes.sql.ts";
import type { StorageWatch } from "#database/storage.ts";
import type { Settings } from "#settings/settings.ts";
import { openApiDocument } from "#http/reseller/openapi/openapi.ts";
import { jsonType } from "#http/guard/plain-answer.ts";
import { panelInfo } from "./panel-info.ts";
import { readWebFiles, webFolder } from "./web-files.ts";
import type { WebFile, WebFiles } from "./web-files.ts";

const healthTimeoutMs = 2000;

/** Everything beside API v2 that this process serves: health, what the panel is, the web app. */
export function panelRoutes(
  ctx: Context,
  hasWeb: boolean,
  settings: () => Settings,
  files: WebFiles = readWebFiles(webFolder),
  storage?: StorageWatch,
): Hono {
  const version = readVersion();
  const routes = new Hono();
  routes.use(safeHeaders);
  routes.onError((error, c) => {
    ctx.log.error({ error }, "request failed");
    return c.json({ error: "The panel could not answer" }, 500);
  });

  const isAnswering = sharedForAMoment(() => answers(ctx));
  routes.get("/healthz", async (c) => {
    c.header("Cache-Control", "no-store");
    const problem = storage?.problem();
    const isWell = (await isAnswering()) && problem === undefined;
    return isWell ? c.json({ ok: true }) : c.json({ ok: false, problem }, 503);
  });
  const info = madeOnce((now: Settings) =>
    JSON.stringify(contractRoutes.panelInfo.output.parse(panelInfo(now, version, files.languages))),
  );
  routes.get(contractRoutes.panelInfo.path, (c) => {
    c.header("Cache-Control", "no-cache");
    return c.body(info(settings()), 200, { "Content-Type": "application/json" });
  });
  const openApi = madeOnce((now: Settings) => JSON.stringify(openApiDocument(now, version)));
  routes.get("/openapi.json", (c) => {
    // Tools that render the document run on other origins; it holds nothing secret.
    c.header("Access-Control-Allow-Origin", "*");
    c.header("Cache-Control", "no-cache");
    return c.body(openApi(settings()), 200, { "Content-Type": "application/json" });
  });
  // One address below /api is a page of the web app: the one that describes the API.
  if (hasWeb) routes.on("GET", ["/api", "/api/"], (c) => page(c, files));
  routes.all("/api/*", notFound);
  if (hasWeb) routes.get("*", (c) => webApp(c, files));
  routes.notFound(notFound);
  return routes;
}

function notFound(c: Request): Response {
  const headers = { "Content-Type": jsonType, "X-Error-Code": "not_found" };
  return c.body(JSON.stringify({ error: "Not found" }), 404, headers);
}

/** Makes it again only when the settings differ from last time. */
function madeOnce(make: (settings: Settings) => string): (settings: Settings) => string {
  let last: { readonly of: Settings; readonly text: string } | undefined;
  return (settings) => {
    if (last?.of !== settings) last = { of: settings, text: make(settings) };
    return last.text;
  };
}

const momentMs = 250;

/** However many callers there are, it runs once in a moment. */
function sharedForAMoment<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let last: { readonly at: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > momentMs) last = { at: now, value: run() };
    return last.value;
  };
}

const self = "'self'";
const none = "'none'";

const safeHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: [self],
    scriptSrc: [self],
    // Mantine writes its theme into a style element, so inline styles are allowed; inline scripts
    // are not.
    styleSrc: [self, "'unsafe-inline'"],
    imgSrc: [self, "data:"],
    objectSrc: [none],
    baseUri: [none],
    formAction: [self],
    frameAncestors: [none],
  },
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
  xFrameOptions: "DENY",
  // The proxy that ends TLS in front of the panel sets this header: the panel itself may be reached
  // without TLS, in a private network.
  strictTransportSecurity: false,
});

/** Whether the database answers soon enough to work with. */
async function answers(ctx: Context): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), healthTimeoutMs);
  });
  const asked = ping(ctx.db).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A file of the app; for an address that names no file, the app's start page. */
function webApp(c: Request, files: WebFiles): Response | Promise<Response> {
  const file = files.find(c.req.path);
  if (file !== undefined) return send(c, file);
  const namesFile = /\.[^/]*$/.test(c.req.path);
  return namesFile ? c.notFound() : page(c, files);
}

function page(c: Request, { index }: WebFiles): Response | Promise<Response> {
  if (index !== undefined) return send(c, index);
  return c.text("The web app was not built yet: npm start builds it.\n", 503);
}

async function send(c: Request, file: WebFile): Promise<Response> {
  c.header("Cache-Control", file.cacheControl);
  // Weak, because the compressed bytes differ.
  c.header("ETag", `W/${file.etag}`);
  c.header("Vary", "Accept-Encoding");
  const known = c.req.header("If-None-Match") ?? "";
  if (known.split(",").some((tag) => tag.trim().replace(/^W\//, "") === file.etag)) {
    return c.body(null, 304);
  }
  c.header("Content-Type", file.contentType);
  const acceptsGzip = /\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "");
  const compressed = acceptsGzip ? await file.compressed() : undefined;
  if (compressed === undefined) return c.body(file.bytes);
  c.header("Content-Encoding", "gzip");
  return c.body(compressed);
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return "";
  return String(manifest.version);
}
