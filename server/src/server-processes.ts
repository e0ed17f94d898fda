import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** The processes that answer API and web on one shared port. */
export type ServerProcesses = {
  readonly url: string;
  /** Ends them all, and waits until they have. */
  close(): Promise<void>;
};

const restartPauseMs = 1000;
/** A process that has not ended by then is killed. */
const endMsMax = 4500;

/**
 * Starts `count` copies of this program, which find themselves to be cluster workers and listen on the
 * same port. One that ends unasked is started again. Rejects where the port is taken, or the first of
 * them does not come up.
 */
export async function forkServers(
  count: number,
  at: { readonly host: string; readonly port: number },
): Promise<ServerProcesses> {
  let isClosing = false;
  const environment = { PANEL_PORT: String(await findFreePort(at)) };
  cluster.on("exit", (worker, code, signal) => {
    if (isClosing) return;
    process.stderr.write(`Server process ${worker.process.pid} ended (${signal ?? code}).\n`);
    void pause(restartPauseMs).then(() => {
      if (!isClosing) cluster.fork(environment);
    });
  });
  const forked = Array.from({ length: count }, () => cluster.fork(environment));
  const urls = await Promise.all(forked.map(urlOf));
  const [url] = urls;
  if (url === undefined) throw new Error("no server process came up");
  return {
    url,
    close: async () => {
      isClosing = true;
      const living = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
      await Promise.all(living.map(end));
    },
  };
}

function urlOf(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: unknown) => {
      if (typeof message !== "object" || message === null || !("url" in message)) return;
      if (typeof message.url === "string") resolve(message.url);
    });
    worker.once("exit", () => reject(new Error("a server process ended before it came up")));
  });
}

/** Several processes of one panel may share the port, two panels must not. */
function findFreePort(at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ ...at, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : at.port;
      server.close(() => resolve(port));
    });
  });
}

function end(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => worker.process.kill("SIGKILL"), endMsMax);
    worker.once("exit", () => {
      clearTimeout(cut);
      resolve();
    });
    worker.process.kill("SIGTERM");
  });
}
