import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { decode, encode, onLines, protocolVersion } from "./messages.ts";
import type { ClientMessage, Connection, EmbeddedRole, KeeperMessage } from "./messages.ts";

type Client = { readonly pid: number; readonly roles: readonly EmbeddedRole[] };

/** The keeper's clients: who is connected, in which roles. */
export type Clients = {
  /** Takes over a new connection. */
  welcome(socket: Socket): void;
  /** Tells all waiting clients that it failed, and lets them go. */
  refuseAll(message: KeeperMessage): void;
  /** Turns away new clients, and those not yet admitted. */
  closeDoor(): void;
  /** Whether nobody is connected, apart from those who said bye. */
  isEmpty(): boolean;
};

export type ClientsOptions = {
  readonly dataFolder: string;
  /** fulfilled when the server accepts connections; called again for each client */
  readonly ready: () => Promise<{ connection: Connection; notes: readonly string[] }>;
  /** what is being waited for, in words */
  readonly progress: () => string;
  /** the last client has said bye, or is gone without a word */
  readonly onLastGone: (how: "bye" | "lost") => void;
};

const helloLimitMs = 10_000;
const progressEveryMs = 500;
/** A killed holder's connection may be noticed only after its successor's hello. */
const roleRetries = 6;
const roleRetryMs = 50;

/** An empty list of clients. */
export function createClients(options: ClientsOptions): Clients {
  /** undefined until the client has said hello and is admitted */
  const connected = new Map<Socket, Client | undefined>();

  let isOpen = true;

  function welcome(socket: Socket): void {
    if (!isOpen) {
      socket.destroy();
      return;
    }
    connected.set(socket, undefined);
    const timer = setTimeout(() => socket.destroy(), helloLimitMs);
    let hasSaidHello = false;
    socket.on("error", () => {}); // "close" follows.
    socket.on("close", () => {
      clearTimeout(timer);
      if (connected.delete(socket) && connected.size === 0) options.onLastGone("lost");
    });
    onLines(socket, (line) => {
      const message = decode<ClientMessage>(line, ["hello", "bye"]);
      if (message === undefined) socket.destroy();
      else if (message.type === "bye") sayGoodbye(socket);
      else if (!hasSaidHello) {
        hasSaidHello = true;
        clearTimeout(timer);
        void admit(socket, message);
      }
    });
  }

  async function admit(
    socket: Socket,
    hello: Extract<ClientMessage, { type: "hello" }>,
  ): Promise<void> {
    const refusal =
      hello.protocol === protocolVersion ? await takeRoles(socket, hello) : otherVersionText();
    if (refusal !== undefined) {
      socket.end(encode({ type: "refused", text: refusal }));
      return;
    }
    const tell = (): unknown =>
      socket.write(encode({ type: "starting", text: options.progress() }));
    const timer = setInterval(tell, progressEveryMs);
    try {
      const answer = await options.ready();
      socket.write(encode({ type: "ready", ...answer }));
    } catch {
      // The keeper tells all clients why (refuseAll).
    } finally {
      clearInterval(timer);
    }
  }

  /** Returns undefined when the client has its roles, otherwise a text that says who has them. */
  async function takeRoles(socket: Socket, { pid, roles }: Client): Promise<string | undefined> {
    for (let tries = 0; ; tries += 1) {
      const holder = [...connected.values()].find((client) => shareRole(client?.roles, roles));
      if (holder === undefined) {
        if (connected.has(socket)) connected.set(socket, { pid, roles });
        return undefined;
      }
      if (tries === roleRetries) return servedText(holder);
      await delay(roleRetryMs);
    }
  }

  function sayGoodbye(socket: Socket): void {
    if (!connected.delete(socket)) return;
    const isLast = connected.size === 0;
    socket.write(encode({ type: "goodbye", isLast }));
    // The last client's connection stays open: its end tells the client that the keeper has ended.
    if (isLast) options.onLastGone("bye");
    else socket.end();
  }

  function refuseAll(message: KeeperMessage): void {
    for (const socket of connected.keys()) socket.end(encode(message));
  }

  function closeDoor(): void {
    isOpen = false;
    for (const [socket, client] of connected) if (client === undefined) socket.destroy();
  }

  const servedText = (holder: Client): string =>
    `The data folder ${options.dataFolder} is already served by another panel ` +
    `(process ${holder.pid}: ${holder.roles.join(", ")}). Stop that one first, or give this one ` +
    "a data folder of its own with PANEL_DATA. For several panels or machines on one database, " +
    "set PANEL_DATABASE_URL to a PostgreSQL server.";

  const otherVersionText = (): string =>
    `The data folder ${options.dataFolder} is in use by another version of the panel ` +
    `(its database keeper is process ${process.pid}). Stop that panel first.`;

  return { welcome, refuseAll, closeDoor, isEmpty: () => connected.size === 0 };
}

function shareRole(
  held: readonly EmbeddedRole[] | undefined,
  wanted: readonly EmbeddedRole[],
): boolean {
  return wanted.some((role) => role !== "command" && held?.includes(role) === true);
}
