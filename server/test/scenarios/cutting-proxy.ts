import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import path from "node:path";
import type { ConnectionSettings } from "#database/connection.ts";

/**
 * What happens to the connection on which the watched statement is sent next. `request` is lost
 * before it reaches the server, `answer` after the server has answered, and `both` as soon as the
 * request is under way, so that nobody knows.
 */
export type Cut = "request" | "answer" | "both";

/** Stands between a pool and PostgreSQL and cuts connections at a chosen moment. */
export type CuttingProxy = {
  /** The same database through the proxy. */
  readonly settings: ConnectionSettings;
  /** Cuts the next connection that carries the statement; `forGood` closes the door behind it. */
  cutNext(cut: Cut, forGood?: "forGood"): void;
  /** How many connections were cut so far. */
  cuts(): number;
  /** Cuts every connection and admits no new one: for the panel, the database is gone. */
  closeDoor(): void;
  openDoor(): void;
  close(): Promise<void>;
};

/** `statement` is the name under which the statement is prepared. */
export async function openCuttingProxy(
  target: ConnectionSettings,
  statement: string,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let next: Cut | undefined;
  let isOpen = true;
  let isForGood = false;
  let cuts = 0;

  const closeAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    const upstream = connectTo(target);
    let isAnswerLost = false;
    const cut = () => {
      cuts++;
      if (isForGood) {
        isOpen = false;
        closeAll();
      }
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      const isWatched = next !== undefined && chunk.includes(`${statement}\0`);
      const how = isWatched ? next : undefined;
      if (isWatched) next = undefined;
      if (how === "request") return cut();
      upstream.write(chunk, () => {
        if (how === "both") cut();
      });
      if (how === "answer") isAnswerLost = true;
    });
    upstream.on("data", (chunk) => {
      // The server is ready for the next query (Z, transaction idle), so its work is committed.
      if (isAnswerLost && chunk.subarray(-6).equals(readyForQuery)) return cut();
      if (!isAnswerLost) client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    settings: through(target, port),
    cutNext: (cut, forGood) => {
      next = cut;
      isForGood = forGood !== undefined;
    },
    cuts: () => cuts,
    closeDoor: () => {
      isOpen = false;
      closeAll();
    },
    openDoor: () => {
      isOpen = true;
    },
    close: async () => {
      closeAll();
      server.close();
      await once(server, "close");
    },
  };
}

const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

function connectTo(target: ConnectionSettings): Socket {
  if (target.connectionString !== undefined) {
    const url = new URL(target.connectionString);
    return connect(Number(url.port || 5432), url.hostname);
  }
  const { host = "127.0.0.1", port = 5432 } = target;
  return host.startsWith("/") ? connect(path.join(host, `.s.PGSQL.${port}`)) : connect(port, host);
}

function through(target: ConnectionSettings, port: number): ConnectionSettings {
  if (target.connectionString === undefined) return { ...target, host: "127.0.0.1", port };
  const url = new URL(target.connectionString);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return { ...target, connectionString: url.toString() };
}
