import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A scripted provider's answer: a body, an object for JSON, or whatever a function does itself. */
export type Said =
  | string
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | ((request: IncomingMessage, response: ServerResponse, fields: URLSearchParams) => void);

/** A server that gives its scripted answers, one request after the other. */
export type WireProvider = {
  readonly url: string;
  /** The requests so far: method, path with query, headers, body. */
  readonly asked: readonly Asked[];
  /** Sets the answers from now on. The last of several repeats. */
  says(...answers: Said[]): void;
  close(): Promise<void>;
};

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  readonly fields: Readonly<Record<string, string>>;
};

/** Starts a provider on a free port on loopback. */
export async function startWireProvider(): Promise<WireProvider> {
  let answers: Said[] = [];
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const url = request.url ?? "";
      const fields = new URLSearchParams(request.method === "GET" ? url.split("?")[1] : body);
      asked.push({
        method: request.method ?? "",
        url,
        contentType: request.headers["content-type"] ?? "",
        body,
        fields: Object.fromEntries(fields),
      });
      const said = answers.length > 1 ? answers.shift() : answers[0];
      if (typeof said === "function") return said(request, response, fields);
      const answer = typeof said === "object" ? said : { body: said ?? "" };
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200, answer.headers).end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`,
    asked,
    says: (...next) => {
      answers = next;
      asked.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
