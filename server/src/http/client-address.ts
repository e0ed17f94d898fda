import ipaddr from "ipaddr.js";
import type { IncomingMessage } from "node:http";

export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * Reads `203.0.113.7` or `10.0.0.0/8`, in either family; `undefined` for anything else, also for the
 * shorthands `10` or `010.0.0.1`, which programs read in different ways.
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits, ...more] = text.trim().split("/");
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address) && !/(^|\.)0[0-9]/.test(address);
  if ((!isV4 && !ipaddr.IPv6.isValid(address)) || more.length > 0) return undefined;
  const parsed = ipaddr.process(address);
  const bitsMax = parsed.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [parsed, bitsMax];
  const count = /^[0-9]{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return count <= bitsMax ? [parsed, count] : undefined;
}

/** True where the address lies in one of the networks. */
export function isInNetworks(address: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some(
    ([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits),
  );
}

/**
 * Where a request comes from: the peer, or, as long as the peer is a trusted proxy, the last hop of
 * `X-Forwarded-For` that is not one. What a stranger writes there is never believed.
 */
export function clientAddress(request: IncomingMessage, trusted: readonly Network[]): string {
  let address = plainAddress(request.socket.remoteAddress ?? "");
  if (trusted.length === 0) return address;
  const hops = String(request.headers["x-forwarded-for"] ?? "").split(",");
  while (hops.length > 0 && isInNetworks(address, trusted)) {
    const hop = hops.pop()?.trim() ?? "";
    if (!ipaddr.isValid(hop)) break;
    address = plainAddress(hop);
  }
  return address;
}

/** ::ffff:203.0.113.7 is the same place as 203.0.113.7. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/** What is counted together: one IPv4 address, or the /64 that one IPv6 customer holds. */
export function addressGroup(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(":");
}
