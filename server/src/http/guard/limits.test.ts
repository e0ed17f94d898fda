import { describe, expect, test } from "vitest";
import type { ApiKey } from "#customers/api-key.ts";
import { settingsSchema } from "#settings/settings.ts";
import type { Settings } from "#settings/settings.ts";
import { openLimits } from "./limits.ts";
import { workOf } from "#http/reseller/command-limiters.ts";

const defaults = settingsSchema.parse({});
const limits = (settings: Partial<Settings> = {}) =>
  openLimits(() => ({ ...defaults, ...settings }));

function keyWith(id: number, rateLimit: number | undefined): ApiKey {
  const key: Omit<ApiKey, "id" | "accountId"> = {
    version: 1,
    scopes: ["read"],
    dialect: undefined,
    ipAllow: [],
    rateLimit,
    isCustomerActive: true,
    isTest: false,
    priceVersion: 1,
  };
  return { ...key, id, accountId: 1 } as ApiKey;
}

function passedOf(count: number, ask: () => number): number {
  const answers = Array.from({ length: count }, ask);
  return answers.filter((seconds) => seconds === 0).length;
}

describe("the limit of a key", () => {
  test("is its own where it has one, else the panel's; 0 is none", () => {
    const desk = limits({ key_rate_limit: 5 });
    const own = keyWith(1, 3);
    const common = keyWith(2, undefined);
    const free = keyWith(3, 0);

    expect(passedOf(10, () => desk.countKey(own, 0))).toBe(3);
    expect(passedOf(10, () => desk.countKey(common, 0))).toBe(5);
    expect(passedOf(100, () => desk.countKey(free, 0))).toBe(100);
    expect(passedOf(100, () => limits({ key_rate_limit: 0 }).countKey(common, 0))).toBe(100);
  });

  test("of one key does not touch another's", () => {
    const desk = limits({ key_rate_limit: 5 });
    passedOf(10, () => desk.countKey(keyWith(1, undefined), 0));

    expect(passedOf(10, () => desk.countKey(keyWith(2, undefined), 0))).toBe(5);
  });

  test("says in whole seconds, at least one, when to try again", () => {
    const desk = limits();
    const key = keyWith(1, 1);
    desk.countKey(key, 0);

    expect(desk.countKey(key, 0)).toBe(1);
  });
});

describe("what a request asks for", () => {
  const states = { kind: "order_states", orders: Array.from({ length: 100 }, () => "1") } as const;

  test("weighs in the limit of its key: five ids for each request that it may make", () => {
    const desk = limits({ key_rate_limit: 1000 });
    const work = workOf(states);

    expect(work).toBe(99);
    expect(passedOf(100, () => desk.countKey(keyWith(1, undefined), work))).toBe(50);
    // A thousand a second for a slow key as well, and one large request always.
    expect(passedOf(100, () => desk.countKey(keyWith(2, 100), work))).toBe(10);
    expect(passedOf(3, () => desk.countKey(keyWith(3, 5), 5000))).toBe(1);
  });

  test("weighs nothing where it is one order, one state or the balance", () => {
    expect(workOf({ kind: "order_state", order: "1" })).toBe(0);
    expect(workOf({ kind: "balance" })).toBe(0);
    expect(workOf({ kind: "services" })).toBe(100);
  });
});

describe("the limit of failed keys", () => {
  test("counts an address, not its neighbour", () => {
    const desk = limits({ failed_key_limit: 4 });

    expect(passedOf(10, () => desk.countFailedKey("203.0.113.7"))).toBe(4);
    expect(passedOf(10, () => desk.countFailedKey("203.0.113.8"))).toBe(4);
  });

  test("and what a key has used are two accounts", () => {
    const desk = limits({ failed_key_limit: 4, key_rate_limit: 4 });
    passedOf(10, () => desk.countFailedKey("1"));

    expect(passedOf(10, () => desk.countKey(keyWith(1, undefined), 0))).toBe(4);
  });

  test("lasts for the rest of the minute", () => {
    const desk = limits({ failed_key_limit: 1 });
    desk.countFailedKey("203.0.113.7");

    const seconds = desk.countFailedKey("203.0.113.7");

    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});
