import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";

/** The fields of one request to a scripted provider, such as `action` and `order`. */
export type AskedFields = Readonly<Record<string, string>>;

/** A provider's answer: JSON, a text as it is, or only a closed connection. */
export type ScriptedAnswer =
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly status?: number }
  | "hang_up";

/** A provider over real HTTP on loopback that answers what the test tells it to. */
export type ScriptedProvider = {
  readonly url: string;
  /** Every request that it received. */
  readonly asked: AskedFields[];
  /** Sets how it answers from now on. */
  answers(answer: (fields: AskedFields) => ScriptedAnswer | Promise<ScriptedAnswer>): void;
};

/** Opened before the file's tests and closed after them. */
export function scriptedProvider(): ScriptedProvider {
  let answer: (fields: AskedFields) => ScriptedAnswer | Promise<ScriptedAnswer> = () => "hang_up";
  const asked: AskedFields[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      asked.push(fields);
      const said = await answer(fields);
      if (said === "hang_up") {
        request.socket.destroy();
        return;
      }
      response.statusCode = said.status ?? 200;
      response.end("text" in said ? said.text : JSON.stringify(said.json));
    })();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
    },
    asked,
    answers: (next) => {
      answer = next;
    },
  };
}
