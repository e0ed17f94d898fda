import { beforeEach } from "vitest";
import { tester } from "#test/actors.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { importProducts } from "#products/import/import-products.ts";
import { listProductsOfProvider } from "#products/products.sql.ts";
import type { Product } from "#products/product.ts";
import { findProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { listProductAttempts } from "#product-orders/upstream/product-attempts.sql.ts";
import type { ProductAttempt } from "#product-orders/upstream/product-attempts.sql.ts";
import { pollProductOrders } from "#product-orders/upstream/poll-product-orders.ts";
import { reconcileProductOrders } from "#product-orders/upstream/reconcile-product-orders.ts";
import { sendProductOrders } from "#product-orders/upstream/send-product-orders.ts";
import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import type { ProviderTerms } from "#providers/upkeep/provider-terms.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { ProductOrderId, ProviderId } from "#values/ids.ts";
import type { GoodsProvider } from "./goods-provider.ts";
import { amount, must } from "./panel.ts";
import type { TestCustomer, TestPanel } from "./panel.ts";
import { buy } from "./store.ts";

/** A panel that resells one provider's goods, set up anew for each test. */
export function goodsScene(panel: TestPanel, goods: GoodsProvider) {
  let id: ProviderId | undefined;
  let buyer: TestCustomer | undefined;
  let scenes = 0;
  const provider = async (): Promise<Provider> => {
    const found = id === undefined ? undefined : await findProvider(panel.ctx.db, id);
    if (found === undefined) throw new Error("no provider yet");
    return found;
  };
  const scene = {
    provider,
    /** Adds the provider and sells what it lists at one and a half times its price. */
    open: async (terms: ProviderTerms = {}): Promise<void> => {
      id = must(
        await addProvider(panel.ctx, tester, {
          connector: "api-v2",
          baseUrl: goods.url(),
          key: "k".repeat(32),
          isPrivate: true,
          requestsPerSecond: 10_000,
          ...terms,
          // A long limit for fetching its list: a slow machine must not fail a test before it
          // begins.
          timeoutMs: 10_000,
          name: `Goods ${++scenes}`,
        }),
      );
      await scene.import();
      const { timeoutMs = 300 } = terms;
      must(await changeProvider(panel.ctx, tester, id, { timeoutMs }, repriceProvider));
      buyer = await panel.addCustomer({ balance: "100000", terms: { rateLimit: 0 } });
    },
    import: async (more: { acceptsBrakes?: boolean } = {}) =>
      must(
        await importProducts(panel.ctx, tester, await provider(), {
          markUp: markUpOf(amount("50")),
          mode: "apply",
          acceptsBrakes: more.acceptsBrakes ?? false,
        }),
      ),
    sync: async (more: { acceptsBrakes?: boolean } = {}) =>
      must(
        await importProducts(panel.ctx, tester, await provider(), {
          markUp: undefined,
          mode: "apply",
          acceptsBrakes: more.acceptsBrakes ?? false,
        }),
      ),
    products: async (): Promise<Product[]> =>
      listProductsOfProvider(panel.ctx.db, (await provider()).id),
    product: async (providerProduct = "7"): Promise<Product> => {
      const all = await scene.products();
      const found = all.find((product) => product.providerProduct === providerProduct);
      if (found === undefined) throw new Error(`no product ${providerProduct}`);
      return found;
    },
    buyer: (): TestCustomer => {
      if (buyer === undefined) throw new Error("no buyer yet");
      return buyer;
    },
    /** Buys over the API. */
    buy: async (quantity = 1, fields: Record<string, string> = {}): Promise<ProductOrderId> => {
      const { id: product } = await scene.product();
      const bought = await buy(panel, scene.buyer().key, product, { quantity, ...fields });
      if (typeof bought !== "number") throw new Error(`not sold: ${bought.error}`);
      return bought;
    },
    /** Makes everything that is due later due now. */
    hurry: () => panel.ctx.db.query("update product_tasks set due_at = panel_now()"),
    send: async () => sendProductOrders(panel.ctx, await provider()),
    poll: async () => {
      await scene.hurry();
      return pollProductOrders(panel.ctx, await provider());
    },
    reconcile: async () => {
      await scene.hurry();
      return reconcileProductOrders(panel.ctx, await provider());
    },
    order: async (of: ProductOrderId): Promise<ProductOrder> => {
      const found = await findProductOrder(panel.ctx.db, of);
      if (found === undefined) throw new Error(`no product order ${of}`);
      return found;
    },
    attempts: async (of: ProductOrderId): Promise<readonly ProductAttempt[]> =>
      (await listProductAttempts(panel.ctx.db, [of])).get(of) ?? [],
    /** What the buyer sees of the order. */
    shown: (of: ProductOrderId) =>
      panel.api({ key: scene.buyer().key, action: "product_order_status", order: of }),
    added: () => goods.asked.filter(({ action }) => action === "add_product_order"),
  };
  beforeEach(async () => {
    goods.reset();
    await panel.ctx.db.query("delete from product_tasks");
  });
  return scene;
}
