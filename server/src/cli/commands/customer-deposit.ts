import { randomUUID } from "node:crypto";
import { recordDeposit } from "#payments/record-deposit.ts";
import type { CliCommand } from "#cli/command.ts";
import { optional, required } from "#cli/option.ts";
import { positiveAmount, text } from "#cli/readers.ts";
import { referenceOption } from "#cli/reference.ts";
import { currencyOf, customerEmail, customerOf, postedAnswer } from "#cli/shared.ts";

const amountOption = required("--amount <amount>", "how much came in", positiveAmount);
const note = optional("--note <text>", "a word that stays with the posting", text);

export const customerDeposit: CliCommand = {
  name: "customer deposit",
  summary: "Books money that was received by hand.",
  details:
    "The same --reference books the same payment once, however often it is said. Without one, every\n" +
    "call books anew.",
  options: [customerEmail, amountOption, referenceOption, note],
  positions: [customerEmail, amountOption],
  run: async (desk, given) => {
    const open = await desk.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const change = given(amountOption);
    const reference = given(referenceOption) ?? randomUUID();
    const words = given(note);
    const posted = await recordDeposit(open.ctx, open.actor, {
      accountId: found.value.accountId,
      amount: change,
      idempotencyKey: reference,
      ...(words === undefined ? {} : { note: words }),
    });
    const currency = await currencyOf(open);
    return postedAnswer(posted, { customer: found.value, change, reference, currency });
  },
};
