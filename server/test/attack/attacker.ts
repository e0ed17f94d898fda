/**
 * A process that attacks in one of a few ways until its time is over or its parent hangs up, and
 * tells its parent what it heard.
 */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { constants, setPriority } from "node:os";
import { formRequest, openWire } from "./wire.ts";

export type AttackerTask = {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
} & (
  | { readonly kind: "pipeline"; readonly body: string; readonly depth: number }
  /** One request after the other on every connection; `#` differs each time. */
  | { readonly kind: "hammer"; readonly body: string }
  /** One request on every connection at the same time, its body filled up to `bytes`. */
  | { readonly kind: "heavy"; readonly body: string; readonly bytes: number }
  /** Connections that say nothing, send half a head or half a body, or hang up in the middle. */
  | { readonly kind: "idle" | "half-head" | "half-body" | "hang-up"; readonly body: string }
);

export type Attacked = {
  readonly statuses: Readonly<Record<string, number>>;
  readonly closed: number;
  /** Some of the bodies of answers with a status other than 200. */
  readonly sentences: readonly string[];
  /** How long the slowest answer took. */
  readonly maxMs: number;
};

// A real attacker brings machines of his own, so here he must not take the panel's cores.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const statuses: Record<string, number> = {};
const sentences = new Set<string>();
let closed = 0;
let maxMs = 0;
let isOver = false;

process.once("message", (task: AttackerTask) => {
  setTimeout(tell, task.seconds * 1000);
  void attack(task).then(tell);
});
process.once("disconnect", () => process.exit(0));

function tell(): void {
  if (isOver) return;
  isOver = true;
  const attacked: Attacked = { statuses, closed, sentences: [...sentences], maxMs };
  process.send?.(attacked, () => process.exit(0));
}

async function attack(task: AttackerTask): Promise<void> {
  const ways = Array.from({ length: task.connections }, () => {
    switch (task.kind) {
      case "pipeline":
        return pipeline(task.url, formRequest(task.body).repeat(task.depth), task.depth);
      case "hammer":
        return hammer(task.url, task.body);
      case "heavy":
        return heavy(task.url, formRequest(task.body + "x".repeat(task.bytes - task.body.length)));
      case "idle":
      case "half-head":
      case "half-body":
      case "hang-up":
        return linger(task.url, task.kind, formRequest(task.body));
    }
  });
  await Promise.allSettled(ways);
}

function count(status: number | string, body: string): void {
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (sentences.size < 10) sentences.add(`${status} ${body.slice(0, 300)}`);
}

/** Sends all at once, and reads until the connection ends or everything is answered. */
function pipeline(url: string, bytes: string, depth: number): Promise<void> {
  return new Promise((resolve) => {
    let answers = 0;
    let rest = "";
    const socket = open(url, resolve);
    socket.write(bytes);
    socket.on("data", (text: string) => {
      const seen = rest + text;
      for (const [, status = ""] of seen.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        count(status, "");
        answers++;
      }
      // A status line cut in two is found with the next piece, and a whole one only once.
      rest = /HTTP\/1\.1 \d{0,2}$|H(TTP(\/(1\.?1?)?)?)?$/.exec(seen)?.[0] ?? "";
      if (answers >= depth) socket.destroy();
    });
  });
}

async function hammer(url: string, body: string): Promise<void> {
  let turn = Math.floor(Math.random() * 1e9);
  while (!isOver) {
    try {
      const wire = await openWire(url, ownAddress());
      while (wire.isOpen && !isOver) {
        const startedAt = performance.now();
        const heard = await wire.ask(formRequest(body.replaceAll("#", String(turn++))));
        maxMs = Math.max(maxMs, performance.now() - startedAt);
        if (heard.kind === "closed") closed++;
        else count(heard.status, heard.body);
      }
    } catch {
      closed++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function heavy(url: string, request: string): Promise<void> {
  const wire = await openWire(url, ownAddress());
  const startedAt = performance.now();
  const heard = await wire.ask(request);
  maxMs = Math.max(maxMs, performance.now() - startedAt);
  if (heard.kind === "closed") closed++;
  else count(heard.status, heard.body);
  wire.close();
}

/** Keeps its connection busy with as little as possible, for as long as allowed. */
async function linger(
  url: string,
  kind: "idle" | "half-head" | "half-body" | "hang-up",
  request: string,
): Promise<void> {
  while (!isOver) {
    await new Promise<void>((resolve) => {
      const socket = open(url, resolve);
      if (kind === "idle") return;
      if (kind === "hang-up") {
        socket.write(request, () => setImmediate(() => socket.destroy()));
        return;
      }
      const [head = "", body = ""] = request.split("\r\n\r\n");
      const words = kind === "half-head" ? head : `${head}\r\n\r\n${body}`;
      let at = kind === "half-head" ? 20 : head.length + 4;
      socket.write(words.slice(0, at));
      const drip = setInterval(() => {
        if (at < words.length - 1) socket.write(words.slice(at, ++at));
      }, 1000);
      socket.on("close", () => clearInterval(drip));
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const addresses = 16;
let nextAddress = 0;

/** Attackers have many addresses, none of them a customer's. */
function ownAddress(): string {
  return `127.66.0.${1 + (nextAddress++ % addresses)}`;
}

function open(url: string, ended: () => void): Socket {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ port: Number(port), host, localAddress: ownAddress() });
  socket.setEncoding("latin1");
  socket.on("error", () => {});
  socket.on("close", () => {
    if (!isOver) closed++;
    ended();
  });
  return socket;
}
