import { createProduct } from "#products/create-product.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { givenTerms, productTermOptions, productType } from "./product-options.ts";
import { amount, nameText } from "#cli/kit/readers.ts";

const maxDefault = 1000;

const category = required("--category <name>", "made where it is missing", nameText);
const name = required("--name <text>", "as customers see it", nameText);
const rate = required("--rate <amount>", "price of one item", amount);

export const productCreate: CliCommand = {
  name: "product create",
  summary: "Puts a digital good on sale, item by item.",
  details:
    `Left out: 1 to ${maxDefault} items, no question, no warranty, seen by everyone. Its type stays. Of the\n` +
    "type auto, bring the stock next: panel product stock ID --file FILE.",
  options: [category, name, productType, rate, ...productTermOptions],
  run: async (panel, given) => {
    const terms = givenTerms(given);
    const open = await panel.open();
    const created = await createProduct(open.ctx, open.actor, {
      description: "",
      min: 1,
      max: Math.max(maxDefault, terms.min ?? 1),
      question: undefined,
      questionCheck: undefined,
      visibility: "everyone",
      partDelivery: false,
      lowMark: undefined,
      warrantyDays: 0,
      ...terms,
      category: given(category),
      name: given(name),
      type: given(productType),
      rate: given(rate),
    });
    if (!created.ok) return refuse(created.refusal);
    const product = created.value;
    const next =
      given(productType) === "auto"
        ? ` Its stock is empty: panel product stock ${product} --file FILE.`
        : "";
    return answer({ product }, `Product ${product} is on sale: ${given(name).trim()}.${next}`);
  },
};
