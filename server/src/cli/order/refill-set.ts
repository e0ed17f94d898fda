import { settleRefill } from "#orders/requests/settle-refill.ts";
import type { RefillId } from "#values/ids.ts";
import { wireWord } from "#views/spelling.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { id, oneOf, text } from "#cli/kit/readers.ts";

const statuses = ["pending", "in_progress", "completed", "rejected", "error"] as const;
const refill = required("--id <number>", "the refill", id<RefillId>, ["--refill <number>"]);
const status = required("--status <status>", "In progress, Completed, …", oneOf(statuses));
const note = optional("--note <text>", "a word for staff", text);

export const refillSet: CliCommand = {
  name: "refill set",
  summary: "Moves a refill by hand. Completed and Rejected are final.",
  options: [refill, status, note],
  positions: [refill, status],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const settled = await settleRefill(ctx, actor, given(refill), given(status), given(note));
    if (!settled.ok) return refuse(settled.refusal);
    const word = wireWord(settled.value);
    return answer({ refill: given(refill), status: word }, `Refill ${given(refill)} is ${word}.`);
  },
};
