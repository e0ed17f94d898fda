import { describe, expect, test } from "vitest";
import type { ApiKey } from "#customers/api-key.ts";
import { settingsSchema } from "#settings/settings.ts";
import type { Settings } from "#settings/settings.ts";
import { openLimits } from "./limits.ts";

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

async function passedOf(count: number, ask: () => Promise<number>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, ask));
  return answers.filter((seconds) => seconds === 0).length;
}

describe("the limit of a key", () => {
  test("is its own where it has one, else the panel's; 0 is none", async () => {
    const desk = limits({ key_rate_limit: 5 });
    const own = keyWith(1, 3);
    const common = keyWith(2, undefined);
    const free = keyWith(3, 0);

    expect(await passedOf(10, async () => desk.countKey(own))).toBe(3);
    expect(await passedOf(10, async () => desk.countKey(common))).toBe(5);
    expect(await passedOf(100, async () => desk.countKey(free))).toBe(100);
    expect(await passedOf(100, async () => limits({ key_rate_limit: 0 }).countKey(common))).toBe(
      100,
    );
  });

  test("of one key does not touch another's", async () => {
    const desk = limits({ key_rate_limit: 5 });
    await passedOf(10, async () => desk.countKey(keyWith(1, undefined)));

    expect(await passedOf(10, async () => desk.countKey(keyWith(2, undefined)))).toBe(5);
  });

  test("says in whole seconds, at least one, when to try again", async () => {
    const desk = limits();
    const key = keyWith(1, 1);
    await desk.countKey(key);

    expect(await desk.countKey(key)).toBe(1);
  });
});

describe("the limit of failed keys", () => {
  test("counts an address, not its neighbour", async () => {
    const desk = limits({ failed_key_limit: 4 });

    expect(await passedOf(10, () => desk.countFailedKey("203.0.113.7"))).toBe(4);
    expect(await passedOf(10, () => desk.countFailedKey("203.0.113.8"))).toBe(4);
  });

  test("and what a key has used are two accounts", async () => {
    const desk = limits({ failed_key_limit: 4, key_rate_limit: 4 });
    await passedOf(10, () => desk.countFailedKey("1"));

    expect(await passedOf(10, async () => desk.countKey(keyWith(1, undefined)))).toBe(4);
  });

  test("lasts for the rest of the minute", async () => {
    const desk = limits({ failed_key_limit: 1 });
    await desk.countFailedKey("203.0.113.7");

    const seconds = await desk.countFailedKey("203.0.113.7");

    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});
