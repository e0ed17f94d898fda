import { listProgress } from "#webhooks/positions.sql.ts";
import { listWebhooks } from "#webhooks/webhooks.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { customerOf, limitOption } from "#cli/kit/shared.ts";
import { webhookJson } from "./webhook-options.ts";

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
    const webhooks = await listWebhooks(open.ctx.db, given(limit), found?.value.accountId);
    const ids = webhooks.map((webhook) => webhook.id);
    const progress = await listProgress(open.ctx.db, ids);
    const rows = webhooks.map((webhook) => {
      const at = progress.get(webhook.id);
      const isFailing = at !== undefined && at.failures > 0;
      const next = isFailing ? `next try ${shownTime(at.dueAt)}` : "in order";
      return [
        webhook.id,
        webhook.accountId,
        webhook.url,
        webhook.kinds.length === 0 ? "all" : webhook.kinds.join(", "),
        at?.seq,
        at?.failures,
        webhook.isEnabled ? next : `off: ${webhook.offReason ?? "by hand"}`,
      ];
    });
    const json = webhooks.map((webhook) => webhookJson(webhook, progress.get(webhook.id)));
    const headers = ["Webhook>", "Customer>", "Address", "Events", "Last>", "Failures>", "State"];
    return answer(json, table(headers, rows, "No webhooks."));
  },
};
