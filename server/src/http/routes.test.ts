import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Pool } from "pg";
import { afterAll, expect, test } from "vitest";
import { panelInfoSchema } from "@panelwright/contract/panel-info.ts";
import { settingsSchema } from "#settings/settings.ts";
import { testPanel } from "#test/panel.ts";
import { panelRoutes } from "./routes.ts";
import { readWebFiles } from "./web-files.ts";

const panel = testPanel();
const settings = () => settingsSchema.parse({});
const folder = mkdtempSync(path.join(tmpdir(), "panel-routes-"));
const webFolder = path.join(folder, "dist");
mkdirSync(path.join(webFolder, "assets"), { recursive: true });
mkdirSync(path.join(webFolder, "messages"));
writeFileSync(path.join(webFolder, "index.html"), "<!doctype html><title>app</title>");
writeFileSync(path.join(webFolder, "assets/index-1a2b.js"), `// ${"x".repeat(2000)}`);
writeFileSync(path.join(webFolder, "messages/en.json"), "{}");
writeFileSync(path.join(webFolder, ".built-from"), "secret");
writeFileSync(path.join(folder, "secret.json"), "secret");
afterAll(() => rmSync(folder, { recursive: true }));

const app = () => panelRoutes(panel.ctx, true, settings, readWebFiles(webFolder));

test("the app's pages are all one document, which is asked for anew each time", async () => {
  for (const address of ["/", "/api", "/api/", "/orders/23501"]) {
    const response = await app().request(address);
    expect(response.status, address).toBe(200);
    expect(await response.text(), address).toContain("<title>app</title>");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  }
});

test("assets with a hash in their names are kept for ever, compressed where asked", async () => {
  const headers = { "Accept-Encoding": "br, gzip" };

  const response = await app().request("/assets/index-1a2b.js", { headers });
  const plain = await app().request("/assets/index-1a2b.js");

  expect(response.headers.get("cache-control")).toContain("immutable");
  expect(response.headers.get("content-encoding")).toBe("gzip");
  const [compressed, text] = [await response.arrayBuffer(), await plain.text()];
  expect(compressed.byteLength).toBeLessThan(200);
  expect(gunzipSync(compressed).toString()).toBe(text);
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(text).toHaveLength(2003);
});

test("a file that is still the same is not sent again", async () => {
  const first = await app().request("/messages/en.json");
  const headers = { "If-None-Match": first.headers.get("etag") ?? "" };

  const second = await app().request("/messages/en.json", { headers });

  expect(first.headers.get("content-type")).toContain("application/json");
  expect(second.status).toBe(304);
});

test("HEAD says what GET would, without the body", async () => {
  const response = await app().request("/", { method: "HEAD" });

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await response.text()).toBe("");
});

test.each([
  "/.built-from",
  "/assets/gone.js",
  "/../secret.json",
  "/%2e%2e/secret.json",
  "/..%2fsecret.json",
])("%s is not found", async (address) => {
  const response = await app().request(address);

  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("secret");
});

test("what is unknown below /api/ is answered in JSON, whatever the method", async () => {
  for (const method of ["GET", "POST", "DELETE"]) {
    const response = await app().request("/api/v3", { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "Not found" });
  }
});

test("every answer carries the headers that keep a browser safe", async () => {
  for (const address of ["/", "/api/panel/info", "/openapi.json", "/healthz", "/gone.js"]) {
    const { headers } = await app().request(address);

    expect(Object.fromEntries(headers), address).toMatchObject({
      "content-security-policy":
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; " +
        "frame-ancestors 'none'",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(headers.get("strict-transport-security")).toBeNull();
  }
});

test("without a built app the first page says how to build it", async () => {
  const unbuilt = panelRoutes(
    panel.ctx,
    true,
    settings,
    readWebFiles(path.join(folder, "nowhere")),
  );

  const response = await unbuilt.request("/");

  expect(response.status).toBe(503);
  expect(await response.text()).toContain("npm start");
});

test("a process without the web role serves no pages", async () => {
  const routes = panelRoutes(panel.ctx, false, settings, readWebFiles(webFolder));

  expect((await routes.request("/")).status).toBe(404);
  expect((await routes.request("/healthz")).status).toBe(200);
});

test("the panel says what it is, in the shape of the contract", async () => {
  const response = await app().request("/api/panel/info");

  const info = panelInfoSchema.parse(await response.json());

  expect(info).toMatchObject({
    name: "Panelwright",
    currency: "USD",
    api_url_path: "/api/v2",
    languages: ["en"],
  });
  expect(info.service_types.find(({ wire_name }) => wire_name === "Poll")).toEqual({
    slug: "poll",
    wire_name: "Poll",
    pricing: "per_thousand",
    inputs: [
      { name: "link", kind: "text", required: true },
      { name: "quantity", kind: "number", required: true },
      { name: "answer_number", kind: "number", required: true },
    ],
  });
});

test("health is 503 while the database is away", async () => {
  const away = new Pool({ host: folder, connectionTimeoutMillis: 500 });
  const routes = panelRoutes({ ...panel.ctx, db: away }, false, settings);

  const response = await routes.request("/healthz");

  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ok: false });
  await away.end();
});
