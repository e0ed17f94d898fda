import { findSandboxAccount } from "#customers/sandbox-account.sql.ts";
import { listProductOrders } from "#product-orders/staff-lists.sql.ts";
import type { ListedProductOrder } from "#product-orders/staff-lists.sql.ts";
import type { ProductId, ProductOrderId } from "#values/ids.ts";
import { amountFromDecimal, subtract } from "#values/money.ts";
import { productOrderStatuses, wireProductOrderStatus } from "#values/product-order-status.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id, oneOf } from "#cli/kit/readers.ts";
import { productNames } from "./product-order-options.ts";
import { customerOf, limitOption, money } from "#cli/kit/shared.ts";

const email = optional("--email <address>", "only this customer's", filledText, [
  "--customer <address>",
]);
const product = optional("--product <id>", "only of this product", id<ProductId>);
const status = optional("--status <status>", "Pending, …", oneOf(productOrderStatuses));
const waiting = flag("--waiting", "only those that wait for staff, oldest wait first");
const test = flag("--test", "those of test keys, in place of the real ones");
const before = optional("--before <order>", "only those before this one", id<ProductOrderId>);
const limit = limitOption(100);

export const productOrders: CliCommand = {
  name: "product orders",
  summary: "Lists orders of products, newest first.",
  options: [email, product, status, waiting, test, before, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const { db } = open.ctx;
    const address = given(email);
    const found = address === undefined ? undefined : await customerOf(open, address);
    if (found !== undefined && !found.ok) return found;
    const customer = found?.value.accountId;
    const isTest = given(test);
    const orders = await listProductOrders(db, {
      accountId:
        isTest && customer !== undefined
          ? ((await findSandboxAccount(db, customer)) ?? customer)
          : customer,
      productId: given(product),
      status: given(status),
      isWaiting: given(waiting),
      isTest,
      beforeId: given(before),
      limit: given(limit),
    });
    const names = await productNames(db);
    const rows = orders.map((order) => [
      order.id,
      order.account_id,
      `${order.product_id} ${names.get(order.product_id) ?? ""}`,
      wireProductOrderStatus[order.status],
      `${order.delivered}/${order.quantity}`,
      chargeOf(order),
      order.waits_for?.replaceAll("_", " "),
      shownTime(order.created_at),
    ]);
    const headers = ["order>", "customer>", "product", "status", "delivered>", "charge>"];
    return answer(
      orders.map((order) => productOrderRowJson(order, names.get(order.product_id))),
      table([...headers, "waits for", "created (UTC)"], rows, "No orders of products."),
    );
  },
};

function chargeOf({ charge, refunded }: ListedProductOrder): string {
  return money(subtract(amountFromDecimal(charge), amountFromDecimal(refunded)));
}

function productOrderRowJson(
  order: ListedProductOrder,
  name: string | undefined,
): Readonly<Record<string, unknown>> {
  return {
    order: order.id,
    customer: order.account_id,
    product: order.product_id,
    name: name ?? null,
    status: wireProductOrderStatus[order.status],
    quantity: order.quantity,
    delivered: order.delivered,
    remains: order.quantity - order.delivered,
    charge: chargeOf(order),
    refunded: money(amountFromDecimal(order.refunded)),
    waits_for: order.waits_for,
    facts: order.waits_note,
    waits_since: order.waits_since,
    created: order.created_at,
  };
}
