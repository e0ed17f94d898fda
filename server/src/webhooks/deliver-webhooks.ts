import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { deliverToWebhook } from "./deliver-to-webhook.ts";
import type { DeliveryTerms } from "./deliver-to-webhook.ts";
import { leaseWebhooks, listLost, setPosition } from "./positions.sql.ts";
import type { Progress } from "./positions.sql.ts";
import { followNow, positionNow } from "./read-changes.ts";

const lostMax = 100;

/** How deliveries are made by default. */
export const deliveryTerms: DeliveryTerms & {
  /** How many may be under way at a time: in all, for one customer, to one host. */
  readonly parallel: number;
  readonly perCustomer: number;
  readonly perHost: number;
  readonly idleMs: number;
} = {
  timeoutMs: 15_000,
  leaseSeconds: 60,
  roundMsMax: 10_000,
  parallel: 20,
  perCustomer: 4,
  perHost: 6,
  idleMs: 500,
};

/**
 * Sends what waits to all endpoints, several at a time, until nothing is due. A slow endpoint takes
 * one place and delays nobody else, and each customer and host has only some of the places. Any
 * number of workers may do this. After `signal` nothing is begun.
 */
export async function deliverWebhooks(
  ctx: Context,
  signal: AbortSignal,
  terms = deliveryTerms,
): Promise<void> {
  await placeLost(ctx);
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    const lease = randomUUID();
    const limit = terms.parallel - underWay.size;
    const due = { ...terms, lease, limit };
    const leased = limit === 0 ? [] : await leaseWebhooks(ctx.db, due);
    for (const progress of leased) {
      const round = deliverRound(ctx, progress, lease, { terms, signal });
      const done: Promise<void> = round.finally(() => underWay.delete(done));
      underWay.add(done);
    }
    if (underWay.size === 0) return;
    await Promise.race([...underWay, pause(terms.idleMs)]);
  }
  await Promise.all(underWay);
}

/** Delivers to one endpoint; its failure does not keep the others from their events. */
async function deliverRound(
  ctx: Context,
  progress: Progress,
  lease: string,
  how: { readonly terms: DeliveryTerms; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await deliverToWebhook(ctx, progress, lease, how);
  } catch (error) {
    // It is due again when the lease ends.
    ctx.log.error({ webhookId: progress.webhookId, error }, "webhook's turn failed");
  }
}

/** After a restore nobody knows what was sent, so these endpoints begin at the present. */
async function placeLost(ctx: Context): Promise<void> {
  for (const { id, account_id: accountId } of await listLost(ctx.db, lostMax)) {
    await setPosition(ctx.db, id, positionNow(await followNow(ctx, accountId)));
    ctx.log.warn({ webhookId: id }, "webhook had no position: it begins now");
  }
}
