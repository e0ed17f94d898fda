import type { IncomingMessage, ServerResponse } from "node:http";
import { DatabaseBusy } from "#database/connection.ts";
import { BatchFull } from "#database/micro-batch.ts";
import type { ApiKey } from "#customers/api-key.ts";
import { OutcomeUnknown } from "#database/transaction.ts";
import { NotPlaced } from "#orders/not-placed.ts";
import { giveBack } from "#http/guard/body-room.ts";
import { isInNetworks, parseNetwork } from "#values/network.ts";
import { endJson } from "#http/guard/plain-answer.ts";
import { refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { readApiKey, readCommand } from "./read-command.ts";
import type { Command } from "#http/reseller/request/command.ts";
import { findDialect } from "#http/reseller/dialects/index.ts";
import { v2 } from "#http/reseller/dialects/v2.ts";
import { workOf } from "#http/reseller/command-limiters.ts";
import { readFields } from "#http/reseller/request/fields.ts";
import { largeBodyBytes, turnAway } from "./large-body.ts";
import { readBody } from "#http/reseller/request/read-body.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import type { ResellerContext } from "#http/reseller/reseller-context.ts";
import { storageText } from "#http/reseller/refusals/texts.ts";
import { runCommand } from "./run-command.ts";
import {
  countRefused,
  findStrangersKey,
  isStrangerUnread,
  mayBeStranger,
  originOf,
  refuseStranger,
  waitToRefuse,
} from "./strangers.ts";
import type { Visit } from "./visit.ts";
import { findHeader, write, writeAnswer, writeRefusal } from "./write-answer.ts";

const rereadsMax = 3;

export type ResellerEndpoint = (request: IncomingMessage, response: ServerResponse) => void;

/** What a customer wants, and how much room the request takes. */
type Asked = {
  readonly keyText: string;
  readonly command: Command | undefined;
  /** The bytes of its body, while that is kept. */
  readonly heldBytes: number;
};

/** The one address of API v2: reads the request, finds the key, runs the command, writes JSON. */
export function openResellerEndpoint(context: ResellerContext): ResellerEndpoint {
  const { admission } = context;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const dialect = findDialect(context.settings().dialect) ?? v2;
    const visit: Visit = { request, response, dialect };
    if (mayBeStranger(context, request) && (await isStrangerUnread(context, request))) {
      return refuseStranger(context, visit);
    }
    const body = await readBody(request, response, admission.bodies, () =>
      originOf(context, request),
    );
    if (!body.ok) return writeRefusal(visit, body.refusal);
    const { bytes, place } = body.value;
    try {
      if (bytes.length > largeBodyBytes) {
        const refuse = await turnAway(context, visit, bytes);
        if (refuse !== undefined) return refuse();
      }
      const read = readFields(request, bytes);
      const fields = read instanceof Promise ? await read : read;
      if (!fields.ok) return writeRefusal(visit, fields.refusal);
      const keyText = readApiKey(fields.value) ?? "";
      const command = readCommand(fields.value, findHeader(request, "idempotency-key"));
      const remembered = rememberedKey(context, keyText, command);
      const key = remembered ?? (await findStrangersKey(context, visit, keyText));
      // Not awaited here, so that its body is not kept while a refusal waits.
      if (key === undefined) return refuseStranger(context, visit);
      const heldBytes = place?.bytes ?? 0;
      const asked = { keyText, command, heldBytes };
      await answerCustomer(context, visit, key, asked);
    } finally {
      if (place !== undefined) {
        place.release();
        giveBack(bytes);
      }
    }
  };

  return (request, response) => {
    answer(request, response).catch((error: unknown) => fail(context, request, response, error));
  };
}

async function answerCustomer(
  context: ResellerContext,
  visit: Visit,
  found: ApiKey,
  asked: Asked,
): Promise<void> {
  const { customers, connections, limits, settings } = context.admission;
  const { customer_requests_max: requestsMax, requests_max, body_megabytes_max } = settings();
  const max = { requestsMax, totalMax: requests_max, bytesMax: (body_megabytes_max << 20) / 3 };
  connections.prove(visit.request.socket);
  let tooMuch: Answer;
  if (customers.enter(found.accountId, asked.heldBytes, max)) {
    try {
      let key: ApiKey | undefined = found;
      for (let rereads = 0; ; rereads++) {
        if (key === undefined) return await refuseStranger(context, visit);
        if (key.dialect !== undefined) visit.dialect = findDialect(key.dialect) ?? visit.dialect;
        const result = await decide(context, visit, key, asked);
        if (result.kind !== "refused" || isSettled(result.refusal) || rereads === rereadsMax) {
          return writeAnswer(context, visit, key, result);
        }
        if (result.refusal.code === "rate_limited" && !limits.isFewRefused(key.id)) {
          tooMuch = result;
          break;
        }
        // A refusal may rest on what was remembered of the key: it stands only if the key is
        // unchanged.
        const fresh = await context.keys.read(asked.keyText);
        const isOutdated = result.refusal.code === "key_dead" || !isSameKey(fresh, key);
        if (!isOutdated) return writeAnswer(context, visit, key, result);
        key = fresh;
      }
    } finally {
      customers.leave(found.accountId, asked.heldBytes);
    }
  } else {
    tooMuch = refusedWith({ code: "rate_limited", retryAfterSeconds: 1 });
    if (limits.isFewRefused(found.id)) return write(visit, tooMuch);
  }
  await waitToRefuse(context, visit);
  // So that the next request finds a limit that was lifted.
  await context.keys.read(asked.keyText);
  write(visit, tooMuch);
}

// Passes promises on as they are: every `async` in between would cost a look-up several turns of
// the queue.
function decide(
  context: ResellerContext,
  visit: Visit,
  key: ApiKey,
  { command }: Asked,
): Promise<Answer> | Answer {
  if (key.ipAllow.length > 0) {
    const address = context.admission.addressOf(visit.request);
    if (!isAllowedFrom(key, address)) {
      return refusedWith(countRefused(context, address, { code: "address_not_allowed" }));
    }
  }
  const retryAfterSeconds = context.admission.limits.countKey(key, workOf(command));
  if (retryAfterSeconds > 0) return refusedWith({ code: "rate_limited", retryAfterSeconds });
  if (!key.isCustomerActive) return refusedWith({ code: "customer_inactive" });
  if (command === undefined) return refusedWith({ code: "action_unknown" });
  const isGone = () => visit.response.destroyed;
  const run = () => runCommand({ context, key, dialect: visit.dialect, isGone }, command);
  const limiter = context.limiters.of(command);
  if (limiter === undefined) return run();
  return limiter.run(key.accountId, async () => {
    // A client that hung up while it waited is not served.
    if (isGone()) throw new BatchFull();
    return run();
  });
}

/** True where the statement that refused has itself checked the key at the same moment. */
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
 * The key as this process remembers it, for the hot commands: their own statement checks at the
 * same moment whether it is still current.
 */
function rememberedKey(
  context: ResellerContext,
  keyText: string,
  command: Command | undefined,
): ApiKey | undefined {
  return command !== undefined && hotCommands.has(command.kind)
    ? context.keys.remembered(keyText)
    : undefined;
}

const hotCommands: ReadonlySet<Command["kind"]> = new Set([
  "place_order",
  "order_state",
  "order_states",
  "balance",
]);

function isAllowedFrom(key: ApiKey, address: string): boolean {
  if (key.ipAllow.length === 0) return true;
  const networks = key.ipAllow.map(parseNetwork).filter((network) => network !== undefined);
  return isInNetworks(address, networks);
}

/**
 * Handles failures that are not refusals. Where something may or may not have been done, no answer
 * is given, because either answer could be false: the connection is closed and the client asks
 * again.
 */
function fail(
  context: ResellerContext,
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
  context.storage.note(error);
  if (!isBusy) context.ctx.log.error({ error }, "reseller request failed");
  response.setHeader("Retry-After", "1");
  response.setHeader("X-Error-Code", "unavailable");
  const isStored = context.storage.problem() === undefined;
  const sentence = isStored ? v2.refusal({ code: "unavailable" }) : storageText;
  endJson(request, response, 503, JSON.stringify({ error: sentence }));
}
