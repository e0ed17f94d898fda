import type { IncomingMessage, ServerResponse } from "node:http";
import { DatabaseBusy } from "#database/connection.ts";
import { BatchFull } from "#database/micro-batch.ts";
import type { ApiKey } from "#customers/api-key.ts";
import { OutcomeUnknown } from "#database/transaction.ts";
import { NotPlaced } from "#orders/order-batch.ts";
import type { BodyOrigin } from "#http/body-room.ts";
import { addressGroup, isInNetworks, parseNetwork } from "#http/client-address.ts";
import { endJson, jsonType } from "#http/plain-answer.ts";
import { refusedWith } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readApiKey, readCommand, wireNameOf } from "./command.ts";
import type { Command } from "./command.ts";
import { findDialect } from "./dialects/index.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { v2 } from "./dialects/v2.ts";
import { workOf } from "./command-turns.ts";
import { readFields } from "./fields.ts";
import { readBody } from "./read-body.ts";
import type { ResellerRefusal } from "./refusal.ts";
import type { ResellerDesk } from "./reseller-desk.ts";
import { storageText } from "./texts.ts";
import { runCommand } from "./run-command.ts";
import { headerText } from "./wire-text.ts";

const rereadsMax = 3;

export type ResellerEndpoint = (request: IncomingMessage, response: ServerResponse) => void;

/** One request on its way to its answer. */
type Visit = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  dialect: Dialect;
};

/** What a customer wants, and how much room the request takes. */
type Asked = {
  readonly keyText: string;
  readonly command: Command | undefined;
  readonly bodyBytes: number;
  /** Of its body while it is kept. */
  readonly heldBytes: number;
};

/** The one address of API v2: reads the request, finds the key, runs the command, writes JSON. */
export function openResellerEndpoint(desk: ResellerDesk): ResellerEndpoint {
  const { admission } = desk;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const dialect = findDialect(desk.settings().dialect) ?? v2;
    const visit: Visit = { request, response, dialect };
    if (await isStrangerUnread(desk, request)) return refuseStranger(desk, visit);
    const body = await readBody(request, response, admission.bodies, () => originOf(desk, request));
    if (!body.ok) return writeRefusal(visit, body.refusal);
    const { bytes, place } = body.value;
    try {
      const read = readFields(request, bytes);
      const fields = read instanceof Promise ? await read : read;
      if (!fields.ok) return writeRefusal(visit, fields.refusal);
      const keyText = readApiKey(fields.value) ?? "";
      const command = readCommand(fields.value, findHeader(request, "idempotency-key"));
      const remembered = rememberedKey(desk, keyText, command);
      const key = remembered ?? (await findKey(desk, visit, keyText));
      if (key === undefined) return await refuseStranger(desk, visit);
      const heldBytes = place?.bytes ?? 0;
      const asked = { keyText, command, bodyBytes: bytes.length, heldBytes };
      await answerCustomer(desk, visit, key, asked);
    } finally {
      place?.release();
    }
  };

  return (request, response) => {
    answer(request, response).catch((error: unknown) => fail(desk, request, response, error));
  };
}

async function answerCustomer(
  desk: ResellerDesk,
  visit: Visit,
  found: ApiKey,
  asked: Asked,
): Promise<void> {
  const { customers, connections, limits, settings } = desk.admission;
  const { customer_requests_max: requestsMax, requests_max, body_megabytes_max } = settings();
  const max = { requestsMax, totalMax: requests_max, bytesMax: (body_megabytes_max << 20) / 3 };
  connections.prove(visit.request.socket);
  let tooMuch: Answer;
  if (customers.enter(found.accountId, asked.heldBytes, max)) {
    try {
      let key: ApiKey | undefined = found;
      for (let rereads = 0; ; rereads++) {
        if (key === undefined) return await refuseStranger(desk, visit);
        if (key.dialect !== undefined) visit.dialect = findDialect(key.dialect) ?? visit.dialect;
        const result = await decide(desk, visit, key, asked);
        if (result.kind !== "refused" || isSettled(result.refusal) || rereads === rereadsMax) {
          return writeAnswer(desk, visit, key, result);
        }
        if (result.refusal.code === "rate_limited" && !limits.isFewRefused(key.id)) {
          tooMuch = result;
          break;
        }
        // A refusal may rest on what was remembered of the key: it stands if the key still is the same.
        const fresh = await desk.keys.read(asked.keyText);
        const isOutdated = result.refusal.code === "key_dead" || !isSameKey(fresh, key);
        if (!isOutdated) return writeAnswer(desk, visit, key, result);
        key = fresh;
      }
    } finally {
      customers.leave(found.accountId, asked.heldBytes);
    }
  } else {
    tooMuch = refusedWith({ code: "rate_limited", retryAfterSeconds: 1 });
    if (limits.isFewRefused(found.id)) return write(visit, tooMuch);
  }
  await waitToRefuse(desk, visit);
  // So that the next request finds a limit that was lifted.
  await desk.keys.read(asked.keyText);
  write(visit, tooMuch);
}

/** A wrong key counts against its address; once too many, that is what is said, and late. */
async function refuseStranger(desk: ResellerDesk, visit: Visit): Promise<void> {
  const { addressOf, connections, limits, strangers, settings } = desk.admission;
  const address = addressOf(visit.request);
  const refusal = countRefused(desk, address, { code: "key_unknown" });
  const group = addressGroup(address);
  if (refusal.code === "rate_limited" && !limits.isFewRefused(group)) {
    const { address_requests_max: requestsMax, requests_max } = settings();
    if (strangers.enter(group, 0, { requestsMax, totalMax: requests_max / 2 })) {
      await waitToRefuse(desk, visit).finally(() => strangers.leave(group, 0));
    } else connections.endWith(visit.request, visit.response);
  }
  write(visit, refusedWith(refusal));
}

/** Where even that would be too much, the connection ends with the refusal. */
async function waitToRefuse(desk: ResellerDesk, { request, response }: Visit): Promise<void> {
  const late = desk.admission.lateAnswers.wait();
  if (late === undefined) desk.admission.connections.endWith(request, response);
  else await late;
}

/**
 * True where the query string has a key that is nobody's, from an address that has sent too many of
 * those: the body is not read then.
 */
async function isStrangerUnread(desk: ResellerDesk, request: IncomingMessage): Promise<boolean> {
  const { addressOf, limits } = desk.admission;
  if (request.url?.includes("?") !== true || !limits.isBlocked(addressOf(request))) return false;
  const fields = await readFields(request, Buffer.alloc(0));
  const keyText = fields.ok ? readApiKey(fields.value) : undefined;
  if (keyText === undefined || desk.keys.isKnown(keyText)) return false;
  return !(await desk.keys.isKnownByNow(keyText));
}

function originOf(desk: ResellerDesk, request: IncomingMessage): BodyOrigin {
  const address = desk.admission.addressOf(request);
  return {
    addressGroup: addressGroup(address),
    isBlocked: desk.admission.limits.isBlocked(address),
  };
}

// Passes promises on as they are: every `async` in between would cost a look-up a few turns of the queue.
function decide(
  desk: ResellerDesk,
  visit: Visit,
  key: ApiKey,
  { command, bodyBytes }: Asked,
): Promise<Answer> | Answer {
  if (key.ipAllow.length > 0) {
    const address = desk.admission.addressOf(visit.request);
    if (!isAllowedFrom(key, address)) {
      return refusedWith(countRefused(desk, address, { code: "address_not_allowed" }));
    }
  }
  const retryAfterSeconds = desk.admission.limits.countKey(key, workOf(command, bodyBytes));
  if (retryAfterSeconds > 0) return refusedWith({ code: "rate_limited", retryAfterSeconds });
  if (!key.isCustomerActive) return refusedWith({ code: "customer_inactive" });
  if (command === undefined) return refusedWith({ code: "action_unknown" });
  const isGone = () => visit.response.destroyed;
  const run = () => runCommand({ desk, key, dialect: visit.dialect, isGone }, command);
  const line = desk.turns.lineOf(command);
  if (line === undefined) return run();
  return line.take(key.accountId, async () => {
    // Whoever hung up while it waited is not waited for.
    if (isGone()) throw new BatchFull();
    return run();
  });
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

/**
 * The key as it is now. A stranger's from an address that sent too many wrong ones is looked for
 * among all keys that this process knows of, so that it costs no query.
 */
async function findKey(
  desk: ResellerDesk,
  { request, response }: Visit,
  keyText: string,
): Promise<ApiKey | undefined> {
  const { keys, admission } = desk;
  if (keyText === "") return undefined;
  if (keys.isKnown(keyText)) return keys.read(keyText);
  const address = admission.addressOf(request);
  const group = addressGroup(address);
  const { address_requests_max: requestsMax, requests_max } = admission.settings();
  if (!admission.strangers.enter(group, 0, { requestsMax, totalMax: requests_max / 2 })) {
    admission.connections.endWith(request, response);
    throw new BatchFull();
  }
  try {
    if (admission.limits.isBlocked(address) && !(await keys.isKnownByNow(keyText))) {
      return undefined;
    }
    return await keys.read(keyText);
  } finally {
    admission.strangers.leave(group, 0);
  }
}

function isAllowedFrom(key: ApiKey, address: string): boolean {
  if (key.ipAllow.length === 0) return true;
  const networks = key.ipAllow.map(parseNetwork).filter((network) => network !== undefined);
  return isInNetworks(address, networks);
}

function countRefused(
  desk: ResellerDesk,
  address: string,
  refusal: ResellerRefusal,
): ResellerRefusal {
  const retryAfterSeconds = desk.admission.limits.countFailedKey(address);
  return retryAfterSeconds > 0 ? { code: "rate_limited", retryAfterSeconds } : refusal;
}

function findHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? headerText(value) : undefined;
}

const largeAnswer = 16 * 1024;

/** What is long counts among the customer's bytes until it is sent: some read slowly. */
function writeAnswer(desk: ResellerDesk, visit: Visit, key: ApiKey, answer: Answer): void {
  if (answer.kind === "json" && answer.text.length > largeAnswer) {
    const { customers, connections } = desk.admission;
    const { length } = answer.text;
    customers.grow(key.accountId, length);
    connections.afterClose(visit.request, visit.response, () =>
      customers.grow(key.accountId, -length),
    );
  }
  write(visit, answer);
}

function writeRefusal(visit: Visit, refusal: ResellerRefusal): void {
  // The rest of a body that is too large is not read: the connection ends with the answer.
  if (refusal.code === "body_too_large") visit.response.setHeader("Connection", "close");
  write(visit, refusedWith(refusal));
}

function write({ request, response, dialect }: Visit, answer: Answer): void {
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
  // A body without a length may go on for ever: its connection ends with the answer.
  if (!request.complete && request.headers["content-length"] === undefined) {
    response.setHeader("Connection", "close");
  }
  endJson(request, response, 503, JSON.stringify({ error: sentence }));
}
