import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipAsync = promisify(gzip);

/** Where the built web app stands. */
export const webFolder = fileURLToPath(new URL("../../../web/dist", import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

// Compressed formats are sent as they are, and so is anything that fits a packet.
const compressible = /^(text|application|image\/svg)/;
const compressFromBytes = 1024;

/** One file of the web app. */
export type WebFile = {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The file compressed, made when first asked for; `undefined` where that gains nothing. */
  compressed(): Promise<Uint8Array<ArrayBuffer> | undefined>;
};

/** The web app in memory: a request's path is looked up, never joined to a folder. */
export type WebFiles = {
  /** The file at a path such as `/assets/index-1a2b.js`. */
  find(pathname: string): WebFile | undefined;
  /**
   * The page that every address of the app begins with; `undefined` where the app was not built.
   */
  readonly index: WebFile | undefined;
  /** The languages that the app has texts for. */
  readonly languages: readonly string[];
};

/**
 * Reads all files of the built web app once, some hundred kilobytes. A missing folder counts as
 * empty.
 */
export function readWebFiles(folder: string): WebFiles {
  const files = new Map<string, WebFile>();
  for (const name of namesIn(folder)) {
    const file = readFile(path.join(folder, name), name);
    if (file !== undefined) files.set(`/${name}`, file);
  }
  const languages = [...files.keys()]
    .map((name) => /^\/messages\/([A-Za-z-]+)\.json$/.exec(name)?.[1])
    .filter((code) => code !== undefined);
  return {
    find: (pathname) => files.get(pathname),
    index: files.get("/index.html"),
    languages: languages.toSorted(),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .map((name) => name.split(path.sep).join("/"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

// A file of an unlisted kind is not part of the app, nor is a hidden one.
function readFile(place: string, name: string): WebFile | undefined {
  const contentType = contentTypes[path.extname(name)];
  if (contentType === undefined || /(^|\/)\./.test(name)) return undefined;
  const bytes = new Uint8Array(readFileSync(place));
  let compressing: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
  return {
    contentType,
    // The build puts a hash of the content into the names of its assets.
    cacheControl: name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    bytes,
    compressed: () => (compressing ??= compress(bytes, contentType)),
  };
}

async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!compressible.test(contentType) || bytes.length < compressFromBytes) return undefined;
  return new Uint8Array(await gzipAsync(bytes));
}
