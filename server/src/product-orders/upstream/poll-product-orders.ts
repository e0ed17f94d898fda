import type { Context } from "#database/context.ts";
import { countedCurrency } from "#providers/upkeep/check-currency.ts";
import { openCostAccount } from "#providers/cost-account.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type {
  ProviderCall,
  ProviderConnector,
  ProviderProductState,
} from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { openCall } from "#providers/open-call.ts";
import { findPollRest } from "#providers/poll-rests.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { listUpstreamTerms } from "#products/import/provider-products.sql.ts";
import type { ProductType } from "#products/product.ts";
import { readSettings } from "#settings/settings.ts";
import { listProductOrdersOf } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import { backOff } from "#values/back-off.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";
import { takeProductState } from "./take-product-state.ts";
import type { TakingOver } from "./take-product-state.ts";

const ordersMax = 100;

type Products = NonNullable<ProviderConnector["products"]>;

/**
 * Asks a provider for the states of its due product orders, at most 100 in a round, and applies
 * them. Returns how many were asked about. Those without an answer are asked about again, after
 * longer and longer pauses.
 */
export async function pollProductOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  const products = connector?.products;
  if (connector === undefined || products === undefined) return 0;
  if ((await findPollRest(ctx.db, provider.id)).isResting) return 0;
  const limit = Math.min(connector.statesMax(provider.settings), ordersMax);
  const due = { providerId: provider.id, kind: "poll", limit } as const;
  const tasks = await productTasks.lease(ctx.db, due);
  if (tasks.length === 0) return 0;
  const left = new Set(tasks);
  const lease = keepLease(ctx, productTasks, tasks);
  try {
    await pollBatch(ctx, provider, products, tasks, left, signal);
  } finally {
    lease.close();
    await productTasks.giveBack(ctx.db, [...left], 0);
  }
  return tasks.length;
}

async function pollBatch(
  ctx: Context,
  provider: Provider,
  products: Products,
  tasks: readonly ProductTask[],
  left: Set<ProductTask>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ids = tasks.map((task) => task.orderId);
  const orders = new Map(
    (await listProductOrdersOf(ctx.db, ids)).map((order) => [order.id, order]),
  );
  const productIds = new Set([...orders.values()].map((order) => order.productId));
  const terms = await listUpstreamTerms(ctx.db, [...productIds]);
  const settings = await readSettings(ctx.db);
  const minSeconds = settings.poll_seconds_min;
  const taking: TakingOver = {
    provider,
    currency: await countedCurrency(ctx.db, provider, settings.currency),
    secrets: await ctx.secrets(),
    costAccount: await openCostAccount(ctx, provider),
    pace: { minSeconds, maxSeconds: Math.max(minSeconds, settings.poll_seconds_max) },
  };
  const call = await openCall(ctx, provider);
  const asked = [...orders.values()].flatMap((order) => order.providerOrder ?? []);
  const answered = await products.productOrderStates(asked, call);
  if (!answered.ok) {
    const { kind, reason } = answered.refusal;
    const fields = { provider: provider.id, kind, reason };
    ctx.log.warn(fields, "states of product orders not answered");
  }
  for (const task of tasks) {
    if (signal?.aborted === true) return;
    const order = orders.get(task.orderId);
    const type = (order && terms.get(order.productId)?.type) ?? "auto";
    const state = answered.ok
      ? saidOf(order, answered.value)
      : isUnread(answered.refusal)
        ? ({ kind: "unread" } as const)
        : undefined;
    const said =
      state === undefined || order === undefined
        ? state
        : await withItems(products, call, { order, type, said: state });
    left.delete(task);
    if (said === undefined) await later(ctx, task, taking);
    else {
      await takeProductState(ctx, taking, { task, type, said }).catch(async (error: unknown) => {
        // A problem with one order must not keep the others from their goods.
        ctx.log.error({ productOrderId: task.orderId, error }, "state not taken over");
        await later(ctx, task, taking);
      });
    }
  }
}

/** True where there was an answer that nobody can read. */
function isUnread(failure: ProviderFailure): boolean {
  return failure.kind === "unknown" && failure.unread !== undefined;
}

function saidOf(
  order: ProductOrder | undefined,
  states: ReadonlyMap<string, ProviderProductState>,
): ProviderProductState {
  if (order?.providerOrder === undefined) {
    return { kind: "missing", reason: "its number at the provider was never noted" };
  }
  const said = states.get(order.providerOrder);
  return said ?? { kind: "missing", reason: "the answer leaves it out" };
}

/**
 * Asks for the goods item by item where a text could be cut in more than one way. `undefined`: no
 * answer came, so it is asked again another time.
 */
async function withItems(
  products: Products,
  call: ProviderCall,
  known: {
    readonly order: ProductOrder;
    readonly type: ProductType;
    readonly said: ProviderProductState;
  },
): Promise<ProviderProductState | undefined> {
  const { order, type, said } = known;
  if (said.kind !== "state" || typeof said.result !== "string") return said;
  const isNeeded =
    type === "auto" &&
    order.quantity > 1 &&
    order.delivered < order.quantity &&
    order.providerOrder !== undefined &&
    said.status !== "canceled" &&
    !isProductOrderFinal(order.status);
  if (!isNeeded) return said;
  const listed = await products.listItems(order.providerOrder, call);
  if (!listed.ok) return undefined;
  return listed.value === undefined ? said : { ...said, result: listed.value };
}

function later(ctx: Context, task: ProductTask, { pace }: TakingOver): Promise<void> {
  const pauses = { first: 3 * pace.minSeconds, cap: pace.maxSeconds, growthsMax: 10 };
  return productTasks.reschedule(ctx.db, task, "poll", backOff(task.attempts + 1, pauses));
}
