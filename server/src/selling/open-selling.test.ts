import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { addHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { openSelling } from "./open-selling.ts";

const panel = testPanel({ roles: ["worker"] });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("price list and rules are looked after every second, until it is closed", async () => {
  const service = await panel.addService({ rate: amount("1") });
  const selling = await openSelling(panel.ctx, { refreshedFrom: panel.ctx.db });
  must(await changeService(panel.ctx, tester, service, () => ({ rate: amount("2") })));
  must(
    await addHoldRule(panel.ctx, tester, {
      decision: "refuse",
      serviceId: undefined,
      reason: "because",
      expiresAt: undefined,
      condition: { kind: "deny_link", match: "word", pattern: "odd" },
    }),
  );
  expect(selling.catalog.find(service)?.rate).toBe(amount("1"));
  expect(selling.holds.isEmpty()).toBe(true);

  vi.advanceTimersByTime(1000);
  await expect.poll(() => selling.catalog.find(service)?.rate).toBe(amount("2"));
  await expect.poll(() => selling.holds.isEmpty()).toBe(false);

  await selling.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("opened for a command it keeps nothing going", async () => {
  const selling = await openSelling(panel.ctx);

  expect(vi.getTimerCount()).toBe(0);
  await selling.close();
});
