import path from "node:path";
import type { ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { readManualLines } from "#product-orders/manual-lines.ts";
import type { ProductClaimId, ProductOrderId } from "#values/ids.ts";
import { parseQuantity } from "#values/quantity.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { SaidRefusal } from "#cli/kit/command.ts";
import { optional, required, UsageError } from "#cli/kit/option.ts";
import { readTextFile } from "#cli/kit/text-file.ts";
import { filledText, id, text } from "#cli/kit/readers.ts";

// What the commands about product orders and claims share.

const bytesMax = 16 * 1024 * 1024;

export const productOrderId = required("--id <number>", "the product order", id<ProductOrderId>, [
  "--order <number>",
]);
export const claimId = required("--id <number>", "the claim", id<ProductClaimId>, [
  "--claim <number>",
]);
export const noteForBuyer = optional("--note <text>", "a word for the buyer", filledText);

export const linesText = optional(
  "--text <lines>",
  "what is delivered; others on this machine may see it: --file is safer",
  text,
);
export const linesFile = optional(
  "--file <file>",
  "a file with what is delivered, one line each; - reads standard input",
  filledText,
);

/** The lines that staff deliver; `undefined` where neither text nor file was given. */
export async function readLines(
  typedText: string | undefined,
  file: string | undefined,
): Promise<Result<readonly string[] | undefined, SaidRefusal>> {
  if (typedText !== undefined && file !== undefined) {
    throw new UsageError("either --text or --file");
  }
  if (file === undefined)
    return ok(typedText === undefined ? undefined : readManualLines(typedText));
  const name = file === "-" ? "/dev/stdin" : path.resolve(file);
  const read = await readTextFile(name, bytesMax);
  return read.ok ? ok(readManualLines(read.value)) : read;
}

/** Places of lines, such as `1,3`. */
export function places(typed: string): readonly number[] {
  const found = typed.split(/[,\s]+/).filter((word) => word !== "");
  const read = found.map((word) => parseQuantity(word) ?? 0);
  if (read.length === 0 || read.some((place) => place < 1) || new Set(read).size < read.length) {
    throw new UsageError("expected places of lines such as 1,3");
  }
  return read;
}

export const claimPlaces = optional(
  "--items <places>",
  "which lines, such as 1,3; those that the buyer named if left out",
  places,
);

/** What each reason to wait means, and what ends it. */
export const waitMeanings: Readonly<Record<ProductOrderWait, string>> = {
  delivery: "delivered by hand: panel product deliver, or panel product refund",
  unknown: "nobody knows whether the provider took it: look there, then panel product settle",
  failed: "refused by the provider: panel product deliver by hand, or panel product refund",
  accepted_late:
    "the provider took it after it had ended here: stop it there, then panel product settle --seen",
  cost_unclear:
    "what the provider charged was not booked: look there, then panel product settle --seen",
  status_unknown: "the provider says a status that nobody knows: wait, or panel product deliver",
  short:
    "the provider gave fewer lines than it was paid for: panel product deliver, or panel product refund",
  repeated: "the provider gave a line that it had given before: ask there",
  went_back:
    "the provider takes back what it had said: ask there, then panel product deliver or refund",
};
