import { rotateWebhook } from "#webhooks/change-webhook.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { webhookId } from "./webhook-options.ts";

export const webhookRotate: CliCommand = {
  name: "webhook rotate",
  summary: "Gives a webhook a new secret; for a day the one before signs as well.",
  options: [webhookId],
  positions: [webhookId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const id = given(webhookId);
    const rotated = await rotateWebhook(ctx, actor, id);
    if (!rotated.ok) return refuse(rotated.refusal);
    const { secret } = rotated.value;
    return answer(
      { webhook: id, secret },
      `The new secret of webhook ${id}, shown this once:\n${secret}`,
    );
  },
};
