import { setCustomRate } from "#catalog/set-custom-rate.ts";
import type { CustomRate } from "#catalog/price.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { amount, id, percent } from "#cli/kit/readers.ts";
import { customerEmail, customerOf, money } from "#cli/kit/shared.ts";
import type { ServiceId } from "#values/ids.ts";

const service = required("--service <number>", "the service", id<ServiceId>, ["--id <number>"]);
const fixed = optional("--fixed <amount>", "this rate, whatever the list says", amount, [
  "--rate <amount>",
]);
const share = optional("--percent <percent>", "of the list price: 80 pays 80 %", percent);
const remove = flag("--remove", "the list price again");

export const rateSet: CliCommand = {
  name: "rate set",
  summary: "Gives a customer a rate of their own for a service, in place of the discount.",
  options: [customerEmail, service, fixed, share, remove],
  run: async (panel, given) => {
    const rate = rateOf(given);
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

function rateOf(given: Given): CustomRate | undefined {
  const [rate, perCent, isRemoved] = [given(fixed), given(share), given(remove)];
  const said = [rate !== undefined, perCent !== undefined, isRemoved].filter(Boolean).length;
  if (said !== 1) throw new UsageError("give one of --fixed, --percent and --remove");
  if (rate !== undefined) return { kind: "fixed", rate };
  return perCent === undefined ? undefined : { kind: "percent", percent: perCent };
}
