import { cut } from "./text.ts";

/**
 * Returns what a log may hold of a value: the same value without secrets, whatever their names and
 * however they are packed. Secrets are known by the names beside them (in fields, addresses, JSON,
 * forms, headers; plain, escaped, percent-encoded or in base64), by their place in an address, and
 * by their looks: 32 and more hexadecimal digits, as keys and their hashes have. A value that stood
 * under such a name is hidden in all other texts of the same line too.
 *
 * Of an error, only what helps to find it is kept. The driver and the database add details that
 * hold values of rows and parameters; those are left out.
 */
export function hideSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found = new Set<string>();
  collect(fields, found, 0);
  const known = [...found].flatMap(packings).toSorted((a, b) => b.length - a.length);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, shown(name, value, known, 0)]),
  );
}

/** Stands in place of what is not shown. */
const hidden = "(hidden)";

const depthMax = 8;
const itemsMax = 100;
const lengthMax = 8_000;
const secretsMax = 50;
/** A shorter value is not hidden: it would hide harmless words too. */
const secretLengthMin = 6;

/** Matched against a name without letter case, dashes and underscores. */
const secretName =
  /(?:key|keyhash|pass|password|passwd|pwd|passphrase|secret|token|authorization|auth|cookie|credentials?|connectionstring|signature|bearer|sealedkey)$/;
/** Names of addresses, which may hold a key in any place. */
const addressName = /^(?:base)?ur[il]$/;

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return secretName.test(plain) || addressName.test(plain);
}

function collect(value: unknown, found: Set<string>, depth: number): void {
  if (depth > depthMax || typeof value !== "object" || value === null) return;
  for (const [name, each] of Object.entries(value).slice(0, itemsMax)) {
    const isText = typeof each === "string" && each.length >= secretLengthMin;
    if (isSecretName(name) && isText && found.size < secretsMax) found.add(each);
    else collect(each, found, depth + 1);
  }
  if (value instanceof Error) collect(value.cause, found, depth + 1);
}

/** The forms in which a known secret may turn up. */
function packings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    ...[0, 1, 2].flatMap((offset) => inBase64(bytes, offset)),
  ];
}

/**
 * How the bytes look in base64 after `offset` other bytes, without the ends, which depend on the
 * neighbours.
 */
function inBase64(bytes: Buffer, offset: number): string[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  const own = text.replace(/.?=*$/, "").slice(offset === 0 ? 0 : offset + 1);
  return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
}

function shown(name: string, value: unknown, known: readonly string[], depth: number): unknown {
  if (value === undefined || value === null || typeof value === "boolean") return value;
  if (isSecretName(name)) return hidden;
  switch (typeof value) {
    case "string":
      return shownText(value, known);
    case "number":
      return value;
    case "bigint":
      return String(value);
    case "object":
      return shownObject(value, known, depth);
    default:
      return undefined;
  }
}

function shownObject(value: object, known: readonly string[], depth: number): unknown {
  if (depth >= depthMax) return "(deeper)";
  if (value instanceof Error) return shownError(value, known, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (value instanceof URL) return shownText(value.href, known);
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (value instanceof Map) {
    const map: ReadonlyMap<unknown, unknown> = value;
    const fields = [...map].map(([name, each]): [string, unknown] => [String(name), each]);
    return shownObject(Object.fromEntries(fields), known, depth);
  }
  if (Array.isArray(value) || value instanceof Set) {
    const items: readonly unknown[] = [...value];
    return pairs(items.slice(0, itemsMax), known, depth);
  }
  const entries = Object.entries(value).slice(0, itemsMax);
  return Object.fromEntries(
    entries.map(([name, each]) => [shownText(name, known), shown(name, each, known, depth + 1)]),
  );
}

/**
 * Hides secrets in a list. Where two texts look like a name and its value, as headers come, the
 * value is hidden.
 */
function pairs(items: readonly unknown[], known: readonly string[], depth: number): unknown[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    const isNamed = index % 2 === 1 && typeof before === "string" && isSecretName(before);
    return isNamed ? hidden : shown("", item, known, depth + 1);
  });
}

/** Fields of an error that say where and why it happened, and never with which values. */
const tellingFields = ["code", "severity", "constraint", "table", "column", "schema", "dataType"];
const otherTellingFields = ["errno", "syscall", "status", "batch", "kind"];

function shownError(error: Error, known: readonly string[], depth: number): unknown {
  const told: Record<string, unknown> = {
    type: error.name === "Error" ? error.constructor.name : error.name,
    message: shownMessage(error, error.message, known),
  };
  if (typeof error.stack === "string") {
    const calls = error.stack.split("\n").filter((line) => /^\s+at /.test(line));
    told["stack"] = shownText(calls.join("\n"), known);
  }
  for (const name of [...tellingFields, ...otherTellingFields]) {
    const value: unknown = Reflect.get(error, name);
    const isTelling = typeof value === "string" || typeof value === "number";
    if (isTelling) told[name] = shown("", value, known, depth + 1);
  }
  if (error.cause !== undefined) told["cause"] = shown("", error.cause, known, depth + 1);
  if (error instanceof AggregateError) told["errors"] = pairs(error.errors, known, depth + 1);
  return told;
}

/** The database quotes values that it could not read; they are hidden. */
function shownMessage(error: Error, message: string, known: readonly string[]): string {
  const code: unknown = Reflect.get(error, "code");
  const holdsValue = typeof code === "string" && /^2[23]\w{3}$/.test(code);
  return shownText(holdsValue ? message.replaceAll(/"[^"]*"/g, hidden) : message, known);
}

function shownText(text: string, known: readonly string[]): string {
  let shownPart = text.length > lengthMax ? `${cut(text, lengthMax)}…` : text;
  for (const secret of known) {
    if (secret.length >= secretLengthMin) shownPart = shownPart.replaceAll(secret, hidden);
  }
  return hideInBase64(hideNamed(shownPart));
}

const names =
  String.raw`[\w.-]{0,40}(?:key|key[_-]?hash|pass(?:word|wd|phrase)?|pwd|secret|token|auth(?:orization)?|` +
  String.raw`cookie|credentials?|signature)`;
/** A quotation mark as it stands in JSON, in JSON inside JSON, or percent-encoded. */
const quote = String.raw`(?:\\*["']|%(?:25)*2[27])`;
const space = String.raw`(?:\s|\+|%(?:25)*20){0,5}`;
/** What stands between a name and its value: `=`, `:`, `=>`, also percent-encoded. */
const between = String.raw`${space}(?:=>|[=:]|%(?:25)*3[DdAa])${space}`;
/** Up to the quotation mark that it began with, which is the second group. */
const quoted = String.raw`(${quote})(?:(?!\2)(?:\\.|.))*`;
/** An encoded `&`, quotation mark, comma or bracket ends a value as a plain one does. */
const encodedEnd = String.raw`%(?:25)*(?:26|2[27]|2[Cc]|7[Dd]|5[Dd])`;
const bare = String.raw`(?:(?:Bearer|Basic|Digest|Token)\s+)?(?:(?!${encodedEnd})[^\s&"'\\,;)}\]<])+`;

const named = new RegExp(
  String.raw`((?:^|[^\w%]|%(?:25)*[0-9A-Fa-f]{2})${names}(?:\[\w*\])?${quote}?${between})(?:${quoted}|${bare})`,
  "gi",
);
/** An element of XML, and a part of a multipart body. */
const wrapped = new RegExp(
  String.raw`((?:<${names}>|name="?${names}"?(?:\s|\\r|\\n)+))[^\s<\\]+`,
  "gi",
);
const userInfo = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi;
const scheme = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi;
const looksLikeKey = /(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])/gi;

function hideNamed(text: string): string {
  return text
    .replace(userInfo, `$1${hidden}@`)
    .replace(named, `$1${hidden}`)
    .replace(wrapped, `$1${hidden}`)
    .replace(scheme, `$1 ${hidden}`)
    .replace(looksLikeKey, hidden);
}

const base64Piece = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

/** Text in base64 that holds a secret is hidden as a whole. */
function hideInBase64(text: string): string {
  return text.replace(base64Piece, (piece) => {
    const inside = Buffer.from(piece, "base64").toString("utf8");
    // What is not text holds no names.
    if (inside.includes("\uFFFD")) return piece;
    const isBasic = /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(inside);
    return isBasic || hideNamed(inside) !== inside ? hidden : piece;
  });
}
