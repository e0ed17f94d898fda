/**
 * Buys items of a digital product and prints them. Without arguments it lists what there is.
 *
 *     PANEL_URL=… PANEL_KEY=… REQUEST_ID=… node buy-product.ts PRODUCT QUANTITY [ANSWER]
 */
import process from "node:process";
import { openPanel, OutcomeUnknownError, RefusedError } from "panelwright-sdk";

const [product, quantity, answer] = process.argv.slice(2);
// Your program stores this before the call: run again with it, the same order is answered.
const requestId = process.env["REQUEST_ID"] ?? crypto.randomUUID();
const panel = openPanel({
  url: process.env["PANEL_URL"] ?? "",
  key: process.env["PANEL_KEY"] ?? "",
});

if (product === undefined || quantity === undefined) await list();
else await buy(product, Number(quantity));

async function list(): Promise<void> {
  for (const each of await panel.products()) {
    const stock = each.isInStock ? `${each.inventory ?? "some"} there` : "out of stock";
    console.log(`${each.product} ${each.name} at ${each.rate}, ${stock}`);
    if (each.require !== null) console.log(`  asks: ${each.require}`);
  }
}

async function buy(wanted: string, count: number): Promise<void> {
  const require = answer === undefined ? {} : { require: answer };
  try {
    const { order } = await panel.orderProduct({
      product: wanted,
      quantity: count,
      requestId,
      ...require,
    });
    const { statusText, charge, result } = await panel.productStatus(order);
    console.log(`order ${order}: ${statusText}, ${charge}`);
    for (const line of result) console.log(line);
  } catch (error) {
    if (error instanceof RefusedError) console.log(`refused (${error.kind}): ${error.message}`);
    else if (error instanceof OutcomeUnknownError) {
      console.log(`nobody knows; run again with REQUEST_ID=${requestId}`);
    } else throw error;
  }
}
