import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { expect } from "vitest";

/** A request that no client library would let one write. */
export type Sent = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
};

export type Heard = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

/** Sends one request, by default POST /api/v2, and reads the whole answer. */
export function send(url: string, sent: Sent): Promise<Heard> {
  const { method = "POST", path = "/api/v2", headers = {}, body } = sent;
  return new Promise((resolve, reject) => {
    // Node frames the body of a DELETE only if its length is given.
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const options = { method, headers: { ...length, ...headers } };
    const outgoing = request(`${url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** A form body with its content type. */
export function form(fields: Readonly<Record<string, string | number>>): Sent {
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(pairs).toString(),
  };
}

/** A JSON body with its content type. */
export function jsonBody(value: unknown): Sent {
  const isWritten = typeof value === "string" || Buffer.isBuffer(value);
  const body = isWritten ? value : JSON.stringify(value);
  return { headers: { "Content-Type": "application/json" }, body };
}

/**
 * The answer as JSON. Fails where it is not JSON or has any other content type than the exact one.
 */
export function jsonOf(heard: Heard): unknown {
  expect(heard.headers["content-type"]).toBe("application/json; charset=UTF-8");
  return JSON.parse(heard.text) as unknown;
}

/**
 * Asserts a refusal in the form every client reads: HTTP 200, only `error`, and the code in a
 * header.
 */
export function expectRefusal(heard: Heard, code: string, error?: string): void {
  expect({ status: heard.status, code: heard.headers["x-error-code"] }).toEqual({
    status: 200,
    code,
  });
  const body = jsonOf(heard);
  expect(body).toEqual({ error: error ?? expect.stringMatching(/./) });
}

/**
 * Writes bytes to the server and reads everything until it is silent or closes. `firstMs` is how
 * long the first bytes may take: half a request is never answered.
 */
export function sendBytes(
  url: string,
  bytes: Buffer | string,
  { quietMs = 200, firstMs = 5000 } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    let quiet = setTimeout(finish, firstMs);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(finish, quietMs);
    });
    socket.on("close", () => {
      clearTimeout(quiet);
      finish();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // Hanging up on nonsense is an answer.
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    socket.write(bytes);
  });
}
