import { randomUUID } from "node:crypto";
import { recordAdjustment } from "#payments/record-adjustment.ts";
import type { CliCommand } from "#cli/command.ts";
import { required } from "#cli/option.ts";
import { amount, filledText } from "#cli/readers.ts";
import { referenceOption } from "#cli/reference.ts";
import { currencyOf, customerEmail, customerOf, postedAnswer } from "#cli/shared.ts";

const change = required("--amount <amount>", "added to the balance; negative takes away", amount);
const reason = required("--reason <text>", "why: stays with the posting", filledText, [
  "--note <text>",
]);

export const ledgerAdjust: CliCommand = {
  name: "ledger adjust",
  summary: "Corrects a balance, never below the customer's floor.",
  options: [customerEmail, change, reason, referenceOption],
  run: async (desk, given) => {
    const open = await desk.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const reference = given(referenceOption) ?? randomUUID();
    const posted = await recordAdjustment(open.ctx, open.actor, {
      accountId: found.value.accountId,
      change: given(change),
      idempotencyKey: reference,
      reason: given(reason),
    });
    const currency = await currencyOf(open);
    const movement = { customer: found.value, change: given(change), reference, currency };
    return postedAnswer(posted, movement);
  },
};
