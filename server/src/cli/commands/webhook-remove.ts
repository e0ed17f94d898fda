import { removeWebhook } from "#webhooks/change-webhook.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { webhookId, webhookJson } from "#cli/webhook-options.ts";

export const webhookRemove: CliCommand = {
  name: "webhook remove",
  summary: "Removes a webhook with the log of its deliveries.",
  options: [webhookId],
  positions: [webhookId],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
    const removed = await removeWebhook(ctx, actor, given(webhookId));
    if (!removed.ok) return refuse(removed.refusal);
    const { id, url } = removed.value;
    return answer(webhookJson(removed.value), `Webhook ${id} (${url}) is removed.`);
  },
};
