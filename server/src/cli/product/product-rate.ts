import { money } from "#views/spelling.ts";
import { setProductRate } from "#products/set-product-rate.ts";
import type { ProductId } from "#values/ids.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { customRateOptions } from "#cli/kit/custom-rate-options.ts";
import { required } from "#cli/kit/option.ts";
import { id } from "#cli/kit/readers.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

const product = required("--product <number>", "the product", id<ProductId>, ["--id <number>"]);
const ownRate = customRateOptions("price of one");

export const productRate: CliCommand = {
  name: "product rate",
  summary: "Gives a customer a price of their own for a product, in place of the discount.",
  details:
    "A product with the visibility chosen is seen and bought by those who have one. Quantity discounts\n" +
    "come off it as well.",
  options: [customerEmail, product, ...ownRate.options],
  run: async (panel, given) => {
    const rate = ownRate.read(given);
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
