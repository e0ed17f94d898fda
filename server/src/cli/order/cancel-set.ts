import { settleCancel } from "#orders/requests/settle-cancel.ts";
import type { CancelId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import { wireWord, money } from "#views/spelling.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { id, oneOf, text } from "#cli/kit/readers.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const statuses = ["completed", "rejected"] as const;
const cancel = required("--id <number>", "the cancel request", id<CancelId>, ["--cancel <number>"]);
const status = required("--status <status>", "Completed or Rejected", oneOf(statuses));
const note = optional("--note <text>", "a word for staff", text);

export const cancelSet: CliCommand = {
  name: "cancel set",
  summary: "Settles a cancel request: Completed cancels and refunds the order.",
  options: [cancel, status, note],
  positions: [cancel, status],
  run: async (panel, given) => {
    const open = await panel.open();
    const { ctx, actor } = open;
    const settled = await settleCancel(ctx, actor, given(cancel), given(status), given(note));
    if (!settled.ok) return refuse(settled.refusal);
    const { refund } = settled.value;
    const word = wireWord(given(status));
    const effect =
      refund > zero
        ? `${money(refund)} ${await currencyOf(open)} went back to the customer.`
        : "No money was moved.";
    return answer(
      { cancel: given(cancel), status: word, refund: money(refund) },
      `Cancel request ${given(cancel)} is ${word}. ${effect}`,
    );
  },
};
