import { entriesMax, entryOf } from "./entry.ts";
import type { FeedEntry } from "./entry.ts";

/** The entries of a JSON Feed (1.0, 1.1), or why it is none. */
export function readJsonFeed(text: string, base: string): FeedEntry[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  if (
    !isRecord(parsed) ||
    !/^https?:\/\/jsonfeed\.org\/version\//.test(String(parsed["version"]))
  ) {
    return "it is JSON, but no JSON Feed";
  }
  const { items } = parsed;
  if (!Array.isArray(items)) return "the JSON Feed has no items";
  const found: readonly unknown[] = items.slice(0, entriesMax);
  return found.filter(isRecord).flatMap((item) => {
    const id = scalar(item["id"]);
    const link = scalar(item["url"]) ?? scalar(item["external_url"]);
    return entryOf({ id, link, date: scalar(item["date_published"]) }, base) ?? [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
