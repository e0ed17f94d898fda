import { replayWebhook } from "#webhooks/change-webhook.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { countWithin } from "#cli/kit/readers.ts";
import { webhookId } from "./webhook-options.ts";

const from = required(
  "--from <number>",
  "the first event to send again, as panel event list numbers them",
  countWithin(1, Number.MAX_SAFE_INTEGER),
);

export const webhookReplay: CliCommand = {
  name: "webhook replay",
  summary: "Sends a webhook the customer's events again, from one of them on.",
  details: "Each under the id that it had before, so that a receiver can tell what it knows.",
  options: [webhookId, from],
  positions: [webhookId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const id = given(webhookId);
    const replayed = await replayWebhook(ctx, actor, id, given(from));
    if (!replayed.ok) return refuse(replayed.refusal);
    const { events } = replayed.value;
    return answer({ webhook: id, from: given(from), events }, `${events} events are sent again.`);
  },
};
