import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";

/**
 * A provider that does nothing but answer, at once: `add` with the next number, `status` with an
 * order in progress, `balance` with plenty. Beside `/api/v2` it has `/counts`, what it was asked
 * since the last `/reset`, and `/reset?remains=N`, which also sets what it says of its orders.
 * Prints its address and runs until killed.
 */
const counts = { adds: 0, firstAddMs: 0, lastAddMs: 0, states: 0, distinct: 0 };
let orders = 0;
let remains = "500";
/** Which orders were asked for, by their numbers. */
let asked = new Set<string>();

const server = createServer((request, response) => {
  read(request, (body) => {
    const answer = answerTo(request.url ?? "/", new URLSearchParams(body));
    response.writeHead(200, {
      "Content-Type": "application/json; charset=UTF-8",
      "Content-Length": Buffer.byteLength(answer),
    });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) {
    process.stdout.write(`Listening on http://127.0.0.1:${address.port}\n`);
  }
});

function read(request: IncomingMessage, done: (body: string) => void): void {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => (body += text));
  request.on("end", () => done(body));
}

function answerTo(url: string, fields: URLSearchParams): string {
  if (url === "/counts") return JSON.stringify({ ...counts, distinct: asked.size });
  if (url.startsWith("/reset")) {
    remains = new URL(url, "http://localhost").searchParams.get("remains") ?? remains;
    Object.assign(counts, { adds: 0, firstAddMs: 0, lastAddMs: 0, states: 0 });
    asked = new Set();
    return "{}";
  }
  switch (fields.get("action")) {
    case "add": {
      const now = performance.now();
      if (counts.adds === 0) counts.firstAddMs = now;
      counts.lastAddMs = now;
      counts.adds++;
      return `{"order":${++orders}}`;
    }
    case "status":
      return states(fields);
    case "balance":
      return '{"balance":"1000000.00","currency":"USD"}';
    default:
      return '{"error":"Incorrect request"}';
  }
}

function states(fields: URLSearchParams): string {
  const one = `{"charge":"0.45","start_count":"100","status":"In progress","remains":"${remains}","currency":"USD"}`;
  const list = fields.get("orders")?.split(",") ?? [fields.get("order") ?? ""];
  for (const id of list) asked.add(id);
  counts.states += list.length;
  return fields.get("orders") === null ? one : `{${list.map((id) => `"${id}":${one}`).join(",")}}`;
}
