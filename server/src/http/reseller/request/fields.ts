import type { IncomingMessage } from "node:http";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { fieldsMax, findExcess, hasMore, partsMax } from "./bounds.ts";
import {
  declaredCharset,
  headerText,
  readForm,
  readMultipart,
  readPairs,
  textOf,
} from "./wire-text.ts";
import type { BodyText, Pairs } from "./wire-text.ts";

/**
 * What a request says, by the wire's field names: text, or a list where the client sent one. Later
 * values win over earlier ones, and the body wins over the query string.
 */
export type Fields = ReadonlyMap<string, string | readonly string[]>;

export type FieldsRefusal =
  | { readonly code: "too_many_fields"; readonly max: number }
  | { readonly code: "body_unreadable" };

/**
 * Reads a request as every deployed client writes it: form, multipart, JSON or query string, in any
 * mixture, whatever the content type claims.
 */
export function readFields(
  request: IncomingMessage,
  body: Buffer,
): Result<Fields, FieldsRefusal> | Promise<Result<Fields, FieldsRefusal>> {
  const fields = new Map<string, string | readonly string[]>();
  const url = headerText(request.url ?? "");
  const queryAt = url.indexOf("?");
  if (queryAt !== -1) addPairs(fields, readPairs(url.slice(queryAt + 1)));
  if (body.length === 0) return ok(fields);
  const contentType = request.headers["content-type"] ?? "";
  if (/^multipart\//i.test(contentType)) return addMultipart(fields, body, contentType);
  const charset = declaredCharset(contentType);
  const sent = { body, charset, text: textOf(body, charset) };
  return isJson(contentType, sent.text) ? addJson(fields, sent) : addForm(fields, sent);
}

function tooMany(max: number): Result<Fields, FieldsRefusal> {
  return refused({ code: "too_many_fields", max });
}

// Clients announce JSON under many names, and some announce it but send a form.
function isJson(contentType: string, text: string): boolean {
  return contentType.includes("json") || /^\s*\{/.test(text);
}

function addForm(
  fields: Map<string, string | readonly string[]>,
  sent: BodyText,
): Result<Fields, FieldsRefusal> {
  if (hasMore(sent.text, "&", fieldsMax)) return tooMany(fieldsMax);
  addPairs(fields, readForm(sent));
  return ok(fields);
}

function addPairs(fields: Map<string, string | readonly string[]>, pairs: Pairs): void {
  let lists: Map<string, string[]> | undefined;
  for (const [name, value] of pairs) {
    // PHP's way to write a list: orders[]=1&orders[]=2 or orders[0]=1.
    const list = name.endsWith("]") ? /^([^[\]]+)\[[^\]]*\]$/.exec(name)?.[1] : undefined;
    if (list === undefined) {
      fields.set(name, value);
      continue;
    }
    lists ??= new Map();
    const items = lists.get(list) ?? [];
    items.push(value);
    lists.set(list, items);
    fields.set(list, items);
  }
}

async function addMultipart(
  fields: Map<string, string | readonly string[]>,
  body: Buffer,
  contentType: string,
): Promise<Result<Fields, FieldsRefusal>> {
  if (hasMore(body, "\n--", partsMax)) return tooMany(partsMax);
  try {
    addPairs(fields, await readMultipart(body, contentType));
    return ok(fields);
  } catch {
    return refused({ code: "body_unreadable" });
  }
}

function addJson(
  fields: Map<string, string | readonly string[]>,
  sent: BodyText,
): Result<Fields, FieldsRefusal> {
  const { text } = sent;
  switch (findExcess(text)) {
    case "too_many":
      return tooMany(fieldsMax);
    case "too_deep":
      return refused({ code: "body_unreadable" });
    case undefined:
  }
  let json: unknown;
  try {
    json = JSON.parse(text, exactNumber);
  } catch {
    // A form that merely looks like JSON, or is announced as JSON by mistake, still says what it
    // wants.
    if (!/^\s*[[{]/.test(text) && text.includes("=")) return addForm(fields, sent);
    return refused({ code: "body_unreadable" });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return refused({ code: "body_unreadable" });
  }
  for (const [name, value] of Object.entries(json)) {
    if (value === null) fields.delete(name);
    else fields.set(name, scalarText(value) ?? listTexts(value));
  }
  return ok(fields);
}

// For a value that is neither text nor a list: an empty list, which readers of a field refuse, so
// that the value does not count as absent.
function listTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => scalarText(item) ?? "") : [];
}

// A number beyond 2^53 keeps its digits: two long ids must not become one.
function exactNumber(_name: string, value: unknown, ...context: unknown[]): unknown {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) {
    return value;
  }
  const [written] = context;
  const isText = typeof written === "object" && written !== null && "source" in written;
  return isText && typeof written.source === "string" ? written.source : value;
}

function scalarText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}
