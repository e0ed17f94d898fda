import { createCustomer } from "#customers/create-customer.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { customerEmail } from "#cli/shared.ts";

export const customerCreate: CliCommand = {
  name: "customer create",
  summary: "Opens an account with balance 0.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
    const email = given(customerEmail);
    const created = await createCustomer(ctx, actor, { email });
    if (!created.ok) return refuse(created.refusal);
    return answer({ customer: created.value }, `Customer ${created.value} is ${email.trim()}.`);
  },
};
