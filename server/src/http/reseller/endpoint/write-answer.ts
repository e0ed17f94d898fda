import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiKey } from "#customers/api-key.ts";
import { endJson, jsonType } from "#http/guard/plain-answer.ts";
import { refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import type { ResellerContext } from "#http/reseller/reseller-context.ts";
import type { Visit } from "./visit.ts";
import { headerText } from "#http/reseller/request/wire-text.ts";

const largeAnswer = 16 * 1024;

/**
 * Writes an answer. A long one counts among the customer's bytes until it is sent: some clients
 * read slowly.
 */
export function writeAnswer(
  context: ResellerContext,
  visit: Visit,
  key: ApiKey,
  answer: Answer,
): void {
  if (answer.kind === "json" && answer.text.length > largeAnswer) {
    const { customers, connections } = context.admission;
    const { length } = answer.text;
    customers.grow(key.accountId, length);
    connections.afterClose(visit.request, visit.response, () =>
      customers.grow(key.accountId, -length),
    );
  }
  write(visit, answer);
}

export function writeRefusal(visit: Visit, refusal: ResellerRefusal): void {
  write(visit, refusedWith(refusal));
}

export function write({ request, response, dialect }: Visit, answer: Answer): void {
  switch (answer.kind) {
    case "json":
      endJson(request, response, 200, answer.text);
      return;
    case "refused": {
      const { refusal } = answer;
      response.setHeader("X-Error-Code", refusal.code);
      if ("field" in refusal) response.setHeader("X-Error-Field", wireNameOf(refusal.field));
      if (refusal.code === "rate_limited") {
        response.setHeader("Retry-After", String(refusal.retryAfterSeconds));
      }
      const status = refusal.code === "rate_limited" ? 429 : 200;
      endJson(request, response, status, JSON.stringify({ error: dialect.refusal(refusal) }));
      return;
    }
    case "list":
      void writeList(request, response, answer.list).catch(() => response.destroy());
  }
}

async function writeList(
  request: IncomingMessage,
  response: ServerResponse,
  list: Extract<Answer, { kind: "list" }>["list"],
): Promise<void> {
  const headers = {
    "Content-Type": jsonType,
    // The caller may cache it, but nobody in between.
    "Cache-Control": "private, no-cache",
    ETag: list.etag,
    Vary: "Accept-Encoding",
  };
  if (matchesEtag(request, list.etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  if (/\bgzip\b/.test(findHeader(request, "accept-encoding") ?? "")) {
    const compressed = await list.compressed();
    response.writeHead(200, {
      ...headers,
      "Content-Encoding": "gzip",
      "Content-Length": compressed.length,
    });
    response.end(compressed);
    return;
  }
  response.writeHead(200, { ...headers, "Content-Length": list.bytes });
  const [only, ...others] = list.pieces;
  if (others.length === 0) {
    response.end(only);
    return;
  }
  response.cork();
  for (const piece of list.pieces) response.write(piece);
  response.end();
  response.uncork();
}

function matchesEtag(request: IncomingMessage, etag: string): boolean {
  const sent = findHeader(request, "if-none-match");
  if (sent === undefined) return false;
  return sent
    .split(",")
    .some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");
}

/** A header as text; `undefined` where it is empty or was not sent. */
export function findHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? headerText(value) : undefined;
}
