import { recordDeposit } from "#payments/record-deposit.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { filledText, positiveAmount, text } from "#cli/kit/readers.ts";
import {
  againOption,
  namedBy,
  postedAnswer,
  referenceDetails,
  referenceOption,
} from "./reference.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

const amountOption = required("--amount <amount>", "how much came in", positiveAmount);
const note = optional("--note <text>", "a word that stays with the posting", text);
const reason = optional("--reason <text>", "with --again: why it is booked again", filledText);

export const customerDeposit: CliCommand = {
  name: "customer deposit",
  summary: "Books money that was received by hand.",
  details: referenceDetails,
  options: [customerEmail, amountOption, referenceOption, note, againOption, reason],
  positions: [customerEmail, amountOption],
  run: async (panel, given) => {
    const named = namedBy(given, given(reason));
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId } = found.value;
    const amount = given(amountOption);
    const words = given(note) ?? given(reason);
    const payment = {
      ...named,
      accountId,
      amount,
      ...(words === undefined ? {} : { note: words }),
    };
    const posted = await recordDeposit(open.ctx, open.actor, payment);
    return postedAnswer(open, posted, { ...named, customer: found.value, change: amount });
  },
};
