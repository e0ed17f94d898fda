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
  /** How many bytes are read, as they come over the wire. */
  readonly bytesMax: number;
  /** Milliseconds until nothing more is waited for. */
  readonly timeoutMs: number;
};

/** `hasLeft` is false only where nothing of the request can have reached anybody. */
export type ExchangeOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Buffer;
    }
  | { readonly kind: "failed"; readonly hasLeft: boolean; readonly error: unknown };

/** The time was up. */
export class TimeIsUp extends Error {
  override name = "TimeIsUp";
}

/** The answer is larger than is read. */
export class AnswerTooLarge extends Error {
  override name = "AnswerTooLarge";
}

const connectTimeoutMs = 10_000;
// Shorter than what servers keep a silent connection open for, so that a request hardly ever meets
// its end.
const idleMs = 3_000;
const connectionsMax = 200;

const agents = new Map<boolean, Agent>();

/** Connections are pooled, apart for those that may lead inside. No proxy, no HTTP/2, no repeating. */
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
      // The connection stands, and nothing was written to it yet.
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
        },
        handler,
      );
    } catch (error) {
      fail(error);
    }
  });
}
