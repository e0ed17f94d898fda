import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";

/** A request as it came. */
export type Received = {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** What a receiver does with its n-th request, counted from 0. */
export type Behaviour = (
  index: number,
  response: ServerResponse,
  request: IncomingMessage,
) => void | Promise<void>;

/** A webhook receiver over real HTTP that behaves as the test tells it to. */
export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  behaves(next: Behaviour): void;
};

/** Opened before the file's tests and closed after them. */
export function webhookReceiver(): Receiver {
  const received: Received[] = [];
  let behave: Behaviour = (_, response) => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ id: headers["webhook-id"] ?? "", headers, body });
      await behave(received.length - 1, response, request);
    })();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    },
    received,
    behaves: (next) => {
      behave = next;
    },
  };
}
