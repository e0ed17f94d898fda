import type { IncomingMessage, ServerResponse } from "node:http";
import { DatabaseBusy } from "#database/connection.ts";
import { BatchFull } from "#database/micro-batch.ts";
import type { ApiKey } from "#customers/api-key.ts";
import { OutcomeUnknown } from "#database/transaction.ts";
import { NotPlaced } from "#orders/order-batch.ts";
import type { RetryAfterSeconds } from "#http/limits.ts";
import { clientAddress, isInNetworks, parseNetwork } from "#http/client-address.ts";
import { refusedWith } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { readApiKey, readCommand, wireNameOf } from "./command.ts";
import type { Command } from "./command.ts";
import { findDialect } from "./dialects/index.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { v2 } from "./dialects/v2.ts";
import { readFields } from "./fields.ts";
import type { ResellerRefusal } from "./refusal.ts";
import type { ResellerDesk } from "./reseller-desk.ts";
import { storageText } from "./texts.ts";
import { runCommand } from "./run-command.ts";
import { headerText } from "./wire-text.ts";

// Clients compare this text letter by letter: `charset=utf-8` breaks a published one.
const contentType = "application/json; charset=UTF-8";
const rereadsMax = 3;

export type ResellerEndpoint = (request: IncomingMessage, response: ServerResponse) => void;

/** The one address of API v2: reads the request, finds the key, runs the command, writes JSON. */
export function openResellerEndpoint(
  desk: ResellerDesk,
  trustedProxies: readonly NonNullable<ReturnType<typeof parseNetwork>>[],
): ResellerEndpoint {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const fields = await readFields(request);
    let dialect = findDialect(desk.settings().dialect) ?? v2;
    if (!fields.ok) {
      // The rest of a body that is too large is not read: the connection ends with the answer.
      if (fields.refusal.code === "body_too_large") response.setHeader("Connection", "close");
      return write(request, response, dialect, refusedWith(fields.refusal));
    }
    const address = clientAddress(request, trustedProxies);
    const isGone = () => response.destroyed;
    const keyText = readApiKey(fields.value) ?? "";
    const command = readCommand(fields.value, findHeader(request, "idempotency-key"));
    let key = rememberedKey(desk, keyText, command) ?? (await findKey(desk, keyText));
    for (let rereads = 0; key !== undefined; rereads++) {
      if (key.dialect !== undefined) dialect = findDialect(key.dialect) ?? dialect;
      const result = await decide(desk, key, address, dialect, command, isGone);
      if (result.kind !== "refused" || isSettled(result.refusal) || rereads === rereadsMax) {
        return write(request, response, dialect, result);
      }
      // A refusal may rest on what was remembered of the key: it stands if the key still is the same.
      const fresh = await desk.keys.read(keyText);
      const isOutdated = result.refusal.code === "key_dead" || !isSameKey(fresh, key);
      if (!isOutdated) return write(request, response, dialect, result);
      key = fresh;
    }
    const refusal = await countRefused(desk, address, { code: "key_unknown" });
    return write(request, response, dialect, refusedWith(refusal));
  };

  return (request, response) => {
    answer(request, response).catch((error: unknown) => fail(desk, request, response, error));
  };
}

// Passes promises on as they are: every `async` in between would cost a look-up a few turns of the queue.
function decide(
  desk: ResellerDesk,
  key: ApiKey,
  address: string,
  dialect: Dialect,
  command: Command | undefined,
  isGone: () => boolean,
): Promise<Answer> | Answer {
  if (!isAllowedFrom(key, address)) {
    return countRefused(desk, address, { code: "address_not_allowed" }).then(refusedWith);
  }
  const run = (retryAfterSeconds: RetryAfterSeconds) =>
    runWithin({ desk, key, dialect, isGone }, command, retryAfterSeconds);
  const limited = desk.limits.countKey(key);
  return typeof limited === "number" ? run(limited) : limited.then(run);
}

function runWithin(
  call: Call,
  command: Command | undefined,
  retryAfterSeconds: RetryAfterSeconds,
): Promise<Answer> | Answer {
  if (retryAfterSeconds > 0) return refusedWith({ code: "rate_limited", retryAfterSeconds });
  if (!call.key.isCustomerActive) return refusedWith({ code: "customer_inactive" });
  if (command === undefined) return refusedWith({ code: "action_unknown" });
  return runCommand(call, command);
}

/** True where the statement that refused has looked at the key itself, in the same breath. */
function isSettled(refusal: ResellerRefusal): boolean {
  return refusal.code === "insufficient_funds";
}

function isSameKey(fresh: ApiKey | undefined, known: ApiKey): boolean {
  return (
    fresh !== undefined &&
    fresh.version === known.version &&
    fresh.isCustomerActive === known.isCustomerActive
  );
}

/**
 * The key as this process remembers it, for the hot commands: their own statement checks in the same
 * breath whether it still is so.
 */
function rememberedKey(
  desk: ResellerDesk,
  keyText: string,
  command: Command | undefined,
): ApiKey | undefined {
  return command !== undefined && hotCommands.has(command.kind)
    ? desk.keys.remembered(keyText)
    : undefined;
}

const hotCommands: ReadonlySet<Command["kind"]> = new Set([
  "place_order",
  "order_state",
  "order_states",
  "balance",
]);

/** The key as it is now. */
async function findKey(desk: ResellerDesk, keyText: string): Promise<ApiKey | undefined> {
  return keyText === "" ? undefined : desk.keys.read(keyText);
}

function isAllowedFrom(key: ApiKey, address: string): boolean {
  if (key.ipAllow.length === 0) return true;
  const networks = key.ipAllow.map(parseNetwork).filter((network) => network !== undefined);
  return isInNetworks(address, networks);
}

/** A wrong key counts against its address; once too many, that is what is said. */
async function countRefused(
  desk: ResellerDesk,
  address: string,
  refusal: ResellerRefusal,
): Promise<ResellerRefusal> {
  const retryAfterSeconds = await desk.limits.countFailedKey(address);
  return retryAfterSeconds > 0 ? { code: "rate_limited", retryAfterSeconds } : refusal;
}

function findHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? headerText(value) : undefined;
}

function write(
  request: IncomingMessage,
  response: ServerResponse,
  dialect: Dialect,
  answer: Answer,
): void {
  switch (answer.kind) {
    case "json":
      writeText(response, 200, answer.text);
      return;
    case "refused": {
      const { refusal } = answer;
      response.setHeader("X-Error-Code", refusal.code);
      if ("field" in refusal) response.setHeader("X-Error-Field", wireNameOf(refusal.field));
      if (refusal.code === "rate_limited") {
        response.setHeader("Retry-After", String(refusal.retryAfterSeconds));
      }
      const status = refusal.code === "rate_limited" ? 429 : 200;
      writeText(response, status, JSON.stringify({ error: dialect.refusal(refusal) }));
      return;
    }
    case "list":
      void writeList(request, response, answer.list).catch(() => response.destroy());
  }
}

function writeText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  response.end(text);
}

async function writeList(
  request: IncomingMessage,
  response: ServerResponse,
  list: Extract<Answer, { kind: "list" }>["list"],
): Promise<void> {
  const headers = {
    "Content-Type": contentType,
    // The caller may keep it, nobody in between.
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

/**
 * What is no refusal. Where something may or may not have been done nothing is answered, because
 * either answer could be false: the connection is closed and the client asks again.
 */
function fail(
  desk: ResellerDesk,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  // The client hung up in the middle: nobody is left to answer, and nothing went wrong here.
  if (request.destroyed && !request.complete) return;
  if (error instanceof OutcomeUnknown || response.headersSent) {
    response.destroy();
    return;
  }
  const isBusy =
    error instanceof BatchFull || error instanceof NotPlaced || error instanceof DatabaseBusy;
  desk.storage.note(error);
  if (!isBusy) desk.ctx.log.error({ error }, "reseller request failed");
  response.setHeader("Retry-After", "1");
  response.setHeader("X-Error-Code", "unavailable");
  const isStored = desk.storage.problem() === undefined;
  const sentence = isStored ? v2.refusal({ code: "unavailable" }) : storageText;
  writeText(response, 503, JSON.stringify({ error: sentence }));
}
