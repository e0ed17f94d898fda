import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { WebhookId } from "#values/ids.ts";
import { listWebhookAttempts } from "#webhooks/attempts.sql.ts";
import { findWebhook } from "#webhooks/webhooks.sql.ts";

/** Deliveries to a webhook with the responses, newest first; `undefined` without the webhook. */
export async function viewDeliveries(
  ctx: Context,
  actor: Actor,
  query: { readonly webhookId: WebhookId; readonly limit: number },
) {
  authorize(actor, "webhooks.read");
  const { webhookId, limit } = query;
  if ((await findWebhook(ctx.db, webhookId)) === undefined) return undefined;
  return (await listWebhookAttempts(ctx.db, webhookId, limit)).map((attempt) => ({
    at: attempt.at,
    id: attempt.eventId,
    event: attempt.kind,
    taken: attempt.isTaken,
    http_status: attempt.httpStatus ?? null,
    duration_ms: attempt.durationMs,
    answer: attempt.answer,
  }));
}
