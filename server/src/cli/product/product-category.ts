import { changeProductCategory } from "#products/change-category.ts";
import { viewProductCategories } from "#views/products/product-categories.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, nameText, placeNumber } from "#cli/kit/readers.ts";

const name = optional("--name <text>", "the category; all are listed if left out", filledText);
const rename = optional("--rename <text>", "what it is called from now on", nameText);
const position = optional("--position <number>", "its place: small numbers first", placeNumber);

export const productCategory: CliCommand = {
  name: "product category",
  summary: "Lists the categories of products, renames one or moves it.",
  options: [name, rename, position],
  positions: [name],
  run: async (panel, given) => {
    const [which, change] = [given(name), { name: given(rename), position: given(position) }];
    const isChange = change.name !== undefined || change.position !== undefined;
    if (isChange !== (which !== undefined)) {
      throw new UsageError("give a category with --rename or --position, or nothing");
    }
    const { ctx, actor } = await panel.open();
    if (which === undefined) {
      const categories = await viewProductCategories(ctx, actor);
      const rows = categories.map((each) => [each.position, each.category, each.products]);
      const headers = ["position>", "category", "products>"];
      return answer(categories, table(headers, rows, "No categories of products."));
    }
    const changed = await changeProductCategory(ctx, actor, which, change);
    if (!changed.ok) return refuse(changed.refusal);
    const { name: now, position: place } = changed.value;
    return answer({ category: now, position: place }, `Category ${now} is at ${place}.`);
  },
};
