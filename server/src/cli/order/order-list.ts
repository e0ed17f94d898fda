import { findSandboxAccount } from "#customers/sandbox-account.sql.ts";
import { listOrders } from "#orders/orders.sql.ts";
import { subtract } from "#values/money.ts";
import type { OrderId } from "#values/ids.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id, orderStatus } from "#cli/kit/readers.ts";
import { customerOf, limitOption, money, orderJson } from "#cli/kit/shared.ts";

const email = optional("--email <address>", "only this customer's", filledText);
const status = optional(
  "--status <status>",
  "only those that are Pending, Partial, …",
  orderStatus,
);
const test = flag("--test", "those of test keys, in place of the real ones");
const before = optional("--before <order>", "only orders before this one", id<OrderId>);
const limit = limitOption(100);

export const orderList: CliCommand = {
  name: "order list",
  summary: "Lists orders, newest first.",
  options: [email, status, test, before, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const address = given(email);
    const found = address === undefined ? undefined : await customerOf(open, address);
    if (found !== undefined && !found.ok) return found;
    const [wantedStatus, beforeId] = [given(status), given(before)];
    const isTest = given(test);
    const customer = found?.value.accountId;
    const accountId =
      isTest && customer !== undefined
        ? ((await findSandboxAccount(open.ctx.db, customer)) ?? customer)
        : customer;
    const orders = await listOrders(open.ctx.db, {
      limit: given(limit),
      isTest,
      ...(accountId === undefined ? {} : { accountId }),
      ...(wantedStatus === undefined ? {} : { status: wantedStatus }),
      ...(beforeId === undefined ? {} : { beforeId }),
    });
    const rows = orders.map((order) => [
      order.id,
      order.accountId,
      order.serviceId,
      wireStatus[order.status],
      order.quantity,
      order.remains,
      money(subtract(order.charge, order.refunded)),
      shownTime(order.createdAt),
      order.link,
    ]);
    const headers = ["order>", "customer>", "service>", "status", "quantity>", "remains>"];
    return answer(
      orders.map(orderJson),
      table([...headers, "charge>", "created (UTC)", "link"], rows, "No orders."),
    );
  },
};
