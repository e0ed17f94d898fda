import { viewDeliveries } from "#views/customers/webhook-log.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { limitOption } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";
import { webhookId } from "./webhook-options.ts";

const limit = limitOption(20);

export const webhookLog: CliCommand = {
  name: "webhook log",
  summary: "Shows deliveries to a webhook with what was answered, newest first.",
  details: "They are kept as long as the setting event_days says.",
  options: [webhookId, limit],
  positions: [webhookId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const query = { webhookId: given(webhookId), limit: given(limit) };
    const deliveries = await viewDeliveries(ctx, actor, query);
    if (deliveries === undefined) return refuse({ code: "webhook_unknown" });
    const rows = deliveries.map((delivery) => [
      shownTime(delivery.at),
      delivery.id,
      delivery.event,
      delivery.taken ? "taken" : "failed",
      delivery.http_status ?? undefined,
      delivery.duration_ms,
      inOneLine(delivery.answer),
    ]);
    const headers = ["At", "Id", "Event", "Outcome", "HTTP>", "ms>", "Answer"];
    return answer(deliveries, table(headers, rows, "No deliveries."));
  },
};
