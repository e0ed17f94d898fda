import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { bookProductCost } from "#ledger/movements/book-product-cost.ts";
import type { ProviderProductState } from "#providers/connector.ts";
import { judgeCharge } from "#providers/judge-charge.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { listItemsOfOrders } from "#products/items.sql.ts";
import type { ProductType } from "#products/product.ts";
import { listHolders } from "#products/import/provider-products.sql.ts";
import { deliverLines, sealLine } from "#product-orders/deliver-lines.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import type { ProductOrderMove } from "#product-orders/move-product-order.ts";
import { lockProductOrder, setBookedProductCost } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder, ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { providerMover } from "#values/actor.ts";
import type { AccountId } from "#values/ids.ts";
import { subtract } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import type { Secrets } from "#values/secrets.ts";
import { byItself } from "./product-attempts.sql.ts";
import { cut } from "#values/text.ts";
import { followProductState, goodsOf } from "./follow-product-state.ts";
import type { Following } from "./follow-product-state.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";

/** What applying states needs to know about the provider. */
export type TakingOver = {
  readonly provider: Provider;
  /** The currency the provider counts in. */
  readonly currency: string;
  readonly secrets: Secrets;
  /** The provider's account in the ledger. */
  readonly costAccount: AccountId;
  readonly pace: { readonly minSeconds: number; readonly maxSeconds: number };
};

/** A leased product order, its product's type, and what its provider said of it. */
export type SaidOfProduct = {
  readonly task: ProductTask;
  readonly type: ProductType;
  readonly said: ProviderProductState;
};

/** Reasons that a later answer of the provider clears up. */
const waitsOfPolling: ReadonlySet<ProductOrderWait> = new Set([
  "status_unknown",
  "short",
  "repeated",
  "went_back",
]);

const missesMax = 3;

/**
 * Applies what a provider says of one product order: status, goods, note, refund, cost, and when to
 * ask again. A line that was given to another order is not delivered. Locks the order, its task,
 * the provider, the buyer's account, the provider's account.
 */
export function takeProductState(
  ctx: Context,
  taking: TakingOver,
  { task, type, said }: SaidOfProduct,
): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, task.accountId, task.orderId);
    if (!(await productTasks.hold(tx, task))) return;
    if (order === undefined) return productTasks.delete(tx, task.accountId, task.orderId);
    if (said.kind !== "state") return takeMissing(ctx, tx, taking, { task, order, said });
    if (isProductOrderFinal(order.status)) {
      const noted = await noteLate(tx, taking, order, said);
      await bookCost(tx, taking, noted, said);
      const isOver = said.status !== undefined && isProductOrderFinal(said.status);
      if (isOver) return productTasks.delete(tx, order.accountId, order.id);
      return productTasks.reschedule(tx, task, "poll", taking.pace.maxSeconds);
    }
    const { following, moved } = await takeGoods(tx, taking, { order, type, said });
    await reschedule(ctx, tx, taking, { task, order, following });
    return bookCost(tx, taking, moved, said);
  });
}

type State = Extract<ProviderProductState, { kind: "state" }>;
type Known = { readonly order: ProductOrder; readonly type: ProductType; readonly said: State };

async function takeGoods(
  tx: Tx,
  taking: TakingOver,
  known: Known,
): Promise<{ readonly following: Following; readonly moved: ProductOrder }> {
  const { order, type, said } = known;
  const { items, expected } = goodsOf(order, type, said);
  const own = (await listItemsOfOrders(tx, order.accountId, [order.id])).get(order.id) ?? [];
  const { fresh, repeated } = await splitFreshFromRepeated(tx, taking, order, type, items, own);
  const delivered =
    type === "service"
      ? servedBy(order, said, expected)
      : Math.min(order.delivered + fresh.length, order.quantity);
  const following = followProductState(order, said, expected, { delivered, repeated });
  const placesBefore = Math.max(0, ...own.map(({ place }) => place));
  await deliverLines(tx, taking.secrets, order, "provider", fresh, { placesBefore });
  const { waits } = following;
  const isCleared = waits === null && waitsOfPolling.has(order.waits?.for ?? "failed");
  const moved = await move(tx, order, {
    status: following.status,
    delivered,
    by: providerMover(taking.provider.id),
    ...(following.note !== undefined && { note: following.note }),
    ...(waits !== null ? { waits } : isCleared ? { waits: null } : {}),
  });
  return { following, moved };
}

/** The provider's staff deliver the whole, whatever they write about it. */
function servedBy(order: ProductOrder, said: State, expected: number | undefined): number {
  if (said.status === "completed") return order.quantity;
  if (said.status === "partial" && expected !== undefined) {
    return Math.max(order.delivered, Math.min(expected, order.quantity));
  }
  return order.delivered;
}

/** Separates new lines from those that this order has already and those given to another one. */
async function splitFreshFromRepeated(
  tx: Tx,
  { provider, secrets }: TakingOver,
  order: ProductOrder,
  type: ProductType,
  items: readonly string[],
  own: readonly { readonly digest: Buffer }[],
): Promise<{ fresh: string[]; repeated: { line: number; holder: number }[] }> {
  const has = new Set(own.map(({ digest }) => digest.toString("hex")));
  const lines = items.map((text) => ({ text, digest: sealLine(secrets, text).digest }));
  const news = lines.filter(({ digest }) => !has.has(digest.toString("hex")));
  if (news.length === 0) return { fresh: [], repeated: [] };
  // Texts delivered by hand, such as "done", may be the same for everybody.
  if (type === "service") return { fresh: news.map(({ text }) => text), repeated: [] };
  // If two orders are given the same line at the same time, the second sees the first.
  await lockProvider(tx, provider.id);
  const digests = news.map(({ digest }) => digest);
  const holders = await listHolders(tx, digests, order.id);
  const fresh: string[] = [];
  const repeated: { line: number; holder: number }[] = [];
  const seen = new Set<string>();
  for (const [index, { text, digest }] of lines.entries()) {
    const name = digest.toString("hex");
    const holder = seen.has(name) ? order.id : has.has(name) ? undefined : holders.get(name);
    if (holder !== undefined) repeated.push({ line: index + 1, holder });
    else if (!has.has(name) && fresh.length < order.quantity - order.delivered) fresh.push(text);
    seen.add(name);
  }
  return { fresh, repeated };
}

async function takeMissing(
  ctx: Context,
  tx: Tx,
  taking: TakingOver,
  {
    task,
    order,
    said,
  }: { task: ProductTask; order: ProductOrder; said: Exclude<ProviderProductState, State> },
): Promise<void> {
  if (isProductOrderFinal(order.status)) return productTasks.delete(tx, order.accountId, order.id);
  if (task.attempts >= missesMax) {
    const note =
      said.kind === "missing"
        ? cut(`The provider does not know it: ${said.reason}`, 500)
        : "The provider's answers about it cannot be read: see panel provider log";
    await move(tx, order, { waits: { for: "status_unknown", note }, by: byItself });
  }
  return productTasks.reschedule(tx, task, "poll", pauseOf(ctx, taking, order));
}

/** Staff had ended the order here, so what its provider delivers is lost money. */
async function noteLate(
  tx: Tx,
  { provider }: TakingOver,
  order: ProductOrder,
  said: State,
): Promise<ProductOrder> {
  if (order.status === "completed" || order.waits?.for === "accepted_late") return order;
  if (said.status !== "completed" && said.status !== "partial") return order;
  const words = `${provider.alias} delivered it as ${order.providerOrder ?? "?"}`;
  const note = `${words} after it had ended here`;
  return move(tx, order, { waits: { for: "accepted_late", note }, by: byItself });
}

/** An unclear cost is not booked. Where the order ends with it, it waits for staff. */
async function bookCost(
  tx: Tx,
  { provider, currency, costAccount }: TakingOver,
  order: ProductOrder,
  said: State,
): Promise<void> {
  const { exchangeRate } = provider;
  const judged = judgeCharge(said, { exchangeRate, currency, expected: order.cost });
  if (judged.kind === "none") return;
  if (judged.kind === "unclear") {
    if (!isProductOrderFinal(order.status) || order.waits !== undefined) return;
    const note = `The provider's ${judged.words}`;
    await move(tx, order, { waits: { for: "cost_unclear", note }, by: byItself });
    return;
  }
  const { cost } = judged;
  if (cost === order.bookedCost) return;
  await setBookedProductCost(tx, order.accountId, order.id, cost);
  const posted = await bookProductCost(tx, {
    accountId: costAccount,
    productOrderId: order.id,
    change: subtract(cost, order.bookedCost),
    number: order.costBookings + 1,
  });
  if (!posted.ok) throw new Error(`a cost was not booked: ${posted.refusal.code}`);
}

async function reschedule(
  ctx: Context,
  tx: Tx,
  taking: TakingOver,
  known: { task: ProductTask; order: ProductOrder; following: Following },
): Promise<void> {
  const { task, order, following } = known;
  if (isProductOrderFinal(following.status)) {
    return productTasks.delete(tx, order.accountId, order.id);
  }
  const hasMoved = following.status !== order.status;
  const pause = hasMoved ? taking.pace.minSeconds : pauseOf(ctx, taking, order);
  return productTasks.reschedule(tx, task, "poll", pause);
}

/** A tenth of its age, so that young orders are asked about often and old ones rarely. */
function pauseOf(ctx: Context, { pace }: TakingOver, order: ProductOrder): number {
  const ageSeconds = (ctx.clock.now() - order.createdAt.getTime()) / 1000;
  return Math.min(pace.maxSeconds, Math.max(pace.minSeconds, ageSeconds / 10));
}

async function move(tx: Tx, order: ProductOrder, to: ProductOrderMove): Promise<ProductOrder> {
  const moved = await moveProductOrder(tx, order, to);
  if (!moved.ok) throw new Error(`a product order was not moved: ${moved.refusal.code}`);
  return moved.value.after;
}
