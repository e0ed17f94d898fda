import type { Socket } from "node:net";

/** What a client is to the data folder. All but `command` are held by one client at a time. */
export type EmbeddedRole = "api" | "web" | "worker" | "command";

/** Changes when the messages change: clients and keepers of other versions refuse each other. */
export const protocolVersion = 1;

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

/** What a client says to the keeper. It is a client until it says bye or its connection ends. */
export type ClientMessage =
  | {
      readonly type: "hello";
      readonly protocol: number;
      readonly pid: number;
      readonly roles: readonly EmbeddedRole[];
    }
  | { readonly type: "bye" };

/** What the keeper says. If a connection ends before `ready`, `refused` or `failed`, try again. */
export type KeeperMessage =
  | { readonly type: "starting"; readonly text: string }
  | { readonly type: "ready"; readonly connection: Connection; readonly notes: readonly string[] }
  | { readonly type: "refused"; readonly text: string }
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "goodbye"; readonly isLast: boolean };

/** What a new keeper says to the process that started it, on descriptor 3. */
export type BirthMessage =
  | { readonly type: "listening" }
  | { readonly type: "busy" }
  | { readonly type: "refused"; readonly text: string }
  | { readonly type: "failed"; readonly text: string };

/** The file by which clients find the keeper. It may be stale: only a connection proves life. */
export type Address = { readonly pid: number; readonly runFolder: string };

/** A message as it travels: one line of JSON. */
export function encode(message: ClientMessage | KeeperMessage | BirthMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/**
 * Reads one line of JSON. Both ends are this program and the socket is private, so only the type
 * names are checked and the rest is trusted.
 */
export function decode<Message extends { readonly type: string }>(
  line: string,
  types: readonly Message["type"][],
): Message | undefined {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  return types.some((type) => type === value.type) ? (value as Message) : undefined;
}

/** Reads the address file's text; undefined when it is not an address. */
export function parseAddress(text: string): Address | undefined {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) return undefined;
  if (!("pid" in value) || !("runFolder" in value)) return undefined;
  const { pid, runFolder } = value;
  if (typeof pid !== "number" || typeof runFolder !== "string") return undefined;
  return { pid, runFolder };
}

/** Calls `onLine` for every whole line that arrives. */
export function onLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
