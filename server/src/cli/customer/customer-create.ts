import { createCustomer } from "#customers/create-customer.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { customerEmail } from "#cli/kit/shared.ts";

export const customerCreate: CliCommand = {
  name: "customer create",
  summary: "Opens an account with balance 0.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const email = given(customerEmail);
    const created = await createCustomer(ctx, actor, { email });
    if (!created.ok) return refuse(created.refusal);
    return answer({ customer: created.value }, `Customer ${created.value} is ${email.trim()}.`);
  },
};
