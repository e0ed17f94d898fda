import { revealItem } from "#products/stock/reveal-item.ts";
import { uploadStock } from "#products/stock/upload-stock.ts";
import type { RepeatedLine } from "#products/stock/upload-stock.ts";
import { voidStock } from "#products/stock/void-stock.ts";
import type { VoidStockRefusal, Voided } from "#products/stock/void-stock.ts";
import { idFromDatabase, parseId } from "#values/ids.ts";
import type { ProductId, ProductItemId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { viewProduct } from "#views/products/product-list.ts";
import { viewStock } from "#views/products/product-stock.ts";
import { without } from "#cli/kit/without.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CliCommand, Given, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { flag, optional, UsageError } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { openLines, productId, stockFile } from "./product-options.ts";
import { id } from "#cli/kit/readers.ts";

const idsMax = 100_000;

const voided = optional(
  "--void <items>",
  "takes free items out of the stock for good: ids and ranges such as 12,20-25, or all",
  whichItems,
);
const voidLines = flag("--void-lines", "takes out those with the lines of --file");
const reveal = optional(
  "--reveal <item>",
  "shows the text of an item; the audit says who looked",
  id<ProductItemId>,
);

export const productStock: CliCommand = {
  name: "product stock",
  summary: "Shows a product's stock, brings lines in, takes lines out, shows one line.",
  details:
    "A file is text in UTF-8 with one item on each line; empty lines are skipped, and blanks and tabs\n" +
    "at the ends of a line are taken off. All or nothing: a line that cannot be stored refuses the\n" +
    "file. A line that was ever in the stock of any product is left out and reported. At most 250000\n" +
    "lines at once. To paste, give --file - and end with Ctrl-D.",
  options: [productId, stockFile, voided, voidLines, reveal],
  positions: [productId, stockFile],
  run: async (panel, given) => {
    const said = [given(voided), given(reveal)].filter((value) => value !== undefined).length;
    const isFileGiven = given(stockFile) !== undefined;
    if (said + Number(isFileGiven) > 1) {
      throw new UsageError("give one of --file, --void and --reveal");
    }
    if (given(voidLines) && !isFileGiven) throw new UsageError("--void-lines needs --file");
    const open = await panel.open();
    const product = given(productId);
    if ((await viewProduct(open.ctx, open.actor, product)) === undefined)
      return refuse({ code: "product_unknown" });
    const item = given(reveal);
    if (item !== undefined) return revealed(open, product, item);
    const items = given(voided);
    if (items !== undefined) {
      return voidedAnswer(product, await voidStock(open.ctx, open.actor, product, items));
    }
    if (isFileGiven) return withFile(open, product, given);
    const stock = await viewStock(open.ctx, open.actor, product);
    return stock === undefined ? refuse({ code: "product_unknown" }) : shown(stock);
  },
};

async function withFile(
  { ctx, actor }: OpenPanel,
  product: ProductId,
  given: Given,
): Promise<Result<Answer, SaidRefusal>> {
  const lines = await openLines(given(stockFile) ?? "-");
  if (!lines.ok) return lines;
  try {
    return given(voidLines)
      ? voidedAnswer(product, await voidStock(ctx, actor, product, lines.value))
      : uploadedAnswer(product, await uploadStock(ctx, actor, product, lines.value));
  } finally {
    lines.value.destroy();
  }
}

function uploadedAnswer(
  product: ProductId,
  uploaded: Awaited<ReturnType<typeof uploadStock>>,
): Result<Answer, SaidRefusal> {
  if (!uploaded.ok) return refuse(uploaded.refusal);
  const { added, repeated, empty, free, firstRepeated, uploadId } = uploaded.value;
  const words = [
    `${added} added, ${repeated} repeated, ${empty} empty. ${free} are free now.`,
    ...firstRepeated.map((line) => repeatedWords(line, product)),
    ...(repeated > firstRepeated.length
      ? [`… and ${repeated - firstRepeated.length} more that were there before.`]
      : []),
  ];
  const json = {
    product,
    upload: uploadId,
    added,
    repeated,
    empty,
    free,
    first_repeated: firstRepeated.map(({ line, productId: owner, lineBefore }) => ({
      line,
      product: owner ?? product,
      line_before: lineBefore ?? null,
    })),
  };
  return answer(json, words.join("\n"), added === 0 ? 1 : 0);
}

function repeatedWords({ line, productId: owner, lineBefore }: RepeatedLine, own: number): string {
  if (lineBefore !== undefined) return `line ${line}: the same as line ${lineBefore}`;
  return owner === own || owner === undefined
    ? `line ${line}: this product had it before`
    : `line ${line}: product ${owner} had it before`;
}

function voidedAnswer(
  product: ProductId,
  done: Result<Voided, VoidStockRefusal>,
): Result<Answer, SaidRefusal> {
  if (!done.ok) return refuse(done.refusal);
  const { voided: out, left, free } = done.value;
  const others = left === 0 ? "" : ` ${left} are no free items of this product and stay.`;
  const words = `${out} taken out of the stock.${others} ${free} are free now.`;
  return answer({ product, voided: out, left, free }, words);
}

async function revealed(
  { ctx, actor }: OpenPanel,
  product: ProductId,
  item: ProductItemId,
): Promise<Result<Answer, SaidRefusal>> {
  const shownItem = await revealItem(ctx, actor, product, item);
  if (!shownItem.ok) return refuse(shownItem.refusal);
  const { text, state } = shownItem.value;
  return answer({ product, item, state, text }, text);
}

function shown(stock: NonNullable<Awaited<ReturnType<typeof viewStock>>>): Result<Answer, never> {
  const since = shownTime(stock.low_since);
  const low = since === undefined ? "" : ` Low since ${since}: the mark is ${stock.low_mark}.`;
  const rows = stock.uploads.map((upload) => [
    upload.id,
    shownTime(upload.at),
    upload.actor,
    upload.added,
    upload.repeated,
    upload.empty,
  ]);
  const headers = ["upload>", "at", "by", "added>", "repeated>", "empty>"];
  const words =
    `${stock.free} free, ${stock.sold} sold, ${stock.replaced} replaced, ` +
    `${stock.returned} returned, ${stock.void} void.${low}`;
  return answer(
    without(stock, "low_mark"),
    `${words}\n\n${table(headers, rows, "Nothing was uploaded yet.")}`,
  );
}

/** Ids and ranges of them, or `all`. */
function whichItems(typed: string): readonly ProductItemId[] | "all" {
  if (typed.trim().toLowerCase() === "all") return "all";
  const ids = new Set<ProductItemId>();
  for (const word of typed.split(/[,\s]+/).filter((each) => each !== "")) {
    const [first = "", last = first, ...more] = word.split("-");
    const [from, to] = [parseId<ProductItemId>(first), parseId<ProductItemId>(last)];
    const isRange = from !== undefined && to !== undefined && from <= to && more.length === 0;
    if (!isRange) throw new UsageError("expected ids such as 12,20-25, or all");
    if (to - from >= idsMax) throw new UsageError(`expected at most ${idsMax} items`);
    for (let each = Number(from); each <= to; each++) ids.add(idFromDatabase(String(each)));
  }
  if (ids.size === 0 || ids.size > idsMax) throw new UsageError(`expected 1 to ${idsMax} items`);
  return [...ids];
}
