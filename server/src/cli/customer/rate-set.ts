import { money } from "#views/spelling.ts";
import { setCustomRate } from "#catalog/set-custom-rate.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { customRateOptions } from "#cli/kit/custom-rate-options.ts";
import { required } from "#cli/kit/option.ts";
import { id } from "#cli/kit/readers.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";
import type { ServiceId } from "#values/ids.ts";

const service = required("--service <number>", "the service", id<ServiceId>, ["--id <number>"]);
const ownRate = customRateOptions("rate");

export const rateSet: CliCommand = {
  name: "rate set",
  summary: "Gives a customer a rate of their own for a service, in place of the discount.",
  options: [customerEmail, service, ...ownRate.options],
  run: async (panel, given) => {
    const rate = ownRate.read(given);
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, email } = found.value;
    const set = await setCustomRate(open.ctx, open.actor, accountId, given(service), rate);
    if (!set.ok) return refuse(set.refusal);
    const pays = set.value === undefined ? null : money(set.value);
    const words =
      pays === null
        ? `Service ${given(service)} is not sold to ${email}: that lies below the margin.`
        : `${email} now pays ${pays} for service ${given(service)}.`;
    return answer({ customer: accountId, service: given(service), rate: pays }, words);
  },
};
