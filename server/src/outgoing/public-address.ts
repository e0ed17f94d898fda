import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/**
 * True for an address that can be reached from anywhere on the internet. An address that leads to
 * the machine itself, to its network, to an IPv4 address in disguise or to nobody is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 || address.match(...globalUnicast);
}

/** An address that must not be called; its message is for the operator. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
}

/**
 * Resolves a name for a connection that may go to public addresses only. All its addresses are
 * checked, so that a name which also leads to a private network is always refused, and the
 * connection uses only checked addresses.
 */
export const lookupPublic: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, "");
    const inside = addresses.find(({ address }) => !isPublicAddress(address));
    if (inside !== undefined) {
      return done(new AddressRefused(refusalFor(`${hostname} (${inside.address})`)), "");
    }
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    if (first === undefined) return done(nobody(hostname), "");
    return done(null, first.address, first.family);
  });
};

/** Why an address is not called, and what to do about it. */
export function refusalFor(host: string): string {
  return `${host} is not a public address; a provider in a private network has to be marked as private`;
}

function nobody(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" });
}
