import { createProduct } from "@panelwright/server/src/products/create-product.ts";
import { uploadStock } from "@panelwright/server/src/products/stock/upload-stock.ts";
import { tester } from "@panelwright/server/test/actors.ts";
import { amount, must } from "@panelwright/server/test/panel.ts";
import type { TestPanel } from "@panelwright/server/test/panel.ts";

/** Puts a product on sale at 2.5 an item, with these lines in its stock; without lines by hand. */
export async function addProduct(
  server: Pick<TestPanel, "ctx">,
  { lines = [] }: { readonly lines?: readonly string[] } = {},
): Promise<number> {
  const product = must(
    await createProduct(server.ctx, tester, {
      category: "Netflix",
      name: "Netflix",
      description: "One month",
      type: lines.length > 0 ? "auto" : "service",
      rate: amount("2.5"),
      min: 1,
      max: 10,
      question: lines.length > 0 ? "Input your account" : undefined,
      questionCheck: undefined,
      visibility: "everyone",
      partDelivery: false,
      lowMark: undefined,
      warrantyDays: 30,
    }),
  );
  if (lines.length > 0) {
    must(await uploadStock(server.ctx, tester, product, bytesOf(lines.join("\n"))));
  }
  return product;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
