import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { ResellerEndpoint } from "./reseller/endpoint.ts";

export type HttpParts = {
  readonly reseller: ResellerEndpoint | undefined;
  /** Everything else that this process serves. */
  readonly routes: Hono;
};

const keepAliveMs = 65_000;

/**
 * The server of a process. API v2 is answered by hand, straight from `node:http`: it is what most
 * requests are, and a framework costs a quarter of them. All other addresses go to Hono.
 */
export function openHttpServer(parts: HttpParts): Server {
  const others = getRequestListener(parts.routes.fetch);
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, requestTimeout: 60_000 },
    (request: IncomingMessage, response: ServerResponse) => {
      if (parts.reseller !== undefined && isResellerAddress(request.url ?? "")) {
        parts.reseller(request, response);
      } else {
        void others(request, response);
      }
    },
  );
  // What is no HTTP at all is answered in JSON as well, because an API client may be behind it.
  server.on("clientError", (_error, socket) => {
    if (!socket.writable) return;
    const body = '{"error":"Incorrect request"}';
    socket.end(
      "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=UTF-8\r\n" +
        "X-Error-Code: body_unreadable\r\n" +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  return server;
}

/** `/api/v2`, with or without a slash behind it: a redirect would lose the body of many clients. */
function isResellerAddress(url: string): boolean {
  if (!url.startsWith("/api/v2")) return false;
  const next = url.charAt(7);
  return next === "" || next === "?" || (next === "/" && (url.length === 8 || url[8] === "?"));
}
