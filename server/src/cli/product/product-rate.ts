import type { CustomRate } from "#catalog/price.ts";
import { setProductRate } from "#products/set-product-rate.ts";
import type { ProductId } from "#values/ids.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { amount, id, percent } from "#cli/kit/readers.ts";
import { customerEmail, customerOf, money } from "#cli/kit/shared.ts";

const product = required("--product <number>", "the product", id<ProductId>, ["--id <number>"]);
const fixed = optional("--fixed <amount>", "this price of one, whatever the list says", amount, [
  "--rate <amount>",
]);
const share = optional("--percent <percent>", "of the list price: 80 pays 80 %", percent);
const remove = flag("--remove", "the list price again");

export const productRate: CliCommand = {
  name: "product rate",
  summary: "Gives a customer a price of their own for a product, in place of the discount.",
  details:
    "A product with the visibility chosen is seen and bought by those who have one. Quantity discounts\n" +
    "come off it as well.",
  options: [customerEmail, product, fixed, share, remove],
  run: async (panel, given) => {
    const rate = rateOf(given);
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, email } = found.value;
    const set = await setProductRate(open.ctx, open.actor, accountId, given(product), rate);
    if (!set.ok) return refuse(set.refusal);
    const pays = set.value === undefined ? null : money(set.value);
    const words =
      pays === null
        ? `Product ${given(product)} is not sold to ${email}: that lies below the margin.`
        : `${email} now pays ${pays} for one of product ${given(product)}.`;
    return answer({ customer: accountId, product: given(product), rate: pays }, words);
  },
};

function rateOf(given: Given): CustomRate | undefined {
  const [rate, perCent, isRemoved] = [given(fixed), given(share), given(remove)];
  const said = [rate !== undefined, perCent !== undefined, isRemoved].filter(Boolean).length;
  if (said !== 1) throw new UsageError("give one of --fixed, --percent and --remove");
  if (rate !== undefined) return { kind: "fixed", rate };
  return perCent === undefined ? undefined : { kind: "percent", percent: perCent };
}
