import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { backOff } from "#values/back-off.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";

const retryPause = { first: 30, cap: 3600 };
const leaseSecondsMin = 60;

/** How many of a provider's requests are leased at a time: as many as it takes in parallel. */
export function leaseOf(provider: Provider): {
  readonly providerId: ProviderId;
  readonly limit: number;
  readonly leaseSeconds: number;
} {
  // Each may have to wait for its slot, and then for its answer.
  const slots = provider.parallelCalls / provider.requestsPerSecond;
  return {
    providerId: provider.id,
    limit: provider.parallelCalls,
    leaseSeconds: Math.ceil(leaseSecondsMin + provider.timeoutMs / 1000 + slots),
  };
}

/** How many seconds to wait before the provider is asked again, after this many attempts. */
export function retrySeconds(attempts: number): number {
  return backOff(attempts, retryPause);
}

/** Handles leased requests in parallel. One that fails is due again when its lease ends. */
export async function runRequests<
  Request extends { readonly account_id: AccountId; readonly order_id: OrderId },
>(
  ctx: Context,
  requests: readonly Request[],
  work: (request: Request) => Promise<void>,
): Promise<void> {
  await Promise.all(
    requests.map(async (request) => {
      try {
        await work(request);
      } catch (error) {
        ctx.log.error({ error, orderId: request.order_id }, "request not passed on");
      }
    }),
  );
}

/**
 * Records the result of a request, under the lock of its order. Moving an order also ends its
 * requests, and holds the account that the request's event needs.
 */
export function underOrder(
  ctx: Context,
  request: { readonly account_id: AccountId; readonly order_id: OrderId },
  write: (tx: Tx, order: Order | undefined) => Promise<void>,
): Promise<void> {
  return inTransaction(ctx, async (tx) =>
    write(tx, await lockOrder(tx, request.account_id, request.order_id)),
  );
}
