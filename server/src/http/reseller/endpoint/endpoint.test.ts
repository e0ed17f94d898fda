import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";

const panel = testPanel();

test("an accepted order is charged, stored and shown", async () => {
  const service = await panel.addService();
  const { key } = await panel.addCustomer({ balance: "10" });

  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 1000 });

  expect(placed).toEqual({ order: expect.any(Number) });
  expect(await panel.api({ key, action: "balance" })).toEqual({ balance: "9.10", currency: "USD" });
});

test("the list has a service that was put on sale a moment ago", async () => {
  const { key } = await panel.addCustomer();
  const service = await panel.addService({ name: "Just now" });

  const list = await panel.api({ key, action: "services" });

  expect(list).toContainEqual(expect.objectContaining({ service, name: "Just now" }));
});
