import { settleRefill } from "#orders/settle-refill.ts";
import type { RefillId } from "#values/ids.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { optional, required } from "#cli/option.ts";
import { id, oneOf, text } from "#cli/readers.ts";
import { wireWord } from "#cli/shared.ts";

const statuses = ["pending", "in_progress", "completed", "rejected", "error"] as const;
const refill = required("--id <number>", "the refill", id<RefillId>, ["--refill <number>"]);
const status = required("--status <status>", "In progress, Completed, …", oneOf(statuses));
const note = optional("--note <text>", "a word for staff", text);

export const refillSet: CliCommand = {
  name: "refill set",
  summary: "Moves a refill by hand. Completed and Rejected are final.",
  options: [refill, status, note],
  positions: [refill, status],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
    const settled = await settleRefill(ctx, actor, given(refill), given(status), given(note));
    if (!settled.ok) return refuse(settled.refusal);
    const word = wireWord(settled.value);
    return answer({ refill: given(refill), status: word }, `Refill ${given(refill)} is ${word}.`);
  },
};
