import { viewWebhooks } from "#views/customers/webhook-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { customerOf, limitOption } from "#cli/kit/shared.ts";

const email = optional("--email <address>", "only those of this customer", filledText);
const limit = limitOption(100);

export const webhookList: CliCommand = {
  name: "webhook list",
  summary: "Lists the addresses that events are sent to, and how they do.",
  options: [email, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const name = given(email);
    const found = name === undefined ? undefined : await customerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    const webhooks = await viewWebhooks(open.ctx, open.actor, {
      customerId: found?.value.accountId,
      limit: given(limit),
    });
    const rows = webhooks.map((webhook) => {
      const next =
        webhook.next_try === null ? "in order" : `next try ${shownTime(webhook.next_try)}`;
      return [
        webhook.webhook,
        webhook.customer,
        webhook.url,
        webhook.events === "all" ? "all" : webhook.events.join(", "),
        webhook.last_event ?? undefined,
        webhook.failures ?? undefined,
        webhook.status === "enabled" ? next : `off: ${webhook.off_reason ?? "by hand"}`,
      ];
    });
    const headers = ["Webhook>", "Customer>", "Address", "Events", "Last>", "Failures>", "State"];
    return answer(webhooks, table(headers, rows, "No webhooks."));
  },
};
