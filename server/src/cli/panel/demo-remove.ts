import { removeDemo } from "#demo/remove-demo.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";

export const demoRemove: CliCommand = {
  name: "demo remove",
  summary: "Takes the sandbox shop away, with its customer, orders and money.",
  details:
    "Services of it that other customers have ordered are disabled instead, products hidden. The\n" +
    "ledger is proven before the change stands.",
  options: [],
  run: async (panel) => {
    const { ctx, database, actor } = await panel.open();
    const removed = await removeDemo(ctx, database, actor);
    if (!removed.ok) {
      return refused({ code: removed.refusal.code, text: "There is no sandbox shop to remove." });
    }
    const { orders, postings, services, disabled, products, productOrders, hidden } = removed.value;
    const words = [
      `The sandbox shop is gone: ${services} services, ${orders} orders, ${products} products, ` +
        `${productOrders} orders of products, ${postings} postings.`,
      ...(disabled.length === 0
        ? []
        : [`Others have ordered from service ${disabled.join(", ")}: disabled, not removed.`]),
      ...(hidden.length === 0
        ? []
        : [`Others have bought product ${hidden.join(", ")}: hidden, not removed.`]),
    ];
    const json = {
      removed: true,
      orders,
      postings,
      services,
      disabled,
      products,
      product_orders: productOrders,
      hidden,
    };
    return answer(json, words.join("\n"));
  },
};
