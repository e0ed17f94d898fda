import { open, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { productTypes, visibilities } from "#products/product.ts";
import type { Product, ProductType } from "#products/product.ts";
import { questionCheckNames } from "#products/question-check.ts";
import type { ProductId } from "#values/ids.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { refuse } from "#cli/kit/command.ts";
import type { Given, SaidRefusal } from "#cli/kit/command.ts";
import { optional, required, toggle } from "#cli/kit/option.ts";
import type { Option, Reader } from "#cli/kit/option.ts";
import { count, filledText, id, oneOf, text } from "#cli/kit/readers.ts";

// What the commands about products share.

/** Which product a command is about. */
export const productId = required("--id <number>", "the product", id<ProductId>, [
  "--product <number>",
]);

/** A text of lines: a file, or `-` for standard input. */
export const stockFile = optional(
  "--file <file>",
  "one item on each line; - reads standard input",
  filledText,
);

const min = optional("--min <number>", "fewest items of one order", count);
const max = optional("--max <number>", "most items of one order, at most 10000", count);
const description = optional("--description <text>", "shown with the product", text);
const question = optional("--question <text>", 'what the buyer is asked; "" for nothing', text);
const check = optional(
  "--check <check>",
  `how the answer is checked: ${questionCheckNames.join(", ")}; "" for any text`,
  text,
);
const partDelivery = toggle(
  "--part-delivery",
  "an order that the stock does not fill gets what there is, and pays for that alone",
);
const warrantyDays = optional("--warranty-days <number>", "0 for no warranty", count);
const lowMark = optional(
  "--low-mark <number>",
  'staff are warned when so many items or fewer are free; "" for never',
  orNothing(count),
);
const visibility = optional(
  "--visibility <word>",
  `${visibilities.join(", ")}; chosen: customers who have a price of their own`,
  oneOf(visibilities),
);
export const productType = required(
  "--type <word>",
  "auto: from the stock, at once; service: by hand",
  oneOf(productTypes),
) satisfies Option<ProductType>;

/** The terms of a product that can be set when it is created and later. */
export const productTermOptions: readonly Option<unknown>[] = [
  min,
  max,
  description,
  question,
  check,
  partDelivery,
  warrantyDays,
  lowMark,
  visibility,
];

/** The terms that were given. Those left out are absent. */
export function givenTerms(
  given: Given,
): Partial<
  Pick<
    Product,
    | "min"
    | "max"
    | "description"
    | "question"
    | "questionCheck"
    | "partDelivery"
    | "warrantyDays"
    | "lowMark"
    | "visibility"
  >
> {
  const [asked, checked, mark] = [given(question), given(check), given(lowMark)];
  const fields = {
    min: given(min),
    max: given(max),
    description: given(description),
    partDelivery: given(partDelivery),
    warrantyDays: given(warrantyDays),
    visibility: given(visibility),
  };
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ...(asked === undefined ? {} : { question: asked.trim() || undefined }),
    ...(checked === undefined ? {} : { questionCheck: checked.trim() || undefined }),
    ...(mark === undefined ? {} : { lowMark: mark === "" ? undefined : mark }),
  };
}

/** Empty text stands for "none". */
export function orNothing<Value>(read: Reader<Value>): Reader<Value | ""> {
  return (typed) => (typed.trim() === "" ? "" : read(typed));
}

/**
 * The bytes of a file, or of standard input for `-`, piece by piece; or why it cannot be read. The
 * caller destroys the stream, read or not, because it holds the file open.
 */
export async function openLines(file: string): Promise<Result<Readable, SaidRefusal>> {
  if (file === "-") return ok(process.stdin);
  const name = path.resolve(file);
  try {
    if ((await stat(name)).isDirectory()) {
      return refuse({ code: "file_unreadable", file: name, problem: "it is a folder" });
    }
    return ok((await open(name)).createReadStream());
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return refuse({ code: "file_unreadable", file: name, problem });
  }
}
