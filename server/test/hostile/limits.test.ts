import { beforeAll, describe, expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { expectRefusal, form, jsonOf, send } from "./send.ts";
import type { Heard } from "./send.ts";

const panel = testPanel({ env: { PANEL_TRUSTED_PROXIES: "127.0.0.1, ::1, 10.0.0.0/8" } });

beforeAll(() => panel.addService());

/** A request that came through the trusted proxies, the last hop last. */
function askFrom(hops: string, fields: Readonly<Record<string, string>>): Promise<Heard> {
  const sent = form(fields);
  return send(panel.url, { ...sent, headers: { ...sent.headers, "X-Forwarded-For": hops } });
}

describe("X-Forwarded-For behind a trusted proxy", () => {
  test("the last hop that is no trusted proxy is where a request comes from", async () => {
    const { key } = await panel.addCustomer({
      terms: { ipAllow: ["203.0.113.7", "2001:db8::/32"] },
    });
    const balance = { key, action: "balance" };

    const allowed = [
      "203.0.113.7",
      "198.51.100.1, 203.0.113.7",
      "203.0.113.7, 10.1.2.3",
      "nonsense, 203.0.113.7 , 10.1.2.3,127.0.0.1",
      "::ffff:203.0.113.7",
      "2001:db8::9",
    ];
    const refused = [
      "203.0.113.7, 198.51.100.1",
      "203.0.113.7, nonsense",
      "203.0.113.7, ",
      "",
      "198.51.100.1",
      "2001:db9::9",
    ];
    for (const hops of allowed) {
      expect(jsonOf(await askFrom(hops, balance)), hops).toHaveProperty("balance");
    }
    for (const hops of refused) {
      expectRefusal(await askFrom(hops, balance), "address_not_allowed", "Invalid API key");
    }
  });
});

describe("the limit of failed keys", () => {
  test("stops an address that guesses, and never a right key from the same address", async () => {
    const { key } = await panel.addCustomer();
    const guess = () => askFrom("198.51.100.20", { key: "0".repeat(32), action: "balance" });

    const heard: Heard[] = [];
    for (let attempt = 0; attempt < 21; attempt++) heard.push(await guess());
    const right = await askFrom("198.51.100.20", { key, action: "balance" });
    const elsewhere = await askFrom("198.51.100.21", { key: "0".repeat(32), action: "balance" });

    expect(heard.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(200));
    const last = heard[20];
    expect(last?.status).toBe(429);
    expect(last?.headers["x-error-code"]).toBe("rate_limited");
    expect(Number(last?.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(last?.text ?? "")).toEqual({ error: "Rate limit exceeded" });
    expect(jsonOf(right)).toHaveProperty("balance");
    expectRefusal(elsewhere, "key_unknown");
  });

  test("counts an IPv6 customer's whole network as one", async () => {
    const heard: Heard[] = [];
    for (let attempt = 0; attempt < 21; attempt++) {
      heard.push(await askFrom(`2001:db8:1:2::${attempt + 1}`, { key: "0", action: "balance" }));
    }
    expect(heard.at(-1)?.status).toBe(429);
  });
});

describe("the limit of a key", () => {
  test("is its own: 429 with Retry-After, and again after that time", async () => {
    const slow = await panel.addCustomer({ terms: { rateLimit: 3 } });
    const other = await panel.addCustomer({ terms: { rateLimit: 0 } });
    const ask = (key: string) => askFrom("198.51.100.30", { key, action: "balance" });

    const burst = await Promise.all(Array.from({ length: 12 }, () => ask(slow.key)));
    const unlimited = await Promise.all(Array.from({ length: 50 }, () => ask(other.key)));

    const limited = burst.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(6);
    for (const heard of limited) {
      expect(heard.headers["retry-after"]).toBe("1");
      expect(heard.headers["x-error-code"]).toBe("rate_limited");
      expect(jsonOf(heard)).toEqual({ error: "Rate limit exceeded" });
    }
    expect(unlimited.every(({ status }) => status === 200)).toBe(true);
    await expect.poll(async () => (await ask(slow.key)).status, { timeout: 3000 }).toBe(200);
  });

  test("an order that was limited was not placed", async () => {
    const { key } = await panel.addCustomer({ terms: { rateLimit: 2 } });
    const order = { key, action: "add", service: "1", link: "a", quantity: "1000" };

    const burst = await Promise.all(
      Array.from({ length: 8 }, () => askFrom("198.51.100.31", order)),
    );

    const placed = burst.filter(({ status }) => status === 200).length;
    const { rows } = await panel.ctx.db.query("select count(*) as n from orders");
    expect(rows).toEqual([{ n: placed }]);
  });
});
