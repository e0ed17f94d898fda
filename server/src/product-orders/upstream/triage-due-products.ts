import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderState } from "#providers/provider-states.sql.ts";
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
import { standingOf } from "./standing.ts";
import type { Standing } from "./standing.ts";
import { mayRepeat, writeProductOutcome } from "./write-product-outcome.ts";

const sealedRestSeconds = 300;

/** A product order that may be sent, with the try that is to be written down before. */
export type ReadyProduct = {
  readonly task: ProductTask;
  readonly order: ProductOrder;
  readonly attempt: NewProductAttempt;
  /** What the buyer answered, in clear. */
  readonly answer: string | undefined;
};

/** A claimed order that is not to be sent now, and what is done with it instead. */
export type ProductTriage = { readonly task: ProductTask } & (
  | { readonly kind: "drop" | "poll" | "reconcile" }
  /** What its buyer answered does not open with the panel's key. */
  | { readonly kind: "sealed"; readonly order: ProductOrder }
  /** Its try has no end, and its worker is gone. */
  | { readonly kind: "lost"; readonly attempt: ProductAttempt }
);

/**
 * Decides what is done with claimed orders. What was tried and may have been taken is ready only
 * where the same request is to be repeated under its request id (`repeat`).
 */
export async function triageDueProducts(
  ctx: Context,
  provider: Provider,
  how: "send" | "repeat",
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
    const kept = keptFrom(how, order, standing);
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

/** What stands against sending an order. */
function keptFrom(
  how: "send" | "repeat",
  order: ProductOrder | undefined,
  standing: Standing,
): Kept | undefined {
  if (standing.kind === "open") return { kind: "lost", attempt: standing.attempt };
  if (order === undefined) return { kind: "drop" };
  if (standing.kind === "accepted") return { kind: "poll" };
  if (order.status !== "pending") return { kind: "drop" };
  if (how === "repeat") return standing.kind === "unknown" ? undefined : { kind: "drop" };
  return standing.kind === "unknown" ? { kind: "reconcile" } : undefined;
}

function attemptOf(
  provider: Provider,
  order: ProductOrder,
  standing: Standing,
  rate: Amount | undefined,
): NewProductAttempt | undefined {
  if (order.providerProduct === undefined || order.providerId !== provider.id) return undefined;
  if (standing.kind !== "free" && standing.kind !== "unknown") return undefined;
  const { number } = standing;
  // What may have been there once is asked for under the name that it had.
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

/** After a top-up it must pay for the order that has waited longest, as far as anyone knows. */
export function isAffordable(
  state: ProviderState,
  ready: readonly ReadyProduct[],
  balance: Amount | undefined,
): boolean {
  if (state.hold?.kind !== "funds" || balance === undefined) return true;
  const charge = ready[0]?.attempt.expectedCharge;
  return charge === undefined || balance >= charge;
}

/** Carries out what was decided for an order that is not sent. */
export async function applyTriage(
  ctx: Context,
  provider: Provider,
  aside: ProductTriage,
): Promise<void> {
  const { task } = aside;
  if (aside.kind === "lost") {
    const reason = "The worker ended while the call was under way.";
    const outcome = { kind: "unknown", reason } as const;
    return writeProductOutcome(ctx, provider, { task, attempt: aside.attempt, outcome });
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
  const moved = await moveProductOrder(tx, order.accountId, order.id, { waits, by: byItself });
  if (!moved.ok) throw new Error(`a product order was not moved: ${moved.refusal.code}`);
}
