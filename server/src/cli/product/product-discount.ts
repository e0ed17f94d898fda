import { changeProduct, withDiscount } from "#products/change-product.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { discountRecords } from "#views/products/product-record.ts";
import { productId } from "./product-options.ts";
import { countWithin, percent } from "#cli/kit/readers.ts";

const from = required("--from <number>", "from so many items on", countWithin(2, 10_000));
const share = optional("--percent <percent>", "what comes off the price of each item", percent);
const remove = flag("--remove", "none from so many on any more");

export const productDiscount: CliCommand = {
  name: "product discount",
  summary: "Sets a quantity discount of a product, or takes it away.",
  details: "The highest number that an order reaches counts.",
  options: [productId, from, share, remove],
  positions: [productId],
  run: async (panel, given) => {
    const off = given(share);
    if ((off === undefined) !== given(remove)) {
      throw new UsageError("give one of --percent and --remove");
    }
    const { ctx, actor } = await panel.open();
    const changed = await changeProduct(ctx, actor, given(productId), ({ discounts }) => ({
      discounts: withDiscount(discounts, given(from), off),
    }));
    if (!changed.ok) return refuse(changed.refusal);
    const discounts = discountRecords(changed.value);
    const words = discounts.map((each) => `from ${each.from} on ${each.percent} % off`);
    return answer(
      { product: changed.value.id, discounts },
      words.length === 0
        ? `Product ${changed.value.id} has no quantity discount.`
        : `Product ${changed.value.id}: ${words.join(", ")}.`,
    );
  },
};
