import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { listUpstreamTerms } from "#products/import/provider-products.sql.ts";
import {
  answerPurpose,
  listProductOrdersOf,
  lockProductOrder,
} from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import { chargePerItem } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { listProductAttempts, byItself } from "./product-attempts.sql.ts";
import type { NewProductAttempt, ProductAttempt } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";
import { requestIdOf } from "./request-id.ts";
import { lostReason, standingOf } from "#dispatch/standing.ts";
import type { Standing } from "#dispatch/standing.ts";
import { mayRepeat, writeProductOutcomes } from "./write-product-outcomes.ts";

const sealedRestSeconds = 300;

/** A product order that may be sent, with the attempt to be recorded first. */
export type ReadyProduct = {
  readonly task: ProductTask;
  readonly order: ProductOrder;
  readonly attempt: NewProductAttempt;
  /** What the buyer answered, in clear. */
  readonly answer: string | undefined;
};

/** A leased order that is not to be sent now, and what is done with it instead. */
export type ProductTriage = { readonly task: ProductTask } & (
  | { readonly kind: "drop" | "poll" | "reconcile" }
  /** The buyer's answer does not open with the panel's key. */
  | { readonly kind: "sealed"; readonly order: ProductOrder }
  /** Its attempt has no end, and the worker is gone. */
  | { readonly kind: "lost"; readonly attempt: ProductAttempt }
);

/**
 * Decides what is done with leased orders. An order that a provider may have taken is ready only
 * where the same request is to be repeated under its request id (`reconcile`).
 */
export async function triageDueProducts(
  ctx: Context,
  provider: Provider,
  kind: "send" | "reconcile",
  tasks: readonly ProductTask[],
): Promise<{ ready: ReadyProduct[]; aside: ProductTriage[] }> {
  const ids = tasks.map((task) => task.orderId);
  const orders = new Map(
    (await listProductOrdersOf(ctx.db, ids)).map((order) => [order.id, order]),
  );
  const attempts = await listProductAttempts(ctx.db, ids);
  const terms = await listUpstreamTerms(ctx.db, [
    ...new Set([...orders.values()].map((order) => order.productId)),
  ]);
  const secrets = await ctx.secrets();

  const ready: ReadyProduct[] = [];
  const aside: ProductTriage[] = [];
  for (const task of tasks) {
    const order = orders.get(task.orderId);
    const standing = standingOf(attempts.get(task.orderId) ?? []);
    const kept = keptFrom(provider, kind, order, standing);
    if (order === undefined || kept !== undefined) {
      aside.push({ task, ...(kept ?? { kind: "drop" }) });
      continue;
    }
    const { sealedAnswer } = order;
    const answer =
      sealedAnswer === undefined ? undefined : secrets.open(answerPurpose(order.id), sealedAnswer);
    if (sealedAnswer !== undefined && answer === undefined) {
      aside.push({ task, kind: "sealed", order });
      continue;
    }
    const rate = terms.get(order.productId)?.providerRate;
    const attempt = attemptOf(provider, order, standing, rate);
    if (attempt === undefined) aside.push({ task, kind: "drop" });
    else ready.push({ task, order, attempt, answer });
  }
  return { ready, aside };
}

type Kept = { kind: "drop" | "poll" | "reconcile" } | { kind: "lost"; attempt: ProductAttempt };

/** What prevents an order from being sent. */
function keptFrom(
  provider: Provider,
  kind: "send" | "reconcile",
  order: ProductOrder | undefined,
  standing: Standing<ProductAttempt>,
): Kept | undefined {
  if (standing.kind === "open") return { kind: "lost", attempt: standing.attempt };
  if (order === undefined) return { kind: "drop" };
  if (standing.kind === "accepted") return { kind: "poll" };
  if (order.status !== "pending") return { kind: "drop" };
  if (kind === "send") return standing.kind === "unknown" ? { kind: "reconcile" } : undefined;
  // The setting may have been taken back since.
  const isRepeated = standing.kind === "unknown" && mayRepeat(provider);
  return isRepeated ? undefined : { kind: "drop" };
}

function attemptOf(
  provider: Provider,
  order: ProductOrder,
  standing: Standing<ProductAttempt>,
  rate: Amount | undefined,
): NewProductAttempt | undefined {
  if (order.providerProduct === undefined || order.providerId !== provider.id) return undefined;
  if (standing.kind !== "free" && standing.kind !== "unknown") return undefined;
  const { number } = standing;
  // An order that the provider may have is asked for under its old request id.
  const again =
    standing.kind === "unknown"
      ? standing.attempt
      : standing.last?.outcome === "not_sent"
        ? standing.last
        : undefined;
  return {
    accountId: order.accountId,
    productOrderId: order.id,
    number,
    providerId: provider.id,
    providerProduct: order.providerProduct,
    requestId: again?.requestId ?? requestIdOf(order, number),
    expectedCharge: rate && chargePerItem(rate, order.quantity),
  };
}

/** Carries out what was decided for orders that are not sent, each in a transaction of its own. */
export async function applyProductTriage(
  ctx: Context,
  provider: Provider,
  aside: readonly ProductTriage[],
): Promise<void> {
  for (const each of aside) await applyOne(ctx, provider, each);
}

async function applyOne(ctx: Context, provider: Provider, aside: ProductTriage): Promise<void> {
  const { task } = aside;
  if (aside.kind === "lost") {
    const outcome = { kind: "unknown", reason: lostReason } as const;
    await writeProductOutcomes(ctx, provider, [{ task, attempt: aside.attempt, outcome }]);
    return;
  }
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, task.accountId, task.orderId);
    if (!(await productTasks.hold(tx, task))) return;
    switch (aside.kind) {
      case "drop":
        return productTasks.delete(tx, task.accountId, task.orderId);
      case "poll":
        return productTasks.reschedule(tx, task, "poll", 0);
      case "reconcile":
        return mayRepeat(provider)
          ? productTasks.reschedule(tx, task, "reconcile", 0)
          : productTasks.delete(tx, task.accountId, task.orderId);
      case "sealed":
        if (order !== undefined) await waitForKey(tx, order);
        return productTasks.reschedule(tx, task, "send", sealedRestSeconds);
    }
  });
}

async function waitForKey(tx: Tx, order: ProductOrder): Promise<void> {
  if (order.status !== "pending") return;
  const note = "What its buyer answered does not open with this panel's encryption key.";
  const waits = { for: "failed", note } as const;
  const moved = await moveProductOrder(tx, order, { waits, by: byItself });
  if (!moved.ok) throw new Error(`a product order was not moved: ${moved.refusal.code}`);
}
