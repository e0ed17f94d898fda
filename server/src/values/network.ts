import ipaddr from "ipaddr.js";

/** An address range: its first address, and how many bits of it count. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * Reads `203.0.113.7` or `10.0.0.0/8`, in either family; `undefined` for anything else, including
 * the shorthands `10` or `010.0.0.1`, which programs read in different ways.
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
