import { sendTestEvent } from "#webhooks/send-test-event.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { inOneLine } from "#values/text.ts";
import { webhookId } from "./webhook-options.ts";

export const webhookTest: CliCommand = {
  name: "webhook test",
  summary: "Sends a webhook the event webhook.test now, and says what was answered.",
  options: [webhookId],
  positions: [webhookId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const id = given(webhookId);
    const tested = await sendTestEvent(ctx, actor, id);
    if (!tested.ok) return refuse(tested.refusal);
    const { isTaken, httpStatus, answer: said } = tested.value;
    const status = httpStatus === undefined ? "No answer" : `HTTP ${httpStatus}`;
    return answer(
      { webhook: id, taken: isTaken, http_status: httpStatus ?? null, answer: said },
      `${isTaken ? "Taken" : "Not taken"}. ${status}: ${inOneLine(said)}`,
      isTaken ? 0 : 1,
    );
  },
};
