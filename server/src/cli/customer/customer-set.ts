import { money } from "#views/spelling.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { changeLowBalance } from "#webhooks/change-low-balance.ts";
import { formatAmount, zero, subtract } from "#values/money.ts";
import { customerRecord } from "#views/customers/customer-record.ts";
import { sightOf } from "#views/sight.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { amount, filledText, oneOf, percent } from "#cli/kit/readers.ts";
import { currencyOf, customerEmail, customerOf } from "#cli/kit/shared.ts";

const floor = optional(
  "--floor <amount>",
  "how much debt is allowed: 50 and -50 both let the balance go down to -50",
  (typed) => {
    const debt = amount(typed);
    return debt > zero ? subtract(zero, debt) : debt;
  },
);
const discount = optional("--discount <percent>", "taken off every list price, 0 to 100", percent);
const status = optional(
  "--status <word>",
  "active or suspended",
  oneOf(["active", "suspended"] as const),
);

const lowBalance = optional(
  "--low-balance <amount>",
  "the customer is told (balance.low) when the balance goes below this; none: never",
  (typed) => (typed.trim() === "none" ? "none" : amount(typed)),
);

const reason = optional("--reason <text>", "why, for whoever reads the audit", filledText);

export const customerSet: CliCommand = {
  name: "customer set",
  summary: "Changes a customer's allowed debt, discount or status.",
  details:
    "A floor above the present balance is allowed: no order goes through until the balance has\n" +
    "risen, and no money moves. A rate of the customer's own stands in place of the discount.",
  options: [customerEmail, floor, discount, status, lowBalance, reason],
  positions: [customerEmail],
  run: async (panel, given) => {
    const word = given(status);
    const change = {
      floor: given(floor),
      discountPercent: given(discount),
      isActive: word === undefined ? undefined : word === "active",
    };
    const mark = given(lowBalance);
    if (Object.values({ ...change, mark }).every((value) => value === undefined)) {
      const names = "--floor, --discount, --status or --low-balance";
      throw new UsageError(`nothing to change: give ${names}`);
    }
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const changed = await changeCustomer(open.ctx, open.actor, found.value.accountId, {
      ...change,
      reason: given(reason),
    });
    if (!changed.ok) return refuse(changed.refusal);
    const customer = changed.value;
    if (mark !== undefined) {
      const { ctx, actor } = open;
      await changeLowBalance(ctx, actor, customer.accountId, mark === "none" ? undefined : mark);
    }
    if (customer.balance < customer.floor) {
      panel.remark(
        `The balance ${money(customer.balance)} is below the floor: orders wait for a deposit.`,
      );
    }
    return answer(
      customerRecord(customer, await currencyOf(open), sightOf(open.actor)),
      `${customer.email}: floor ${money(customer.floor)}, ` +
        `discount ${formatAmount(customer.discountPercent, 0)} %, ` +
        `${customer.isActive ? "active" : "suspended"}.`,
    );
  },
};
