import { audit } from "#audit/audit.sql.ts";
import { checkMarkUp, markUpJson } from "#catalog/mark-up.ts";
import type { MarkUp, MarkUpRefusal } from "#catalog/mark-up.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { checkCurrency } from "#providers/upkeep/check-currency.ts";
import type { CurrencyRefusal } from "#providers/upkeep/check-currency.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ListedProduct, ProductList } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { formatAmount } from "#values/money.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { lockStock } from "#products/items.sql.ts";
import { planImport } from "./plan-import.ts";
import type { ProductChange, ProductPlan } from "./plan-import.ts";
import {
  ensureProductCategory,
  insertProduct,
  listProductsOfProvider,
} from "#products/products.sql.ts";
import {
  emptyInventory,
  listProductMarkUps,
  setListedTerms,
  setProductMarkUp,
} from "./provider-products.sql.ts";

export type ImportProductsRefusal =
  | MarkUpRefusal
  | CurrencyRefusal
  | { readonly code: "provider_without_products"; readonly connector: string }
  | { readonly code: "products_not_fetched"; readonly reason: string };

/** What to do with a provider's list of products. */
export type ImportProductsOrder = {
  /** What new products are sold with; without it only products already on sale are updated. */
  readonly markUp: MarkUp | undefined;
  /** Which new products are wanted; all where left out. */
  readonly isWanted?: (listed: ListedProduct) => boolean;
  readonly mode: "plan" | "apply";
  /** True: an operator has looked at what would stop it, and wants it anyway. */
  readonly acceptsBrakes: boolean;
};

export type ImportedProducts = {
  readonly plan: ProductPlan;
  readonly listed: number;
  /** False where nothing was applied: it was a plan, or the list is not believed. */
  readonly isApplied: boolean;
  /** How many of the plan's changes were made. */
  readonly applied: number;
};

/**
 * Reads a provider's list of products and puts the new ones on sale, or only updates those already
 * on sale; as a plan, or at once. A list that is empty or that lost many products is not believed,
 * and a price that jumped is not taken, until an operator accepts it. A product whose cost jumped
 * up is out of stock until then. One foreign call, then one transaction. Locks the provider, then
 * the stocks of its products.
 */
export async function importProducts(
  ctx: Context,
  actor: Actor,
  provider: Provider,
  order: ImportProductsOrder,
): Promise<Result<ImportedProducts, ImportProductsRefusal>> {
  authorize(actor, "products.write");
  if (order.markUp !== undefined) authorize(actor, "products.price");
  const { connector } = provider;
  const products = findConnector(connector)?.products;
  if (products === undefined) return refused({ code: "provider_without_products", connector });
  const markUp = order.markUp && checkMarkUp(order.markUp);
  if (markUp?.ok === false) return markUp;
  const answered = await products.listProducts(await openCall(ctx, provider));
  if (!answered.ok) {
    return refused({ code: "products_not_fetched", reason: answered.refusal.reason });
  }
  const doubtful = await checkCurrency(ctx, provider);
  if (doubtful !== undefined) return refused(doubtful);
  const list = answered.value;
  const listed = list.products.length + list.refused.length;
  if (order.mode === "plan") {
    const plan = await planOf(ctx.db, provider, list, order);
    return ok({ plan, listed, isApplied: false, applied: 0 });
  }
  return inTransaction(ctx, async (tx) => {
    // Two imports at once would bring new products twice.
    const locked = await lockProvider(tx, provider.id);
    if (locked === undefined) throw new Error(`provider ${provider.id} is gone`);
    for (const { id } of await listProductsOfProvider(tx, provider.id)) await lockStock(tx, id);
    const plan = await planOf(tx, locked, list, order);
    if (plan.brakes.length > 0 && !order.acceptsBrakes) {
      return ok({ plan, listed, isApplied: false, applied: 0 });
    }
    let applied = 0;
    for (const change of plan.changes) {
      if (change.brake === undefined || order.acceptsBrakes) {
        await applyChange(tx, locked, change);
        applied += 1;
      } else await stopSale(tx, change);
    }
    await auditImport(tx, actor, provider, plan, { order, applied });
    return ok({ plan, listed, isApplied: true, applied });
  });
}

async function planOf(
  db: Queryable,
  provider: Provider,
  list: ProductList,
  order: ImportProductsOrder,
): Promise<ProductPlan> {
  const settings = await readSettings(db);
  return planImport({
    list,
    products: await listProductsOfProvider(db, provider.id),
    markUps: await listProductMarkUps(db, provider.id),
    exchangeRate: provider.exchangeRate,
    markUp: order.markUp,
    isWanted: order.isWanted ?? (() => true),
    vanishPercent: settings.vanish_percent,
    jumpPercent: settings.price_jump_percent,
  });
}

async function applyChange(tx: Tx, provider: Provider, change: ProductChange): Promise<void> {
  const { productId, listed, after, markUp } = change;
  if (productId !== undefined) return setListedTerms(tx, productId, after);
  if (listed === undefined || markUp === undefined) throw new Error("nothing to bring");
  const id = await insertProduct(tx, {
    categoryId: await ensureProductCategory(tx, listed.category),
    name: listed.name,
    description: listed.description,
    type: listed.type,
    questionCheck: undefined,
    visibility: "everyone",
    partDelivery: false,
    lowMark: undefined,
    warrantyDays: 0,
    providerId: provider.id,
    providerProduct: listed.providerProduct,
    marginPercent: undefined,
    belowMargin: undefined,
    ...after,
  });
  await setProductMarkUp(tx, id, markUp);
}

/** A product that now costs more than anybody decided is not sold at the old price. */
async function stopSale(tx: Tx, { productId, before, after }: ProductChange): Promise<void> {
  const [was, is] = [before?.cost, after.cost];
  if (productId === undefined || was === undefined || is === undefined || is <= was) return;
  await emptyInventory(tx, productId);
}

async function auditImport(
  tx: Tx,
  actor: Actor,
  provider: Provider,
  plan: ProductPlan,
  done: { readonly order: ImportProductsOrder; readonly applied: number },
): Promise<void> {
  // Going in and out of stock is not a decision, and happens every few minutes.
  const told = plan.changes.filter(
    ({ kind, before, after }) =>
      kind !== "changed" || before?.rate !== after.rate || before.cost !== after.cost,
  );
  if (told.length === 0) return;
  const { markUp, acceptsBrakes } = done.order;
  await audit(tx, {
    actor,
    action: "product.import",
    subject: `provider:${provider.id}`,
    after: {
      markUp: markUp && markUpJson(markUp),
      acceptsBrakes,
      applied: done.applied,
      changes: told.slice(0, 100).map(({ kind, providerProduct, before, after, brake }) => ({
        kind,
        providerProduct,
        rateBefore: before && formatAmount(before.rate, 2),
        rate: formatAmount(after.rate, 2),
        brake,
      })),
    },
  });
}
