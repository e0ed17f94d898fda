import { recordBonus } from "#payments/record-bonus.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { positiveAmount, text } from "#cli/kit/readers.ts";
import {
  againOption,
  namedBy,
  postedAnswer,
  referenceDetails,
  referenceOption,
} from "./reference.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

const amountOption = required("--amount <amount>", "how much to give", positiveAmount);
const note = optional("--note <text>", "a word that stays with the posting", text, [
  "--reason <text>",
]);

export const ledgerBonus: CliCommand = {
  name: "ledger bonus",
  summary: "Gives a customer a present of the house.",
  details: referenceDetails,
  options: [customerEmail, amountOption, note, referenceOption, againOption],
  positions: [customerEmail, amountOption],
  run: async (panel, given) => {
    const words = given(note);
    const named = namedBy(given, words);
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId } = found.value;
    const amount = given(amountOption);
    const present = {
      ...named,
      accountId,
      amount,
      ...(words === undefined ? {} : { note: words }),
    };
    const posted = await recordBonus(open.ctx, open.actor, present);
    return postedAnswer(open, posted, { ...named, customer: found.value, change: amount });
  },
};
