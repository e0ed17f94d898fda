import { listWebhookAttempts } from "#webhooks/attempts.sql.ts";
import { findWebhook } from "#webhooks/webhooks.sql.ts";
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
    const { ctx } = await panel.open();
    const id = given(webhookId);
    if ((await findWebhook(ctx.db, id)) === undefined) return refuse({ code: "webhook_unknown" });
    const attempts = await listWebhookAttempts(ctx.db, id, given(limit));
    const json = attempts.map((attempt) => ({
      at: attempt.at,
      id: attempt.eventId,
      event: attempt.kind,
      taken: attempt.isTaken,
      http_status: attempt.httpStatus ?? null,
      duration_ms: attempt.durationMs,
      answer: attempt.answer,
    }));
    const rows = attempts.map((attempt) => [
      shownTime(attempt.at),
      attempt.eventId,
      attempt.kind,
      attempt.isTaken ? "taken" : "failed",
      attempt.httpStatus,
      attempt.durationMs,
      inOneLine(attempt.answer),
    ]);
    const headers = ["At", "Id", "Event", "Outcome", "HTTP>", "ms>", "Answer"];
    return answer(json, table(headers, rows, "Nothing was sent yet."));
  },
};
