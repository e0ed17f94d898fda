import { marginPolicies } from "#catalog/price.ts";
import { changeProduct } from "#products/change-product.ts";
import type { ProductChange } from "#products/change-product.ts";
import { viewProduct } from "#views/products/product-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, Given } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { givenTerms, orNothing, productId, productTermOptions } from "./product-options.ts";
import { amount, nameText, oneOf, percent, placeNumber } from "#cli/kit/readers.ts";

const category = optional("--category <name>", "made where it is missing", nameText);
const name = optional("--name <text>", "as customers see it", nameText);
const rate = optional("--rate <amount>", "price of one item", amount);
const position = optional("--position <number>", "its place: small numbers first", placeNumber);
const marginPercent = optional(
  "--margin-percent <percent>",
  'per cent above cost below which it is not sold; "" for the panel\'s',
  orNothing(percent),
);
const belowMargin = optional(
  "--below-margin <word>",
  'raise, stop or allow; "" for the panel\'s',
  orNothing(oneOf(marginPolicies)),
);

export const productSet: CliCommand = {
  name: "product set",
  summary: "Changes a product. Its type stays.",
  details: "No later order takes the old price; orders placed before keep theirs.",
  options: [
    productId,
    category,
    name,
    rate,
    ...productTermOptions,
    position,
    marginPercent,
    belowMargin,
  ],
  positions: [productId],
  run: async (panel, given) => {
    const change = { ...givenTerms(given), ...givenOthers(given) };
    if (Object.keys(change).length === 0) throw new UsageError("nothing to change");
    const open = await panel.open();
    const changed = await changeProduct(open.ctx, open.actor, given(productId), () => change);
    if (!changed.ok) return refuse(changed.refusal);
    const found = await viewProduct(open.ctx, open.actor, changed.value.id);
    if (found === undefined) return refuse({ code: "product_unknown" });
    return answer(
      found,
      `Product ${found.product}: ${found.name}, ${found.rate} for one, ${found.min} to ` +
        `${found.max}, for ${found.visibility}.`,
    );
  },
};

function givenOthers(given: Given): ProductChange {
  const fields = {
    category: given(category),
    name: given(name),
    rate: given(rate),
    position: given(position),
  };
  const [share, policy] = [given(marginPercent), given(belowMargin)];
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ...(share === undefined ? {} : { marginPercent: share === "" ? undefined : share }),
    ...(policy === undefined ? {} : { belowMargin: policy === "" ? undefined : policy }),
  };
}
