import { once } from "node:events";
import { Agent, createServer, request as startRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { faults, reply } from "./faults.ts";
import type { Answer, Fault } from "./faults.ts";

export type FaultyWire = {
  /** Where clients find the panel behind it. */
  readonly url: string;
  /** From now on it does harm. It begins as a good wire. */
  rage(): void;
  /** From now on it is a good wire again. */
  calm(): void;
  /** Refuses connections, as if nobody listened. What is under way continues. */
  shut(): void;
  open(): Promise<void>;
  /** Resolves when nothing is under way any more, including what it holds back. */
  idle(): Promise<void>;
  /** How often it did each kind of harm. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

export type WireOptions = {
  readonly name: string;
  readonly chance: Chance;
  /** Where the panel behind it is now. */
  readonly target: () => string;
  /** When its client gives up. */
  readonly timeoutMs: number;
  /** The share of orders, and of questions, that are harmed (0 to 1). */
  readonly share: { readonly add: number; readonly other: number };
  readonly faults: readonly Fault[];
};

/** For how many questions in a row an order, or a list of orders, is forgotten. */
const forgottenTimes = { status: 4, orders: 2 };
const shutMs = 500;

/**
 * Stands between two panels and does harm. What it does to a request depends only on the seed and
 * the request: for an order, on its link and how often that came before; for a question, on its
 * number among its kind.
 */
export async function openFaultyWire(options: WireOptions): Promise<FaultyWire> {
  const { chance, name, share, timeoutMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const counts = new Map<string, number>();
  const seen = new Map<string, number>();
  const overtaking = new Set<() => void>();
  let isRaging = false;
  let underWay = 0;

  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  /** How often this was asked before. */
  const timesBefore = (...what: readonly string[]) => {
    const key = JSON.stringify(what);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before;
  };

  const faultFor = (fields: URLSearchParams): Fault | undefined => {
    const action = fields.get("action") ?? "";
    const what = action === "add" ? (fields.get("link") ?? "") : action;
    const round = timesBefore("request", action, what);
    const harmed = action === "add" ? share.add : share.other;
    if (!isRaging || chance.of(name, "harm", action, what, round) >= harmed) return undefined;
    return chance.pick(options.faults, name, "fault", action, what, round);
  };

  /** Some orders, and the lists of some orders, are unknown for a few questions in a row. */
  const forget = (fields: URLSearchParams, answer: Answer): Answer => {
    const action = fields.get("action");
    if (!isRaging || answer.status !== 200 || (action !== "status" && action !== "orders")) {
      return answer;
    }
    const list = fields.get("orders");
    const ids = (list ?? fields.get("order") ?? fields.get("request_id") ?? "").split(",");
    const forgotten = ids.filter(
      (id) =>
        chance.of(name, "forget", action, id) < share.other / 4 &&
        timesBefore("forget", action, id) < forgottenTimes[action],
    );
    if (forgotten.length === 0) return answer;
    count(`forgot_${action}`);
    if (action === "orders") return { ...answer, body: "[]" };
    const unknown = { error: "Incorrect order ID" };
    if (list === null) return { ...answer, body: JSON.stringify(unknown) };
    const states = JSON.parse(answer.body) as Record<string, unknown>;
    for (const id of forgotten) states[id] = unknown;
    return { ...answer, body: JSON.stringify(states) };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readAll(request);
    const fields = new URLSearchParams(body);
    const forward = async () => forget(fields, await send(agent, options.target(), request, body));
    const fault = faultFor(fields);
    if (fault !== undefined) {
      count(fault);
      const overtaken = () =>
        Promise.race([
          new Promise<void>((resolve) => overtaking.add(resolve)),
          pause(timeoutMs / 2),
        ]);
      return faults[fault]({ response, timeoutMs, forward, overtaken });
    }
    reply(response, await forward());
    for (const release of overtaking) release();
    overtaking.clear();
  };

  const server = createServer((request, response) => {
    underWay++;
    handle(request, response)
      // Where the panel itself is away or ends, its client sees a broken connection.
      .catch(() => response.socket?.destroy())
      .finally(() => underWay--);
    if (isRaging && chance.of(name, "shut", timesBefore("all")) < share.other / 100) {
      shut();
      setTimeout(() => void open(), shutMs);
    }
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const shut = () => {
    if (!server.listening) return;
    count("shut");
    server.close();
    server.closeIdleConnections();
  };
  const open = async () => {
    if (server.listening) return;
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  return {
    url: `http://127.0.0.1:${port}`,
    rage: () => {
      isRaging = true;
    },
    calm: () => {
      isRaging = false;
    },
    shut,
    open,
    idle: async () => {
      while (underWay > 0) await pause(20);
    },
    counts,
    close: async () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Passes a request on as it came. */
async function send(
  agent: Agent,
  target: string,
  request: IncomingMessage,
  body: string,
): Promise<Answer> {
  const { connection: _, host: __, ...headers } = request.headers;
  const passed = startRequest(`${target}${request.url ?? ""}`, {
    agent,
    method: request.method ?? "POST",
    headers: { ...headers, "accept-encoding": "identity" },
  });
  passed.end(body);
  const [answer] = (await once(passed, "response")) as [IncomingMessage];
  const type = answer.headers["content-type"] ?? "application/json";
  return { status: answer.statusCode ?? 500, type, body: await readAll(answer) };
}
