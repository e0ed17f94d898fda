import { tester } from "#test/actors.ts";
import { sealLine } from "#product-orders/deliver-lines.ts";
import { createProduct } from "#products/create-product.ts";
import type { ProductDescription } from "#products/create-product.ts";
import { addToCount, lockStock } from "#products/items.sql.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { ProductId, ProductOrderId } from "#values/ids.ts";
import { amount, must } from "./panel.ts";
import type { TestPanel } from "./panel.ts";

/** Puts a product on sale. By default one of our own at 2.50, from 1 to 10 items. */
export async function addProduct(
  { ctx }: Pick<TestPanel, "ctx">,
  input: Partial<ProductDescription> & { readonly stock?: readonly string[] } = {},
): Promise<ProductId> {
  const { stock = [], ...described } = input;
  const id = must(
    await createProduct(ctx, tester, {
      category: "Keys",
      name: "License key",
      description: "",
      type: "auto",
      rate: amount("2.50"),
      min: 1,
      max: 10,
      question: undefined,
      questionCheck: undefined,
      visibility: "everyone",
      partDelivery: false,
      lowMark: undefined,
      warrantyDays: 0,
      ...described,
    }),
  );
  await addItems(ctx, id, stock);
  return id;
}

/** Adds lines to the stock, as an upload leaves them. */
export async function addItems(
  ctx: Context,
  id: ProductId,
  lines: readonly string[],
): Promise<void> {
  const secrets = await ctx.secrets();
  const sealed = lines.map((line) => sealLine(secrets, line));
  await inTransaction(ctx, async (tx) => {
    await lockStock(tx, id);
    await tx.query(
      `insert into product_items (product_id, state, origin, sealed, digest)
       select $1::bigint, 'free', 'upload', i.sealed, i.digest
         from unnest($2::text[], $3::bytea[]) as i (sealed, digest)`,
      [id, sealed.map((line) => line.sealed), sealed.map((line) => line.digest)],
    );
    await addToCount(tx, id, lines.length);
  });
}

/** This many different lines. */
export function keys(count: number, name = "KEY"): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/** Buys over HTTP. Returns the number of the order, or the sentence of the refusal. */
export async function tryBuy(
  panel: Pick<TestPanel, "api">,
  key: string,
  product: ProductId,
  fields: Readonly<Record<string, string | number>> = {},
): Promise<ProductOrderId | string> {
  const request = { key, action: "add_product_order", product, quantity: 1, ...fields };
  const answer = (await panel.api(request)) as { order?: ProductOrderId; error?: string };
  return answer.order ?? answer.error ?? JSON.stringify(answer);
}

/** The same, with a refusal as on the wire. */
export async function buy(
  ...order: Parameters<typeof tryBuy>
): Promise<ProductOrderId | { readonly error: string }> {
  const bought = await tryBuy(...order);
  return typeof bought === "string" ? { error: bought } : bought;
}

/** What `product_order_status` says of an order that must have been accepted. */
export async function stateOf(
  panel: Pick<TestPanel, "api">,
  key: string,
  order: number | string | { readonly error: string },
): Promise<unknown> {
  if (typeof order === "object") throw new Error(`there is no order: ${order.error}`);
  return panel.api({ key, action: "product_order_status", order });
}
