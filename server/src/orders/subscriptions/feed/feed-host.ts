import { getDomain } from "tldts";

/**
 * Where requests to an address end up, as far as they are counted: its registered domain, because
 * anybody may make up names below one; else the host or its IP address. Empty where it is no address.
 */
export function feedHostOf(address: string): string {
  const host = URL.parse(address)?.hostname.replace(/\.+$/, "") ?? "";
  return (getDomain(host) ?? host).slice(0, 255);
}
