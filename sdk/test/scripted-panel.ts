import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { openPanel } from "panelwright-sdk";
import type { Panel, PanelOptions } from "panelwright-sdk";

/** What a scripted panel does with a request. */
export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Headers }
  | { readonly text: string; readonly status?: number; readonly headers?: Headers }
  /** Takes the request and cuts the connection; `half`: in the middle of the answer. */
  | "cut"
  | "half"
  /** Takes the request and never answers. */
  | "silence";

type Headers = Readonly<Record<string, string>>;

export type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly fields: Readonly<Record<string, string>>;
};

/** A panel of somebody else, on a real socket. */
export type ScriptedPanel = {
  readonly url: string;
  /** The requests so far, without those for its OpenAPI document. */
  readonly asked: readonly Asked[];
  /** A client of it that loses no time. */
  client(options?: Partial<PanelOptions>): Panel;
  close(): Promise<void>;
};

const openPanels: ScriptedPanel[] = [];
afterEach(async () => {
  for (const panel of openPanels.splice(0)) await panel.close();
});

/**
 * Answers each request by `script`, until the test ends. `openapi` is its document, if it has
 * one.
 */
export async function scriptedPanel(
  script: (asked: Asked, count: number) => Reply | Promise<Reply>,
  openapi?: unknown,
): Promise<ScriptedPanel> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const path = request.url ?? "";
    if (path === "/openapi.json") {
      send(
        request,
        response,
        openapi === undefined ? { text: "", status: 404 } : { json: openapi },
      );
      return;
    }
    asked.push({ path, headers: request.headers, fields });
    const last = asked.at(-1);
    if (last !== undefined) send(request, response, await script(last, asked.length));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/v2`;

  const panel: ScriptedPanel = {
    url,
    asked,
    client: (options = {}) => openPanel({ url, key: "k".repeat(32), backoffMs: 1, ...options }),
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  openPanels.push(panel);
  return panel;
}

/** A panel that gives the same JSON to every request of an action. */
export function answering(answers: Readonly<Record<string, unknown>>): Promise<ScriptedPanel> {
  return scriptedPanel(({ fields }) => {
    const answer = answers[fields["action"] ?? ""];
    return { json: answer === undefined ? { error: "Incorrect request" } : answer };
  });
}

/** The fields of a request, for those who stand in for `fetch`. */
export function fieldsIn(init: RequestInit | undefined): Readonly<Record<string, string>> {
  const body = typeof init?.body === "string" ? init.body : "";
  return Object.fromEntries(new URLSearchParams(body));
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply === "silence") return;
  if (reply === "cut") {
    request.socket.destroy();
    return;
  }
  if (reply === "half") {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 1000 });
    response.write('{"order":', () => request.socket.destroy());
    return;
  }
  const isJson = "json" in reply;
  response.writeHead(reply.status ?? 200, {
    "Content-Type": isJson ? "application/json" : "text/html",
    ...reply.headers,
  });
  response.end(isJson ? JSON.stringify(reply.json) : reply.text);
}
