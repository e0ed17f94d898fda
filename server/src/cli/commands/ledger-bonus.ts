import { randomUUID } from "node:crypto";
import { recordBonus } from "#payments/record-bonus.ts";
import type { CliCommand } from "#cli/command.ts";
import { optional, required } from "#cli/option.ts";
import { positiveAmount, text } from "#cli/readers.ts";
import { referenceOption } from "#cli/reference.ts";
import { currencyOf, customerEmail, customerOf, postedAnswer } from "#cli/shared.ts";

const amountOption = required("--amount <amount>", "how much to give", positiveAmount);
const note = optional("--note <text>", "a word that stays with the posting", text, [
  "--reason <text>",
]);

export const ledgerBonus: CliCommand = {
  name: "ledger bonus",
  summary: "Gives a customer a present of the house.",
  options: [customerEmail, amountOption, note, referenceOption],
  run: async (desk, given) => {
    const open = await desk.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const change = given(amountOption);
    const reference = given(referenceOption) ?? randomUUID();
    const words = given(note);
    const posted = await recordBonus(open.ctx, open.actor, {
      accountId: found.value.accountId,
      amount: change,
      idempotencyKey: reference,
      ...(words === undefined ? {} : { note: words }),
    });
    const currency = await currencyOf(open);
    return postedAnswer(posted, { customer: found.value, change, reference, currency });
  },
};
