import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { settingsSchema } from "#settings/settings.ts";
import type { Settings } from "#settings/settings.ts";
import { openConnections } from "./connections.ts";
import type { NotBegun } from "./connections.ts";
import { parseNetwork } from "#values/network.ts";

const opened: (Server | Socket)[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) {
    if ("destroy" in one) one.destroy();
    else one.close();
  }
});

const proxies = ["127.0.0.1"].map(parseNetwork).filter((network) => network !== undefined);

async function serve(settings: Partial<Settings>, trusted = proxies) {
  const held: ServerResponse[] = [];
  const asked: (NotBegun | undefined)[] = [];
  const connections = openConnections(() => settingsSchema.parse(settings), trusted);
  const server = createServer((request, response) => {
    const notBegun = connections.begin(request, response);
    asked.push(notBegun);
    if (request.url === "/proven") connections.prove(request.socket);
    if (notBegun === undefined && request.url === "/held") held.push(response);
    else if (notBegun !== "ignored") response.end(notBegun ?? "begun");
  });
  connections.watch(server);
  opened.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { port, held, asked };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  opened.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Asks for a path and hears the answer, or nothing where the connection ends. */
async function ask(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const heard = await Promise.race([once(socket, "data"), once(socket, "close")]);
  return String(heard[0]);
}

test("where there are too many, the oldest that never had a right key makes room", async () => {
  const { port } = await serve({ connections_max: 3 });
  const proven = await open(port);
  await ask(proven, "/proven");
  const oldest = await open(port);
  await ask(oldest, "/");
  const third = await open(port);
  await ask(third, "/");

  const fourth = await open(port);

  await once(oldest, "close");
  for (const socket of [proven, third, fourth]) expect(await ask(socket, "/")).toContain("begun");
});

test("one address takes half of them at most", async () => {
  const { port } = await serve({ connections_max: 4 }, []);
  const two = [await open(port), await open(port)];
  for (const socket of two) expect(await ask(socket, "/")).toContain("begun");

  const third = await open(port);

  await once(third, "close");
  for (const socket of two) expect(await ask(socket, "/")).toContain("begun");
});

test("requests in all are bounded, and counted down when their connection is gone", async () => {
  const { port, held } = await serve({ requests_max: 2, connection_requests_max: 5 });
  const first = await open(port);
  first.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
  await expect.poll(() => held.length).toBe(2);

  const second = await open(port);
  expect(await ask(second, "/")).toContain("too_many");
  first.destroy();

  await expect.poll(async () => ask(await open(port), "/")).toContain("begun");
});

test("what comes behind one request too many on a connection is not even read", async () => {
  const { port, asked } = await serve({ connection_requests_max: 2 });
  const socket = await open(port);

  socket.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));

  await expect.poll(() => asked.length).toBe(3);
  await new Promise(setImmediate);
  expect(asked).toEqual([undefined, undefined, "too_deep"]);
});
