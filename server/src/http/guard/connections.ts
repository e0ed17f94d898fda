import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Settings } from "#settings/settings.ts";
import { isInNetworks } from "#values/network.ts";
import { addressGroup, plainAddress } from "./client-address.ts";
import type { Network } from "#values/network.ts";

/**
 * Why a request is not begun. `ignored`: it is not answered either, because its connection ends.
 */
export type NotBegun = "too_deep" | "too_many" | "ignored";

/** The connections of this process, and what is open on them. */
export type Connections = {
  watch(server: Server): void;
  /** Counts a request until its response is closed, or returns why it may not begin. */
  begin(request: IncomingMessage, response: ServerResponse): NotBegun | undefined;
  /** Ends the connection with this response: what comes after the request is not read. */
  endWith(request: IncomingMessage, response: ServerResponse): void;
  /** A valid key came over it, so it is never closed to make room. */
  prove(socket: Socket): void;
  /** Runs as soon as everything that came earlier on the connection is answered. */
  afterAnswers(socket: Socket, run: () => void): void;
  /** Runs once, when the response is out or its connection is gone. */
  afterClose(request: IncomingMessage, response: ServerResponse, run: () => void): void;
};

type Connection = {
  open: number;
  isOver: boolean;
  isProven: boolean;
  isClosed: boolean;
  last: IncomingMessage | undefined;
  afterAnswers: (() => void) | undefined;
  /** Called when one of its responses was closed. */
  readonly left: () => void;
};

export function openConnections(
  settings: () => Settings,
  trustedProxies: readonly Network[],
): Connections {
  const connections = new WeakMap<Socket, Connection>();
  const ofAddress = new Map<string, number>();
  // The oldest first.
  const unproven = new Set<Socket>();
  let sockets = 0;
  let requests = 0;

  const accept = (socket: Socket): Connection => {
    const connection: Connection = {
      open: 0,
      isOver: false,
      isProven: false,
      isClosed: false,
      last: undefined,
      afterAnswers: undefined,
      left: () => {
        if (connection.isClosed) return;
        connection.open--;
        requests--;
        connection.afterAnswers?.();
      },
    };
    connections.set(socket, connection);
    return connection;
  };

  const count = (socket: Socket) => {
    const connection = accept(socket);
    const address = plainAddress(socket.remoteAddress ?? "");
    const group = isInNetworks(address, trustedProxies) ? undefined : addressGroup(address);
    sockets++;
    unproven.add(socket);
    if (group !== undefined) ofAddress.set(group, (ofAddress.get(group) ?? 0) + 1);
    socket.once("close", () => {
      connection.isClosed = true;
      requests -= connection.open;
      sockets--;
      unproven.delete(socket);
      if (group === undefined) return;
      const own = (ofAddress.get(group) ?? 1) - 1;
      if (own === 0) ofAddress.delete(group);
      else ofAddress.set(group, own);
    });
    const max = settings().connections_max;
    if (group !== undefined && (ofAddress.get(group) ?? 0) > max / 2) socket.destroy();
    else if (sockets > max) (unproven.values().next().value ?? socket).destroy();
  };

  const endWith: Connections["endWith"] = (request, response) => {
    const connection = connections.get(request.socket);
    if (connection !== undefined) connection.isOver = true;
    if (!response.headersSent) response.setHeader("Connection", "close");
    ignoreRest(request.socket);
  };

  return {
    endWith,
    watch: (server) => server.on("connection", count),
    begin: (request, response) => {
      const connection = connections.get(request.socket) ?? accept(request.socket);
      if (connection.isOver) return "ignored";
      if (connection.open >= settings().connection_requests_max) {
        endWith(request, response);
        return "too_deep";
      }
      connection.open++;
      requests++;
      connection.last = request;
      response.on("close", connection.left);
      if (requests <= settings().requests_max) return undefined;
      endWith(request, response);
      return "too_many";
    },
    prove: (socket) => {
      const connection = connections.get(socket);
      if (connection === undefined || connection.isProven) return;
      connection.isProven = true;
      unproven.delete(socket);
    },
    afterClose: ({ socket }, response, run) => {
      // A response that waits behind others is not told that its connection ended.
      const once = () => {
        response.off("close", once);
        socket.off("close", once);
        run();
      };
      if (socket.destroyed) return run();
      response.on("close", once);
      socket.on("close", once);
    },
    afterAnswers: (socket, run) => {
      const connection = connections.get(socket);
      if (connection === undefined) return run();
      // Nobody will answer a request that is still coming in.
      const isHalf = connection.last?.complete === false;
      if (isHalf && connection.open === 0) return void socket.destroy();
      const check = () => {
        if (connection.open > (isHalf ? 1 : 0)) return;
        connection.afterAnswers = undefined;
        run();
      };
      connection.afterAnswers = check;
      check();
    },
  };
}

/**
 * Reads nothing more. What was already read may hold a thousand requests, which would all be parsed
 * and kept until the connection is closed. As after an upgrade (2), the parser leaves the rest
 * alone.
 */
function ignoreRest(socket: Socket): void {
  socket.pause();
  const parser = "parser" in socket ? socket.parser : undefined;
  if (typeof parser === "object" && parser !== null && "onIncoming" in parser) {
    parser.onIncoming = () => 2;
  }
}
