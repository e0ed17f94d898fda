import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { listProgress } from "#webhooks/positions.sql.ts";
import { listWebhooks } from "#webhooks/webhooks.sql.ts";
import { webhookRecord } from "./webhook-record.ts";

/**
 * The addresses that events are sent to, and how their deliveries go, of one customer or of all.
 */
export async function viewWebhooks(
  ctx: Context,
  actor: Actor,
  query: { readonly customerId?: AccountId | undefined; readonly limit: number },
) {
  authorize(actor, "webhooks.read");
  const webhooks = await listWebhooks(ctx.db, query.limit, query.customerId);
  const progress = await listProgress(
    ctx.db,
    webhooks.map(({ id }) => id),
  );
  return webhooks.map((webhook) => webhookRecord(webhook, progress.get(webhook.id)));
}
