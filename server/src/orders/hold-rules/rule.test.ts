import { describe, expect, test } from "vitest";
import { zero } from "#values/money.ts";
import type { HoldRuleId, ServiceId } from "#values/ids.ts";
import { compileRules, normalPattern } from "./rule.ts";
import type { HoldCondition, HoldRule, LinkMatch } from "./rule.ts";

function rule(id: number, condition: HoldCondition, more: Partial<HoldRule> = {}): HoldRule {
  return {
    id: id as HoldRuleId,
    decision: "refuse",
    serviceId: undefined,
    reason: "test",
    expiresAt: undefined,
    createdAt: new Date(0),
    createdBy: "test",
    condition,
    ...more,
  };
}

function denies(match: LinkMatch, typed: string, link: string): boolean {
  const pattern = normalPattern(match, typed);
  if (pattern === undefined) throw new Error(`${typed} is no pattern`);
  const rules = compileRules([rule(1, { kind: "deny_link", match, pattern })]);
  return rules.onLink(1 as ServiceId, link) !== undefined;
}

describe("ways around a list that do not lead around it", () => {
  test.each<[LinkMatch, string, string]>([
    ["suffix", "bad.example", "https://bad.example/a"],
    ["suffix", "bad.example", "bad.example"],
    ["suffix", "bad.example", "//bad.example/a"],
    ["suffix", "bad.example", "HTTP://WWW.BAD.EXAMPLE/a"],
    ["suffix", "bad.example", "https://cdn.bad.example/a"],
    ["suffix", "*.bad.example", "https://bad.example./a"],
    ["suffix", "https://www.bad.example/", "https://bad.example:8443/a"],
    ["suffix", "bad.example", "https://good.example@bad.example/a"],
    ["suffix", "bad.example", "good.example:x@bad.example/a"],
    ["suffix", "bad.example", "https:bad.example/a"],
    ["suffix", "bad.example", "https:\\\\bad.example\\a"],
    ["suffix", "bad.example", "https://bad%2Eexample/a"],
    ["suffix", "bad.example", "https://ｂａｄ．example/a"],
    ["suffix", "bad.example", "https://bad\u3002example/a"],
    ["suffix", "bad.example", "https://bad.exa\u00ADmple/a"],
    ["suffix", "bad.example", "https://www.google.com/url?q=https://bad.example/a"],
    ["suffix", "bad.example", "https://l.facebook.com/l.php?u=https%3A%2F%2Fbad.example%2Fa&h=1"],
    ["suffix", "bücher.example", "https://xn--bcher-kva.example/a"],
    ["suffix", "127.0.0.1", "http://2130706433/a"],
    ["suffix", "127.0.0.1", "http://0x7f.1/a"],
    ["suffix", "bad.example", "\u200bhttps://bad.example/a"],
    ["suffix", "bad.example", "see https://bad.example/a"],
    ["suffix", "bad.example", "(https://bad.example/a)"],
    ["suffix", "bad.example", "bad\u3002example/a"],
    ["suffix", "bad.example", "https://good.example/?u=https://bad.example/a"],
    ["suffix", "bücher.example", "bücher.example/a"],
    ["suffix", "youtu.be", "https://youtu.be/dQw4w9WgXcQ"],
    ["suffix", "youtube.com", "https://youtu.be/dQw4w9WgXcQ"],
    ["host", "twitter.com", "https://x.com/a/status/1"],
    ["path", "instagram.com/badname/*", "https://www.instagram.com/badname/p/Cabc/"],
    ["path", "x.com/badname/*", "https://twitter.com/BadName/status/1"],
    ["host", "bad.example", "https://www.bad.example/a"],
    ["path", "instagram.com/p/*", "https://www.instagram.com/reel/Cabc/?igsh=1"],
    ["path", "x.com/somebody", "https://mobile.twitter.com/@Somebody/"],
    ["path", "bad.example/a*z", "https://bad.example/a/%2e%2e/abcz"],
    ["path", "bad.example/secret", "https://bad.example/%73ecret/"],
    ["word", "casino", "https://good.example/CASINO-1"],
    ["word", "casino", "https://good.example/%63asino"],
    ["word", "casino", "https://good.example/%2563asino"],
    ["word", "casino", "https://good.example/?q=cas%69no"],
    ["word", "casino", "https://good.example/ｃａｓｉｎｏ"],
    ["word", "casino", "my_casino"],
  ])("%s %s denies %s", (match, pattern, link) => {
    expect(denies(match, pattern, link)).toBe(true);
  });
});

test.each<[LinkMatch, string, string]>([
  ["suffix", "bad.example", "https://notbad.example/a"],
  ["suffix", "bad.example", "https://bad.example.com/a"],
  ["suffix", "bad.example", "https://good.example/bad.example"],
  ["host", "bad.example", "https://cdn.bad.example/a"],
  ["path", "bad.example/a", "https://bad.example/ab"],
  ["path", "bad.example/a*", "https://bad.example/b/a"],
  ["word", "casino", "https://good.example/a"],
])("%s %s does not deny %s", (match, pattern, link) => {
  expect(denies(match, pattern, link)).toBe(false);
});

test.each<[LinkMatch, string]>([
  ["host", "no host"],
  ["suffix", ""],
  ["path", "bad.example"],
  ["path", "/p/*"],
  ["word", "  "],
])("%s %j is no pattern", (match, pattern) => {
  expect(normalPattern(match, pattern)).toBeUndefined();
});

test("a list of allowed hosts stands against every other link, and against bare names", () => {
  const rules = compileRules([rule(1, { kind: "allow_host", hosts: ["instagram.com"] })]);
  const isAllowed = (link: string) => rules.onLink(1 as ServiceId, link) === undefined;
  expect(isAllowed("https://www.instagram.com/a")).toBe(true);
  expect(isAllowed("https://help.instagram.com/a")).toBe(true);
  expect(isAllowed("https://instagram.com.bad.example/a")).toBe(false);
  expect(isAllowed("somebody")).toBe(false);
});

test("a rule of a service concerns that service alone; refusing comes before holding", () => {
  const hosts = { kind: "deny_link", match: "suffix", pattern: "bad.example" } as const;
  const rules = compileRules([
    rule(1, hosts, { decision: "hold" }),
    rule(2, hosts, { serviceId: 7 as ServiceId }),
    rule(3, { kind: "same_link", minutes: 5 }),
    rule(4, { kind: "same_link", minutes: 9 }, { serviceId: 7 as ServiceId }),
    rule(5, { kind: "first_deposit", hours: 1, above: zero }),
  ]);
  expect(rules.onLink(1 as ServiceId, "bad.example")?.id).toBe(1);
  expect(rules.onLink(7 as ServiceId, "bad.example")?.id).toBe(2);
  expect(rules.sameLink(1 as ServiceId)?.id).toBe(3);
  expect(rules.sameLink(7 as ServiceId)?.id).toBe(4);
});
