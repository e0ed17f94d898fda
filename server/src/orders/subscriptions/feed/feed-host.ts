import { getDomain } from "tldts";

/**
 * The host that requests to an address are counted for: its registered domain, because anybody may
 * make up names below one, else the host or its IP address. Empty for anything but an address.
 */
export function feedHostOf(address: string): string {
  const host = URL.parse(address)?.hostname.replace(/\.+$/, "") ?? "";
  return (getDomain(host) ?? host).slice(0, 255);
}
