import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { Admission } from "#http/guard/admission.ts";
import { addressGroup } from "#http/guard/client-address.ts";
import { answerPlainly, endPlainly, jsonType } from "#http/guard/plain-answer.ts";
import type { PlainAnswer } from "#http/guard/plain-answer.ts";
import { v2 } from "./reseller/dialects/v2.ts";
import type { ResellerEndpoint } from "#http/reseller/endpoint/endpoint.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

export type HttpParts = {
  readonly admission: Admission;
  readonly reseller: ResellerEndpoint | undefined;
  /** Everything besides API v2 that this process serves. */
  readonly routes: Hono;
};

const timeouts = {
  keepAliveTimeout: 65_000,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5000,
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The HTTP server of a process. API v2 is answered by hand, straight from `node:http`: most
 * requests are for it, and a framework would cost a quarter of them. All other addresses go to
 * Hono. Every request passes the admission first. A refusal here is always in JSON: an API client
 * may be behind it.
 */
export function openHttpServer({ admission, reseller, routes }: HttpParts): Server {
  const { connections } = admission;
  const others = otherAddresses(admission, routes);
  const handle: Handler = (request, response) => {
    const notBegun = connections.begin(request, response);
    if (notBegun === "ignored") return;
    if (notBegun !== undefined) {
      answerPlainly(request, response, notBegun === "too_deep" ? tooDeep : busy);
      return;
    }
    const url = plainUrl(request);
    if (request.headers.host === undefined && request.httpVersionMinor > 0) {
      response.setHeader("Connection", "close");
      answerPlainly(request, response, unreadable(400));
    } else if (reseller === undefined || !isResellerAddress(url)) {
      others(request, response);
    } else if (request.method === "OPTIONS" || request.method === "TRACE") {
      answerPlainly(request, response, badMethod(request.method));
    } else {
      reseller(request, response);
    }
  };
  // A request without Host is answered here, like everything else.
  const server = createServer({ ...timeouts, requireHostHeader: false }, handle);
  connections.watch(server);
  // The reader of the body tells the client that it may send it.
  server.on("checkContinue", handle);
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader("Connection", "close");
    if (connections.begin(request, response) !== "ignored") {
      answerPlainly(request, response, unreadable(417));
    }
  });
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    if (socket instanceof Socket) endPlainly(socket, badMethod("CONNECT"));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!(socket instanceof Socket)) return;
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const said = unreadable(statusesOfErrors[error.code ?? ""] ?? 400);
    connections.afterAnswers(socket, () => endPlainly(socket, said));
  });
  return server;
}

/**
 * Pages and documents: each address has a number of requests a second; what exceeds it is answered
 * late.
 */
function otherAddresses({ limits, lateAnswers, addressOf }: Admission, routes: Hono): Handler {
  const toHono = getRequestListener(routes.fetch, {
    errorHandler: () =>
      Response.json({ error: unreadable(400).error }, { status: 400, headers: plainHeaders }),
  });
  return (request, response) => {
    const address = addressOf(request);
    const retryAfterSeconds = limits.countPage(address);
    if (retryAfterSeconds > 0) {
      const tell = () => answerPlainly(request, response, tooMany(retryAfterSeconds));
      const late = limits.isFewRefused(addressGroup(address)) ? undefined : lateAnswers.wait();
      if (late === undefined) tell();
      else void late.then(tell);
    } else if (request.url?.startsWith("/") !== true) {
      answerPlainly(request, response, { status: 404, code: "not_found", error: "Not found" });
    } else {
      // Load balancers check the health in HTTP/1.0, which need not name a host.
      request.headers.host ??= "localhost";
      if (request.headers.expect !== undefined) response.writeContinue();
      void toHono(request, response);
    }
  };
}

const plainHeaders = {
  "Content-Type": jsonType,
  "X-Error-Code": "request_unreadable",
  "Cache-Control": "no-store",
};

const say = (refusal: ResellerRefusal, status: number): PlainAnswer => ({
  status,
  code: refusal.code,
  error: v2.refusal(refusal),
});
const unreadable = (status: number) => say({ code: "request_unreadable" }, status);
const badMethod = (method: string): PlainAnswer => ({
  ...say({ code: "method_unsupported", method }, 405),
  headers: { Allow: "POST, GET" },
});
const tooMany = (retryAfterSeconds: number): PlainAnswer => ({
  ...say({ code: "rate_limited", retryAfterSeconds }, 429),
  headers: { "Retry-After": String(retryAfterSeconds) },
});
const tooDeep = tooMany(1);
const busy: PlainAnswer = {
  ...say({ code: "unavailable" }, 503),
  headers: { "Retry-After": "1" },
};

const statusesOfErrors: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The address without what some clients put before it: the whole URL, or an extra slash. */
function plainUrl(request: IncomingMessage): string {
  const url = request.url ?? "";
  if (url.startsWith("/") && !url.startsWith("//")) return url;
  const plain = url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/^\/+/, "/");
  if (plain.startsWith("/")) request.url = plain;
  return request.url ?? "";
}

/** `/api/v2`, with or without a trailing slash: a redirect would lose many clients' bodies. */
function isResellerAddress(url: string): boolean {
  if (!url.startsWith("/api/v2")) return false;
  const next = url.charAt(7);
  return next === "" || next === "?" || (next === "/" && (url.length === 8 || url[8] === "?"));
}
