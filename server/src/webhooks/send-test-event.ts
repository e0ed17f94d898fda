import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { WebhookId } from "#values/ids.ts";
import type { ChangeWebhookRefusal } from "./change-webhook.ts";
import { deliveryTerms } from "./deliver-webhooks.ts";
import { postAndKeep } from "./deliver-to-webhook.ts";
import type { Delivery } from "./post-event.ts";
import { openWebhookSecrets } from "./secret.ts";
import { findWebhook } from "./webhooks.sql.ts";

/** Sends an endpoint, even one that is off, an event `webhook.test` now, once. */
export async function sendTestEvent(
  ctx: Context,
  actor: Actor,
  id: WebhookId,
): Promise<Result<Delivery, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  const webhook = await findWebhook(ctx.db, id);
  if (webhook === undefined) return refused({ code: "webhook_unknown" });
  const receiver = {
    url: webhook.url,
    secrets: openWebhookSecrets(await ctx.secrets(), webhook),
    isPrivate: (await readSettings(ctx.db)).webhooks_private === "yes",
    timeoutMs: deliveryTerms.timeoutMs,
    isTest: false,
  };
  const at = new Date(ctx.clock.now());
  const event = { event: "webhook.test", at, data: { webhook: id }, id: `evt_${randomUUID()}` };
  return ok(await postAndKeep(ctx, receiver, webhook, event));
}
