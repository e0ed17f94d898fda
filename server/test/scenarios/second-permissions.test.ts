import { beforeAll, expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { createService } from "#catalog/create-service.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import { importServices } from "#catalog/sync/import-services.ts";
import { syncProvider } from "#catalog/sync/sync-provider.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { setOrder } from "#orders/set-order.ts";
import { changeProduct } from "#products/change-product.ts";
import { createProduct } from "#products/create-product.ts";
import { importProducts } from "#products/import/import-products.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { staffActor } from "#values/actor.ts";
import { Forbidden } from "#values/authorize.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { OrderId, ProductId, ServiceId, StaffId } from "#values/ids.ts";
import { allPermissions } from "#values/permissions.ts";
import type { Permission } from "#values/permissions.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct } from "#test/store.ts";

// What a use case asks for beside its first permission: prices, keys, credit, refunds.
const panel = testPanel();
const rate = amount("2");
const markUp = markUpOf(amount("10"));
let customer: TestCustomer;
let service: ServiceId;
let product: ProductId;
let order: OrderId;
let provider: Provider;

beforeAll(async () => {
  customer = await panel.addCustomer();
  service = await panel.addService();
  product = await addProduct(panel);
  const asked = { key: customer.key, action: "add", service, link: "https://a.example" };
  order = ((await panel.api({ ...asked, quantity: 100 })) as { order: OrderId }).order;
  const found = await findProviderByName(panel.ctx.db, "manual");
  if (found === undefined) throw new Error("the provider manual is missing");
  provider = found;
});

type Act = (actor: ReturnType<typeof allBut>) => Promise<unknown>;
const remote = { name: "Acme", connector: "api_v2", baseUrl: "https://acme.example", key: "k" };
const described = {
  name: "Likes",
  category: "First",
  rate,
  min: 1,
  max: 10,
  description: "",
} as const;

test.each<[string, Permission, Act]>([
  ["a provider with a key", "providers.keys", (by) => addProvider(panel.ctx, by, remote)],
  [
    "a provider's new key",
    "providers.keys",
    (by) => changeProvider(panel.ctx, by, provider.id, { key: "k" }, nothing),
  ],
  [
    "where a provider's key is sent",
    "providers.keys",
    (by) => changeProvider(panel.ctx, by, provider.id, { baseUrl: remote.baseUrl }, nothing),
  ],
  [
    "a balance below zero",
    "customers.credit",
    (by) => changeCustomer(panel.ctx, by, customer.id, { floor: amount("-5") }),
  ],
  [
    "a customer's discount",
    "customers.price",
    (by) => changeCustomer(panel.ctx, by, customer.id, { discountPercent: amount("5") }),
  ],
  [
    "a service with its price",
    "services.price",
    (by) =>
      createService(panel.ctx, by, {
        ...described,
        type: "Default",
        refill: false,
        cancel: false,
        dripfeed: false,
        providerId: provider.id,
        providerService: undefined,
        providerRate: undefined,
        refillTerms: refillTermsDefault,
      }),
  ],
  [
    "a service's price",
    "services.price",
    (by) => changeService(panel.ctx, by, service, () => ({ rate })),
  ],
  [
    "a service's margin",
    "services.price",
    (by) => changeService(panel.ctx, by, service, () => ({ marginPercent: amount("1") })),
  ],
  [
    "an import at a mark-up",
    "services.price",
    (by) => syncProvider(panel.ctx, by, provider, { kind: "import", mode: "plan", markUp }, noType),
  ],
  [
    "an import of a file",
    "services.price",
    (by) =>
      importServices(panel.ctx, by, {
        list: { services: [], refused: [], notes: [], unfit: [] },
        providerName: "File",
        markupPercent: amount("10"),
        isDryRun: false,
      }),
  ],
  [
    "a product with its price",
    "products.price",
    (by) =>
      createProduct(panel.ctx, by, {
        ...described,
        type: "auto",
        question: undefined,
        questionCheck: undefined,
        visibility: "everyone",
        partDelivery: false,
        lowMark: undefined,
        warrantyDays: 0,
      }),
  ],
  [
    "a product's price",
    "products.price",
    (by) => changeProduct(panel.ctx, by, product, () => ({ rate })),
  ],
  [
    "products at a mark-up",
    "products.price",
    (by) =>
      importProducts(panel.ctx, by, provider, { markUp, mode: "apply", acceptsBrakes: false }),
  ],
  [
    "an order that is canceled",
    "orders.refund",
    (by) => setOrder(panel.ctx, by, order, { status: "canceled" }),
  ],
  [
    "an order that is partial",
    "orders.refund",
    (by) => setOrder(panel.ctx, by, order, { status: "partial", remains: 10 }),
  ],
])("%s needs %s, and without it nothing is written", async (_, permission, act) => {
  const before = await written();

  const tried = act(allBut(permission));

  await expect(tried).rejects.toThrow(new Forbidden(permission));
  expect(await written()).toEqual(before);
});

test("what needs no second permission goes through without it", async () => {
  const by = staffActor(idFromDatabase<StaffId>("5"), "bob", new Set(["services.write"]));

  const changed = await changeService(panel.ctx, by, service, () => ({ name: "New name" }));

  expect(changed).toMatchObject({ ok: true, value: { name: "New name" } });
});

function allBut(permission: Permission) {
  const rest = [...allPermissions].filter((name) => name !== permission);
  return staffActor(idFromDatabase<StaffId>("5"), "bob", new Set(rest));
}

/** Everything that these use cases write. */
async function written(): Promise<unknown> {
  const tables = ["audit_entries", "customers", "orders", "postings", "products", "providers"];
  const each = [...tables, "services", "sync_runs", "sync_terms"].map(async (table) => {
    const { rows } = await panel.ctx.db.query(`select to_jsonb(t)::text as row from ${table} t`);
    return rows.map(({ row }: { row: string }) => `${table} ${row}`).toSorted();
  });
  return (await Promise.all(each)).flat();
}

const nothing = () => Promise.resolve();
const noType = () => undefined;
