import type { ProductId, ProductOrderId } from "#values/ids.ts";
import { productOrderStatuses } from "#values/product-order-status.ts";
import { viewProductOrders } from "#views/products/product-order-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id, listOf, moment, oneOf } from "#cli/kit/readers.ts";
import { customerOf, limitOption } from "#cli/kit/shared.ts";

const email = optional("--email <address>", "only this customer's", filledText, [
  "--customer <address>",
]);
const product = optional("--product <id>", "only of this product", id<ProductId>);
const status = optional(
  "--status <words>",
  "Pending, …; several with commas",
  listOf(oneOf(productOrderStatuses)),
);
const waiting = flag("--waiting", "only those that wait for staff, oldest wait first");
const since = optional("--since <moment>", "only those placed from then on", moment);
const until = optional("--until <moment>", "only those placed before then", moment);
const test = flag("--test", "those of test keys, in place of the real ones");
const before = optional("--before <order>", "only those before this one", id<ProductOrderId>);
const limit = limitOption(100);

export const productOrders: CliCommand = {
  name: "product orders",
  summary: "Lists orders of products, newest first.",
  options: [email, product, status, waiting, since, until, test, before, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const address = given(email);
    const found = address === undefined ? undefined : await customerOf(open, address);
    if (found !== undefined && !found.ok) return found;
    const page = await viewProductOrders(open.ctx, open.actor, {
      customerId: found?.value.accountId,
      productId: given(product),
      statuses: given(status),
      isWaiting: given(waiting),
      from: given(since),
      until: given(until),
      isTest: given(test),
      beforeId: given(before),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const orders = page.value.rows;
    const rows = orders.map((order) => [
      order.order,
      order.customer,
      `${order.product} ${order.name ?? ""}`,
      order.status,
      `${order.delivered}/${order.quantity}`,
      order.charge,
      order.waits_for?.replaceAll("_", " "),
      shownTime(order.created),
    ]);
    const headers = ["order>", "customer>", "product", "status", "delivered>", "charge>"];
    return answer(
      orders,
      table([...headers, "waits for", "created (UTC)"], rows, "No orders of products."),
    );
  },
};
