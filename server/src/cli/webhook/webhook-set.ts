import { changeWebhook } from "#webhooks/change-webhook.ts";
import { webhookRecord } from "#views/customers/webhook-record.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { newWebhookUrl, webhookEvents, webhookId } from "./webhook-options.ts";

const status = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);

export const webhookSet: CliCommand = {
  name: "webhook set",
  summary: "Changes a webhook's address or events, or switches it on and off.",
  details: "Switched on again, it gets what happened meanwhile, as far as it is still kept.",
  options: [webhookId, newWebhookUrl, webhookEvents, status],
  positions: [webhookId],
  run: async (panel, given) => {
    const word = given(status);
    const change = {
      url: given(newWebhookUrl),
      kinds: given(webhookEvents),
      isEnabled: word === undefined ? undefined : word === "enabled",
    };
    if (Object.values(change).every((value) => value === undefined)) {
      throw new UsageError("nothing to change: give --url, --events or --status");
    }
    const { ctx, actor } = await panel.open();
    const changed = await changeWebhook(ctx, actor, given(webhookId), change);
    if (!changed.ok) return refuse(changed.refusal);
    const { id, url, kinds, isEnabled } = changed.value;
    return answer(
      webhookRecord(changed.value),
      `Webhook ${id}: ${url}, ${kinds.length === 0 ? "all events" : kinds.join(", ")}, ` +
        `${isEnabled ? "enabled" : "disabled"}.`,
    );
  },
};
