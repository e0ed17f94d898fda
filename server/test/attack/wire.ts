import { connect } from "node:net";
import type { Socket } from "node:net";

/** What came back: status and body, or the end of the connection instead. */
export type Heard =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  | { readonly kind: "closed" };

/** One kept-alive connection that costs its process next to nothing, so that loads stay cheap. */
export type Wire = {
  readonly isOpen: boolean;
  /** Writes one request and reads its answer; one at a time. */
  ask(request: string | Buffer): Promise<Heard>;
  close(): void;
};

/** Connects from an address of this machine. Rejects where nobody listens. */
export function openWire(url: string, localAddress = "127.0.0.1"): Promise<Wire> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host, localAddress });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(wireOver(socket));
    });
  });
}

function wireOver(socket: Socket): Wire {
  let heard = "";
  let isOpen = true;
  let answered: ((heard: Heard) => void) | undefined;
  const tell = (what: Heard) => {
    const told = answered;
    answered = undefined;
    heard = "";
    told?.(what);
  };
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    heard += text;
    const answer = readAnswer(heard);
    if (answer !== undefined) tell(answer);
  });
  // Every error is followed by the end of the connection.
  socket.on("error", () => {});
  socket.on("close", () => {
    isOpen = false;
    tell({ kind: "closed" });
  });
  return {
    get isOpen() {
      return isOpen;
    },
    ask: (request) =>
      new Promise((resolve) => {
        answered = resolve;
        if (!isOpen) return tell({ kind: "closed" });
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** A whole answer with a length, as the panel writes them; `undefined` while a part is missing. */
function readAnswer(text: string): Heard | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (text.length < end + 4 + length) return undefined;
  return { kind: "answered", status: Number(head.slice(9, 12)), body: text.slice(end + 4) };
}

/** A POST of form fields to API v2, as bytes on the wire. */
export function formRequest(body: string): string {
  return (
    "POST /api/v2 HTTP/1.1\r\nHost: panel.example\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\n" +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
