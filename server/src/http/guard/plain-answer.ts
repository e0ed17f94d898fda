import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { openKeyedLimiter } from "#database/keyed-limiter.ts";
import { giveBack } from "./body-room.ts";

/** Clients compare this text letter by letter: `charset=utf-8` breaks a published one. */
export const jsonType = "application/json; charset=UTF-8";

export type PlainAnswer = {
  readonly status: number;
  readonly code: string;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Answers in JSON for requests that never reached a handler. */
export function answerPlainly(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, error, headers = {} }: PlainAnswer,
): void {
  if (response.destroyed || response.headersSent) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("X-Error-Code", code);
  endJson(request, response, status, JSON.stringify({ error }));
}

/**
 * Writes an answer and ends the response. Where much of the request is still to come, the
 * connection ends with the answer, but only after the client, which is still writing, has had time
 * to read it.
 */
export function endJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  // The client was not told to continue, so its body may or may not come.
  const isHeldBack = request.headers.expect !== undefined && request.readableFlowing === null;
  const isUnread = !request.complete && !isHeldBack && bytesToCome(request) > unreadBytesMax;
  if (isHeldBack || isUnread) response.setHeader("Connection", "close");
  response.writeHead(status, {
    "Content-Type": jsonType,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  if (!isUnread) {
    response.end(text);
    return;
  }
  response.write(text);
  endWhenHeard(request, response);
}

const unreadBytesMax = 64 * 1024;

function bytesToCome({ headers }: IncomingMessage): number {
  if (headers["transfer-encoding"] !== undefined) return Infinity;
  return Number(headers["content-length"] ?? 0);
}

const readOffBytes = 8 * 1024 * 1024;
const hearMs = 5000;
// What is thrown away takes memory for a moment, so only a few are read off at a time; the others
// wait unread.
const readingOff = openKeyedLimiter<"all">({ subjectMax: 8, totalMax: 8, waitingMax: 4096 });

function endWhenHeard(request: IncomingMessage, response: ServerResponse): void {
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, hearMs);
  timer.unref();
  readingOff.run("all", () => readOff(request)).then(end, end);
}

/** Discards what still comes of a request, up to a bound. */
function readOff(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.destroyed) return resolve();
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      giveBack(chunk);
      if (bytes > readOffBytes) resolve();
    });
    request.on("error", () => {});
    request.once("close", resolve);
    request.resume();
  });
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
};

/** The same for a connection on which nothing was understood; it ends with the answer. */
export function endPlainly(socket: Socket, { status, code, error }: PlainAnswer): void {
  if (!socket.writable) return;
  const body = JSON.stringify({ error });
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? "Error"}\r\nContent-Type: ${jsonType}\r\n` +
      `X-Error-Code: ${code}\r\nCache-Control: no-store\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
