import { entriesReadMax, entryOf } from "./entry.ts";
import type { FeedEntry } from "./entry.ts";

const partsMax = 200_000;
const depthMax = 100;

/** The entries of a JSON Feed (1.0, 1.1), `undefined` for one without a link; or why it is none. */
export function readJsonFeed(text: string, base: string): (FeedEntry | undefined)[] | string {
  const problem = tooDear(text);
  if (problem !== undefined) return problem;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  if (
    !isRecord(parsed) ||
    !/^https?:\/\/(www\.)?jsonfeed\.org\/version\//.test(String(parsed["version"]))
  ) {
    return "it is JSON, but no JSON Feed";
  }
  const { items } = parsed;
  if (!Array.isArray(items)) return "the JSON Feed has no items";
  const found: readonly unknown[] = items.slice(0, entriesReadMax);
  return found.map((item) => {
    if (!isRecord(item)) return undefined;
    const id = scalar(item["id"]);
    const link = scalar(item["url"]) ?? scalar(item["external_url"]);
    return entryOf({ id, link, date: scalar(item["date_published"]) }, base);
  });
}

/** Checked before parsing, because the parser has no bound of its own. */
function tooDear(text: string): string | undefined {
  let [depth, parts, isText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isText = !isText;
    else if (isText) at += character === "\\" ? 1 : 0;
    else if (character === "," || character === ":") parts++;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > depthMax) return `it is nested deeper than ${depthMax}`;
    if (parts > partsMax) return `it has more than ${partsMax} parts`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
