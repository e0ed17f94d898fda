import { recordAdjustment } from "#payments/record-adjustment.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { amount, filledText } from "#cli/kit/readers.ts";
import {
  againOption,
  namedBy,
  postedAnswer,
  referenceDetails,
  referenceOption,
} from "./reference.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

const changeOption = required(
  "--amount <amount>",
  "added to the balance; negative takes away",
  amount,
);
const reasonOption = required("--reason <text>", "why: stays with the posting", filledText, [
  "--note <text>",
]);

export const ledgerAdjust: CliCommand = {
  name: "ledger adjust",
  summary: "Corrects a balance, never below the customer's floor.",
  details: referenceDetails,
  options: [customerEmail, changeOption, reasonOption, referenceOption, againOption],
  run: async (panel, given) => {
    const reason = given(reasonOption);
    const named = namedBy(given, reason);
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId } = found.value;
    const change = given(changeOption);
    const correction = { ...named, accountId, change, reason };
    const posted = await recordAdjustment(open.ctx, open.actor, correction);
    return postedAnswer(open, posted, { ...named, customer: found.value, change });
  },
};
