import { beforeAll, expect, test, vi } from "vitest";
import { addHoldRule } from "./change-hold-rules.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";

const panel = testPanel();

beforeAll(async () => {
  must(
    await addHoldRule(panel.ctx, tester, {
      decision: "refuse",
      serviceId: undefined,
      reason: "spam",
      expiresAt: undefined,
      condition: { kind: "deny_link", match: "suffix", pattern: "evil.example" },
    }),
  );
  // A process knows of a new rule within a second.
  const isKnown = async () =>
    "error" in (await add("Default", { link: "evil.example", quantity: "10" }));
  await vi.waitUntil(isKnown, { timeout: 20_000, interval: 100 });
});

async function add(type: string, fields: Record<string, string>): Promise<object> {
  const { key } = await panel.addCustomer();
  const service = await panel.addService({ type, min: 1 });
  return (await panel.api({ key, action: "add", service, ...fields })) as object;
}

const placed = { order: expect.any(Number) as number };

test("a denied host is refused wherever its address stands, and however it is written", async () => {
  for (const link of [
    "\u200bhttps://evil.example/p",
    "see https://evil.example/p",
    "(https://evil.example/p)",
    "evil\u3002example/p",
    "e\u00advil.example",
    "https://good.example/?u=https%3A%2F%2Fevil.example",
  ]) {
    const answer = await add("Default", { link, quantity: "10" });
    expect([link, answer]).toEqual([link, { error: "This link is not accepted" }]);
  }
  expect(await add("Default", { link: "https://good.example/evil", quantity: "10" })).toEqual(
    placed,
  );
});

test("so it is in the other fields of an order", async () => {
  const link = "https://good.example/p";
  const comments = "nice\nbuy at https://evil.example/now";
  const refused = { error: "This link is not accepted" };
  expect(await add("Custom Comments", { link, comments })).toEqual(refused);
  const media = "evil.example/p/1";
  expect(await add("Mentions Media Likers", { link, media, quantity: "10" })).toEqual(refused);
  const groups = "https://good.example/g\nhttps://evil.example/g";
  expect(await add("Invites from Groups", { link, groups, quantity: "10" })).toEqual(refused);
  const username = "https://evil.example/feed";
  expect(await add("Subscriptions", { username, min: "1", max: "1" })).toEqual(refused);
  expect(await add("Custom Comments", { link, comments: "nice. evil, example" })).toEqual(placed);
});
