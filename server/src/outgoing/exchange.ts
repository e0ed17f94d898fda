import { Agent } from "undici";
import type { Dispatcher } from "undici";
import { lookupPublic } from "./public-address.ts";

/** One request to one address, without redirects. */
export type Exchange = {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly isPrivate: boolean;
  /** How many bytes are read at most, as they come over the wire. */
  readonly bytesMax: number;
  /** How many milliseconds to wait for the whole answer. */
  readonly timeoutMs: number;
  /** True: nothing else is sent over its connection afterwards. */
  readonly isAlone: boolean;
};

/** `hasLeft` is false only where no part of the request can have reached anybody. */
export type ExchangeOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Buffer;
    }
  | { readonly kind: "failed"; readonly hasLeft: boolean; readonly error: unknown };

/** The time limit was reached. */
export class TimeIsUp extends Error {
  override name = "TimeIsUp";
}

/** The answer is larger than the limit. */
export class AnswerTooLarge extends Error {
  override name = "AnswerTooLarge";
}

const connectTimeoutMs = 10_000;
// Shorter than the time for which servers keep an idle connection open, so that a request rarely
// meets its end.
const idleMs = 3_000;
const connectionsMax = 200;

const agents = new Map<boolean, Agent>();

/**
 * Pools connections, separately for those that may lead to private networks. No proxy, no HTTP/2,
 * no retries.
 */
function agentFor(isPrivate: boolean): Agent {
  const known = agents.get(isPrivate);
  if (known !== undefined) return known;
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    connections: connectionsMax,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: connectTimeoutMs,
      rejectUnauthorized: true,
      ...(isPrivate ? {} : { lookup: lookupPublic }),
    },
  });
  agents.set(isPrivate, agent);
  return agent;
}

/** Sends one request and reads its whole answer. Never throws. */
export function exchange(request: Exchange): Promise<ExchangeOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    let status = 0;
    let headers: Readonly<Record<string, string | string[] | undefined>> = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const end = (outcome: ExchangeOutcome) => {
      isOver = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const fail = (error: unknown) => {
      if (!isOver) end({ kind: "failed", hasLeft: controller !== undefined, error });
    };
    const cutOff = (error: Error) => {
      fail(error);
      controller?.abort(error);
    };
    const timer = setTimeout(() => cutOff(new TimeIsUp()), request.timeoutMs);

    const handler: Dispatcher.DispatchHandler = {
      // The connection stands, and nothing has been written to it yet.
      onRequestStart(started) {
        if (isOver) throw new TimeIsUp();
        controller = started;
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(_controller, chunk) {
        size += chunk.length;
        if (size > request.bytesMax) cutOff(new AnswerTooLarge());
        else if (!isOver) chunks.push(chunk);
      },
      onResponseEnd() {
        if (!isOver) end({ kind: "answered", status, headers, body: Buffer.concat(chunks) });
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    try {
      agentFor(request.isPrivate).dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname + request.url.search,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          reset: request.isAlone,
        },
        handler,
      );
    } catch (error) {
      fail(error);
    }
  });
}
