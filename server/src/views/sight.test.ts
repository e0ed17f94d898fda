import { beforeEach, expect, test } from "vitest";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { must, testPanel } from "#test/panel.ts";
import { addProduct, buy } from "#test/store.ts";
import { commandLineActor, customerActor, staffActor } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import { Forbidden } from "#values/authorize.ts";
import type { OrderId, ProductOrderId, StaffId } from "#values/ids.ts";
import { allPermissions } from "#values/permissions.ts";
import type { Permission } from "#values/permissions.ts";
import { viewBelowCost } from "./catalog/below-cost.ts";
import { viewServices } from "./catalog/service-list.ts";
import { viewSources } from "./catalog/source-list.ts";
import { viewCustomers } from "./customers/customer-list.ts";
import { viewEvents } from "./customers/event-list.ts";
import { viewKeys } from "./customers/key-list.ts";
import { viewStatement } from "./customers/statement.ts";
import { viewWebhooks } from "./customers/webhook-list.ts";
import { viewCancels } from "./orders/cancel-list.ts";
import { viewHeldOrders } from "./orders/held-orders.ts";
import { viewDesk } from "./orders/order-desk.ts";
import { viewOrder } from "./orders/order-dossier.ts";
import { viewOrders } from "./orders/order-list.ts";
import { viewTimeline } from "./orders/order-timeline.ts";
import { viewRefills } from "./orders/refill-list.ts";
import { viewRules } from "./orders/rule-list.ts";
import { viewSchedules } from "./orders/schedule-list.ts";
import { viewStuckOrders } from "./orders/stuck-orders.ts";
import { viewAudit } from "./panel/audit-list.ts";
import { viewProfit } from "./panel/profit.ts";
import { viewSettings } from "./panel/settings.ts";
import { viewClaims } from "./products/claim-list.ts";
import { viewProductDesk } from "./products/product-desk.ts";
import { viewProducts } from "./products/product-list.ts";
import { viewProductOrder } from "./products/product-order-dossier.ts";
import { viewProductOrders } from "./products/product-order-list.ts";
import { viewProviderCalls } from "./providers/provider-calls.ts";
import { viewProviders } from "./providers/provider-list.ts";
import { viewScores } from "./providers/provider-score.ts";
import { viewSyncRuns } from "./providers/sync-runs.ts";

const panel = testPanel({ roles: ["api"] });
const scene = dispatchScene(panel);
const limit = 10;
let order: OrderId;
let productOrder: ProductOrderId;

/** An order that went out and came back refused, and one of a product. */
beforeEach(async () => {
  scene.first.saysToAdd({ json: { error: "Incorrect service ID" } });
  order = await scene.place("https://example.com/refused");
  await scene.send(scene.first);
  const product = await addProduct(panel, { stock: [`line ${order}`] });
  const bought = await buy(panel, scene.customer.key, product);
  if (typeof bought !== "number") throw new Error(bought.error);
  productOrder = bought;
});

/** Staff with all permissions but these. */
function without(...lacking: readonly Permission[]): Actor {
  const permissions = new Set([...allPermissions].filter((each) => !lacking.includes(each)));
  return staffActor(1 as StaffId, "anna", permissions);
}

/** Every view, and the permission without which it is refused. */
const views: readonly (readonly [string, Permission, (actor: Actor) => Promise<unknown>])[] = [
  ["order", "orders.read", (a) => viewOrder(panel.ctx, a, order)],
  ["orders", "orders.read", async (a) => must(await viewOrders(panel.ctx, a, { limit }))],
  ["desk", "orders.read", (a) => viewDesk(panel.ctx, a, { limit })],
  ["held", "orders.read", (a) => viewHeldOrders(panel.ctx, a, { limit })],
  ["stuck", "orders.read", (a) => viewStuckOrders(panel.ctx, a, { isMuted: false, limit })],
  ["timeline", "orders.read", (a) => viewTimeline(panel.ctx, a, order)],
  ["refills", "orders.read", (a) => viewRefills(panel.ctx, a, { limit })],
  ["cancels", "orders.read", (a) => viewCancels(panel.ctx, a, { limit })],
  [
    "drip-feeds",
    "orders.read",
    (a) => viewSchedules(panel.ctx, a, { kind: "drip_feed", withDone: true, limit }),
  ],
  ["rules", "holds.read", (a) => viewRules(panel.ctx, a, { withExpired: true })],
  ["customers", "customers.read", async (a) => must(await viewCustomers(panel.ctx, a, { limit }))],
  [
    "statement",
    "customers.read",
    async (a) => must(await viewStatement(panel.ctx, a, { accountId: scene.customer.id, limit })),
  ],
  ["keys", "customers.read", (a) => viewKeys(panel.ctx, a, { limit })],
  ["webhooks", "webhooks.read", (a) => viewWebhooks(panel.ctx, a, { limit })],
  [
    "events",
    "webhooks.read",
    (a) => viewEvents(panel.ctx, a, { customerId: scene.customer.id, limit }),
  ],
  ["services", "services.read", async (a) => must(await viewServices(panel.ctx, a, { limit }))],
  ["below cost", "services.read", (a) => viewBelowCost(panel.ctx, a, { limit })],
  ["sources", "services.read", (a) => viewSources(panel.ctx, a, scene.service)],
  ["providers", "providers.read", (a) => viewProviders(panel.ctx, a)],
  ["scores", "reports.read", (a) => viewScores(panel.ctx, a, { days: 30 })],
  ["calls", "providers.read", (a) => viewProviderCalls(panel.ctx, a, { limit })],
  ["syncs", "services.read", (a) => viewSyncRuns(panel.ctx, a, { limit })],
  ["products", "products.read", (a) => viewProducts(panel.ctx, a, { isLow: false })],
  ["product order", "product_orders.read", (a) => viewProductOrder(panel.ctx, a, productOrder)],
  [
    "product orders",
    "product_orders.read",
    async (a) => must(await viewProductOrders(panel.ctx, a, { limit })),
  ],
  [
    "product desk",
    "product_orders.read",
    async (a) => must(await viewProductDesk(panel.ctx, a, { limit })),
  ],
  ["claims", "product_orders.read", (a) => viewClaims(panel.ctx, a, { limit })],
  ["audit", "audit.read", async (a) => must(await viewAudit(panel.ctx, a, { limit }))],
  ["settings", "settings.read", (a) => viewSettings(panel.ctx, a)],
  ["profit", "reports.profit", (a) => viewProfit(panel.ctx, a, { by: "day" })],
];

test("every view is shown to the machine's shell, and to staff who have its permission", async () => {
  for (const [name, , view] of views) {
    const shown = await view(commandLineActor("anna"));
    expect(shown, name).toBeDefined();
    // But for ages, which count on.
    if (name !== "stuck") expect(await view(without()), name).toEqual(shown);
  }
});

test("every view is refused to staff without its permission, and to customers", async () => {
  for (const [name, permission, view] of views) {
    await expect(view(without(permission)), name).rejects.toThrow(Forbidden);
    await expect(view(customerActor(scene.customer.id)), name).rejects.toThrow(Forbidden);
  }
});

/** Every name that stands anywhere in what a view shows. */
function namesIn(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.stringify(value, (name, inner: unknown) => {
    names.add(name);
    return inner;
  });
  return names;
}

const hidden: readonly (readonly [Permission, string, readonly string[]])[] = [
  ["orders.cost", "orders", ["cost", "booked_cost"]],
  ["orders.cost", "order", ["cost", "booked_cost", "expected_charge", "facts"]],
  ["orders.cost", "services", ["cost", "provider_rate", "markup", "margin_percent"]],
  ["orders.cost", "sources", ["rate", "cost"]],
  ["orders.cost", "scores", ["spent_per_hour"]],
  ["orders.cost", "products", ["cost", "provider_rate", "margin_percent"]],
  ["orders.cost", "product order", ["cost", "booked_cost"]],
  ["reports.profit", "orders", ["profit"]],
  ["reports.profit", "order", ["profit"]],
  ["reports.profit", "product order", ["profit"]],
  [
    "orders.provider",
    "orders",
    ["provider", "provider_alias", "provider_service", "provider_order"],
  ],
  [
    "orders.provider",
    "order",
    ["provider", "provider_alias", "provider_service", "provider_order", "calls", "facts"],
  ],
  ["orders.provider", "desk", ["provider", "facts"]],
  ["orders.provider", "services", ["provider", "provider_service"]],
  ["orders.provider", "products", ["provider", "provider_product"]],
  ["orders.provider", "product order", ["provider", "provider_product", "attempts"]],
  ["customers.email", "orders", ["email"]],
  ["customers.email", "order", ["email"]],
  ["customers.email", "customers", ["email"]],
  ["customers.email", "keys", ["email"]],
  ["customers.email", "product order", ["email"]],
  ["customers.address", "keys", ["ip"]],
  ["customers.address", "audit", ["address"]],
];

test("columns that need a permission are left out for who lacks it", async () => {
  for (const [permission, name, columns] of hidden) {
    const view = views.find(([each]) => each === name)?.[2];
    if (view === undefined) throw new Error(`no view ${name}`);
    const all = namesIn(await view(without()));
    const some = namesIn(await view(without(permission)));
    const left = columns.filter((column) => some.has(column));
    expect([...all], name).toEqual(expect.arrayContaining([...columns]));
    expect(left, `${name} without ${permission}`).toEqual([]);
  }
});

test("what tells of providers and costs as a whole is refused without either", async () => {
  for (const permission of ["orders.provider", "orders.cost"] as const) {
    const actor = without(permission);
    await expect(viewProviderCalls(panel.ctx, actor, { limit })).rejects.toThrow(Forbidden);
    await expect(viewSyncRuns(panel.ctx, actor, { limit })).rejects.toThrow(Forbidden);
  }
  await expect(
    viewProfit(panel.ctx, without("orders.provider"), { by: "provider" }),
  ).rejects.toThrow(Forbidden);
});

test("orders cannot be looked up by what the actor may not see", async () => {
  const actor = without("orders.provider", "customers.email");
  const { ctx } = panel;
  const byNumber = viewOrders(ctx, actor, { providerOrder: "1", limit });
  await expect(byNumber).rejects.toThrow(Forbidden);
  const byPlace = viewOrders(ctx, actor, { providerId: scene.first.id(), limit });
  await expect(byPlace).rejects.toThrow(Forbidden);
  const found = must(await viewCustomers(ctx, actor, { search: "example.com", limit }));
  expect(found.rows).toEqual([]);
});

test("the story of an order names no provider to whom it may not be named", async () => {
  const all = JSON.stringify(await viewTimeline(panel.ctx, without(), order));
  expect(all).toContain("First");
  const some = await viewTimeline(panel.ctx, without("orders.provider"), order);
  expect(some?.length).toBeGreaterThan(0);
  expect(JSON.stringify(some)).not.toContain("First");
});
