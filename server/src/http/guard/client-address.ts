import ipaddr from "ipaddr.js";
import type { IncomingMessage } from "node:http";
import { isInNetworks } from "#values/network.ts";
import type { Network } from "#values/network.ts";

/**
 * Where a request comes from: the peer, or, where the peer is a trusted proxy, the last hop of
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

/** Shortens ::ffff:203.0.113.7, which is the same place as 203.0.113.7. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/**
 * The group that an address is counted in: one IPv4 address, or the /64 that one IPv6 customer
 * holds.
 */
export function addressGroup(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(":");
}
