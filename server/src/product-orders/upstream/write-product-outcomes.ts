import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { endOf, lateVerdict, retrySeconds, unbelieved } from "#dispatch/read-outcome.ts";
import type { AskedOutcome } from "#dispatch/read-outcome.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { PlaceOutcome } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { lockStock } from "#products/items.sql.ts";
import { emptyInventory, takeInventory } from "#products/import/provider-products.sql.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import type { ProductOrderMove } from "#product-orders/move-product-order.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import type { Mover } from "#values/actor.ts";
import { formatAmount } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import { steppedBackOff } from "#values/back-off.ts";
import { failProductOrder, isOutOfStock } from "./fail-product-order.ts";
import {
  byItself,
  endProductAttempt,
  findProductHolder,
  listProductAttempts,
  settleProductAttempt,
  settleProductAttempts,
} from "./product-attempts.sql.ts";
import type { NewProductAttempt } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask, ProductTaskKind } from "./product-tasks.sql.ts";
import { standingOf } from "#dispatch/standing.ts";

// The provider may still be working on a request that we gave up waiting for.
const repeatPausesSeconds = [5, 10, 30, 60, 120, 300, 600, 900] as const;
// A day and more, so that a person has had time to look.
const repeatsMax = 120;

/** An attempt that was made, and its result. */
export type ProductTried = {
  readonly task: ProductTask;
  readonly attempt: NewProductAttempt;
  readonly outcome: PlaceOutcome;
};

/**
 * Records the outcomes of attempts with their consequences, each in a transaction of its own. May
 * be repeated. Returns nothing about numbers that are not believed.
 */
export async function writeProductOutcomes(
  ctx: Context,
  provider: Provider,
  tried: readonly ProductTried[],
): Promise<[]> {
  for (const each of tried) {
    const { outcome } = each;
    if (outcome.kind === "by_hand") throw new Error("nobody delivers goods of a provider by hand");
    await inTransaction(ctx, (tx) => writeOutcome(tx, provider, each, outcome));
  }
  return [];
}

/** Locks the order, its task, the product's stock, and the account for a refund. */
async function writeOutcome(
  tx: Tx,
  provider: Provider,
  { task, attempt }: ProductTried,
  said: AskedOutcome,
): Promise<void> {
  const order = await lockProductOrder(tx, task.accountId, task.orderId);
  if (order === undefined) return;
  const outcome = await believed(tx, provider, order, said);
  const isOurs = await productTasks.hold(tx, task);
  const startedAt = await endProductAttempt(tx, attempt, endOf(outcome));
  // Another worker found the attempt without an end and took its outcome for unknown. Now it is
  // known.
  if (startedAt === undefined && !(await settleLate(tx, attempt, outcome))) return;
  if (outcome.kind === "refused" && isOutOfStock(outcome.reason)) {
    await lockStock(tx, order.productId);
    await emptyInventory(tx, order.productId);
  }
  // When a request was sent again under its id, refusing the repetition does not refuse the first.
  const tries = (await listProductAttempts(tx, [order.id])).get(order.id) ?? [];
  const standing = standingOf(tries);
  if (outcome.kind === "accepted") {
    const { providerOrder } = outcome;
    await settleProductAttempts(
      tx,
      { accountId: order.accountId, productOrderId: order.id },
      { as: "accepted", by: byItself, providerOrder },
    );
    return acceptProductOrder(tx, provider, order, { providerOrder, by: byItself });
  }
  const facts = factsOf(
    provider,
    { ...attempt, quantity: order.quantity, startedAt },
    outcome.reason,
  );
  if (isProductOrderFinal(order.status)) return noteLate(tx, order, outcome, facts);

  const due = (kind: ProductTaskKind, inSeconds: number): Promise<void> =>
    isOurs
      ? productTasks.reschedule(tx, task, kind, inSeconds)
      : productTasks.set(tx, {
          accountId: order.accountId,
          orderId: order.id,
          providerId: provider.id,
          kind,
          inSeconds,
        });
  if (standing.kind === "unknown") {
    const isFirst = standing.attempt.number === attempt.number;
    const note = isFirst ? facts : `${facts} It was sent before under the same request id.`;
    await moveIt(tx, order, { waits: { for: "unknown", note }, by: byItself });
    if (!mayRepeat(provider) || attempt.number > repeatsMax) {
      return productTasks.delete(tx, order.accountId, order.id);
    }
    const repeats = attempt.number - standing.attempt.number;
    const pause = steppedBackOff(repeats + 1, repeatPausesSeconds);
    return due("reconcile", pause);
  }
  if (standing.kind !== "free") return;
  switch (outcome.kind) {
    case "not_sent":
      return due("send", retrySeconds(attempt, outcome));
    case "unknown":
      return;
    case "refused":
      switch (outcome.concern) {
        case "provider":
        case "funds":
        case "limit":
          // The provider's queue is held elsewhere.
          return due("send", 0);
        case "service":
        case "link":
        case "order":
          await failProductOrder(tx, order, outcome.reason);
      }
  }
}

/** True where the same request may be sent again under its request id and is placed only once. */
export function mayRepeat({ connector, settings }: Provider): boolean {
  return findConnector(connector)?.products?.mayRepeat(settings) === true;
}

/** The number, and who knows it. `isReused`: staff know that it was given before. */
type Acceptance = {
  readonly providerOrder: string;
  readonly isReused?: boolean;
  readonly by: Mover;
};

/** A number that another order carries proves nothing. Staff find out. */
async function believed(
  tx: Tx,
  provider: Provider,
  order: ProductOrder,
  outcome: AskedOutcome,
): Promise<AskedOutcome> {
  if (outcome.kind !== "accepted") return outcome;
  const { providerOrder } = outcome;
  const holder = await findProductHolder(tx, provider.id, providerOrder, order.id);
  return holder === undefined ? outcome : unbelieved(providerOrder, holder);
}

/**
 * The provider has the locked order under this number. From now on the panel asks about it, and
 * what waited for that no longer waits.
 */
export async function acceptProductOrder(
  tx: Tx,
  provider: Provider,
  order: ProductOrder,
  { providerOrder, isReused = false, by }: Acceptance,
): Promise<void> {
  const { accountId, id: orderId } = order;
  const hasEnded = isProductOrderFinal(order.status);
  const words = `${provider.alias} took it as ${providerOrder} when it had ended here`;
  const waits = hasEnded
    ? ({ for: "accepted_late", note: `${words}: stop it there by hand` } as const)
    : null;
  await moveIt(tx, order, { providerOrder, isReused, waits, by });
  await lockStock(tx, order.productId);
  await takeInventory(tx, order.productId, order.quantity);
  // Also where it has ended here, so that its cost there is booked.
  const inSeconds = hasEnded ? 5 : 0;
  await productTasks.set(tx, {
    accountId,
    orderId,
    providerId: provider.id,
    kind: "poll",
    inSeconds,
  });
}

/** The order ended here while the call was under way. */
async function noteLate(
  tx: Tx,
  order: ProductOrder,
  outcome: AskedOutcome,
  facts: string,
): Promise<void> {
  await productTasks.delete(tx, order.accountId, order.id);
  if (outcome.kind !== "unknown") return;
  const note = `It ended here while the call was under way. ${facts}`;
  await moveIt(tx, order, { waits: { for: "unknown", note }, by: byItself });
}

async function moveIt(tx: Tx, order: ProductOrder, to: ProductOrderMove): Promise<void> {
  const moved = await moveProductOrder(tx, order, to);
  if (!moved.ok) throw new Error(`a product order was not moved: ${moved.refusal.code}`);
}

async function settleLate(
  tx: Tx,
  attempt: NewProductAttempt,
  outcome: AskedOutcome,
): Promise<boolean> {
  const verdict = lateVerdict(outcome);
  return verdict !== undefined && settleProductAttempt(tx, attempt, { ...verdict, by: byItself });
}

/** The facts about an attempt, for the desk. */
function factsOf(
  provider: Provider,
  attempt: NewProductAttempt & { quantity: number; startedAt: Date | undefined },
  reason: string,
): string {
  const { providerProduct, quantity, requestId, expectedCharge, startedAt } = attempt;
  const at = startedAt === undefined ? "" : ` at ${startedAt.toISOString()}`;
  const sent = `${quantity} of its product ${providerProduct} asked of ${provider.alias}${at}`;
  const charge =
    expectedCharge === undefined
      ? "What it costs there is not known."
      : `It costs ${[formatAmount(expectedCharge, 2), provider.currency].join(" ").trim()} there.`;
  return `${sent} under the request id ${requestId}: ${reason} ${charge}`;
}
