import { isRecord, parseAnswer, pick } from "./json.ts";
import { pause } from "./pause.ts";

/**
 * Asks a panel for its OpenAPI document and looks whether each request of the action has a field
 * `request_id`: Panelwright describes itself so, and whoever does promises to honour it. A panel
 * without such a document is one that does not. Settled answers are remembered; `undefined` is a
 * panel that could not be asked.
 */
export function openRequestIdCheck(
  url: string,
  fetchIt: typeof globalThis.fetch,
  { retries, backoffMs, timeoutMs }: RequestIdCheckTerms,
): (action: string) => Promise<boolean | undefined> {
  let known: unknown;
  let isKnown = false;

  return async (action) => {
    for (let tries = 0; !isKnown && tries <= retries; tries++) {
      if (tries > 0) await pause(backoffMs * 2 ** (tries - 1), undefined);
      try {
        const response = await fetchIt(new URL("/openapi.json", url).href, {
          headers: { Accept: "application/json" },
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        if (response.status >= 500 || response.status === 429) continue;
        known = response.status === 200 ? parseAnswer(text) : undefined;
        isKnown = true;
      } catch {
        // Asked again, or not known.
      }
    }
    return isKnown ? promisesRequestId(known, url, action) : undefined;
  };
}

export type RequestIdCheckTerms = {
  readonly retries: number;
  readonly backoffMs: number;
  readonly timeoutMs: number;
};

function promisesRequestId(document: unknown, url: string, action: string): boolean {
  const path = new URL(url).pathname.replace(/\/$/, "");
  if (recordAt(document, "paths", path, "post") === undefined) return false;
  const schemas = Object.values(recordAt(document, "components", "schemas") ?? {});
  const requests = schemas
    .map((schema) => recordAt(schema, "properties"))
    .filter((properties) => recordAt(properties, "action")?.["const"] === action);
  return requests.length > 0 && requests.every((one) => recordAt(one, "request_id") !== undefined);
}

function recordAt(value: unknown, ...path: readonly string[]) {
  let found = value;
  for (const name of path) found = isRecord(found) ? pick(found, name) : undefined;
  return isRecord(found) ? found : undefined;
}
