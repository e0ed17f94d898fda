import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { isInNetworks, parseNetwork } from "#values/network.ts";
import { addressGroup, clientAddress } from "./client-address.ts";

function networks(...texts: string[]) {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network`);
    return network;
  });
}

/** A request from this peer, with this header. */
function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  const request = { socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } };
  return request as unknown as IncomingMessage;
}

describe("a network", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7", true],
    ["203.0.113.7", "203.0.113.8", false],
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["0.0.0.0/0", "198.51.100.1", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::1", "::1", true],
    ["203.0.113.7", "::ffff:203.0.113.7", true],
    ["10.0.0.0/8", "not an address", false],
    ["10.0.0.0/8", "", false],
  ])("%s holds %s: %s", (network, address, holds) => {
    expect(isInNetworks(address, networks(network))).toBe(holds);
  });

  test.each(["", "a", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "1.2.3.4.5", "10.0.0.0/8/8", "a/b"])(
    "is not %j",
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});

describe("where a request comes from", () => {
  test("is the peer where no proxy is trusted, whatever the header says", () => {
    expect(clientAddress(from("198.51.100.1", "203.0.113.7"), [])).toBe("198.51.100.1");
    expect(clientAddress(from("198.51.100.1", "203.0.113.7"), networks("10.0.0.0/8"))).toBe(
      "198.51.100.1",
    );
  });

  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7", "203.0.113.7"],
    ["1.1.1.1,203.0.113.7,10.0.0.2", "203.0.113.7"],
    ["10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["nonsense, 10.0.0.2", "10.0.0.2"],
    ["203.0.113.7, nonsense", "10.0.0.1"],
    ["", "10.0.0.1"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
  ])("behind a trusted proxy that forwards %j is %s", (forwarded, address) => {
    expect(clientAddress(from("10.0.0.1", forwarded), networks("10.0.0.0/8"))).toBe(address);
  });

  test("is the plain address of a mapped one", () => {
    expect(clientAddress(from("::ffff:127.0.0.1"), [])).toBe("127.0.0.1");
  });
});

test("an IPv4 address is counted by itself, an IPv6 one with its /64", () => {
  expect(addressGroup("203.0.113.7")).toBe("203.0.113.7");
  expect(addressGroup("2001:db8:1:2::1")).toBe(addressGroup("2001:db8:1:2:ffff::9"));
  expect(addressGroup("2001:db8:1:2::1")).not.toBe(addressGroup("2001:db8:1:3::1"));
  expect(addressGroup("")).toBe("");
});
