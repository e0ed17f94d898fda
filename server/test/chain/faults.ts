import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** An answer on its way through the wire. */
export type Answer = { readonly status: number; readonly type: string; readonly body: string };

/** What one request and its answer meet. */
export type Passage = {
  readonly response: ServerResponse;
  /** When the client gives up. */
  readonly timeoutMs: number;
  /** Carries the request out at the panel behind the wire. */
  forward(): Promise<Answer>;
  /** Resolves when another answer has passed, or after waiting long enough. */
  overtaken(): Promise<void>;
};

/**
 * The faults that one request and its answer can meet. Each ends with the client having an answer,
 * a broken connection, or having given up.
 */
export const faults = {
  /** It arrives, but only after the client has given up. */
  late_request: async ({ response, timeoutMs, forward }) => {
    await pause(timeoutMs + 300);
    reply(response, await forward());
  },
  /** The request is carried out at once. The answer comes after the client has given up. */
  late_answer: async ({ response, timeoutMs, forward }) => {
    const answer = await forward();
    await pause(timeoutMs + 300);
    reply(response, answer);
  },
  reset_before: async ({ response }) => {
    response.socket?.destroy();
  },
  reset_after: async ({ response, forward }) => {
    await forward();
    response.socket?.destroy();
  },
  error_before: async ({ response }) => reply(response, broken),
  error_after: async ({ response, forward }) => {
    await forward();
    reply(response, broken);
  },
  /** Looks like a refusal but is none: the order was made. */
  json_error_after: async ({ response, forward }) => {
    const answer = await forward();
    reply(response, { ...answer, status: 500, body: '{"error":"Server error"}' });
  },
  /** The connection breaks in the middle of the answer. */
  truncated: async ({ response, forward }) => {
    const { status, body } = await forward();
    const { socket } = response;
    response.writeHead(status, { "Content-Length": Buffer.byteLength(body) + 10 });
    response.write(body.slice(0, body.length / 2));
    setTimeout(() => socket?.destroy(), 20);
  },
  /** Half an answer that claims to be whole. */
  half: async ({ response, forward }) => {
    const answer = await forward();
    reply(response, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
  },
  html: async ({ response, forward }) => {
    await forward();
    reply(response, { status: 200, type: "text/html", body: "<html><h1>Checking …</h1></html>" });
  },
  empty: async ({ response, forward }) => reply(response, { ...(await forward()), body: "" }),
  /** The answer's text twice in one answer. */
  doubled: async ({ response, forward }) => {
    const answer = await forward();
    reply(response, { ...answer, body: answer.body + answer.body });
  },
  /** The whole answer once more, unasked: into the client's next request, if it listens. */
  stray: async ({ response, forward }) => {
    const answer = await forward();
    const { socket } = response;
    response.once("finish", () => socket?.write(rawAnswer(answer)));
    reply(response, answer);
  },
  /** The answer is held back until another request's answer has passed. */
  overtaken: async ({ response, forward, overtaken }) => {
    const answer = await forward();
    await overtaken();
    reply(response, answer);
  },
  limited: async ({ response }) => {
    response.setHeader("Retry-After", "1");
    reply(response, { status: 429, type: "text/html", body: "Too Many Requests" });
  },
  /** The request arrives twice. Harmless only where the panel behind the wire knows request ids. */
  repeated: async ({ response, forward }) => {
    await forward();
    reply(response, await forward());
  },
} satisfies Record<string, (passage: Passage) => Promise<void>>;

export type Fault = keyof typeof faults;

const broken: Answer = { status: 500, type: "text/html", body: "<h1>Internal Server Error</h1>" };

/** Answers as a good wire does. */
export function reply(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function rawAnswer({ type, body }: Answer): string {
  const head = `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}`;
  return `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`;
}
