import { removeWebhook } from "#webhooks/change-webhook.ts";
import { webhookRecord } from "#views/customers/webhook-record.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { webhookId } from "./webhook-options.ts";

export const webhookRemove: CliCommand = {
  name: "webhook remove",
  summary: "Removes a webhook with the log of its deliveries.",
  options: [webhookId],
  positions: [webhookId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const removed = await removeWebhook(ctx, actor, given(webhookId));
    if (!removed.ok) return refuse(removed.refusal);
    const { id, url } = removed.value;
    return answer(webhookRecord(removed.value), `Webhook ${id} (${url}) is removed.`);
  },
};
