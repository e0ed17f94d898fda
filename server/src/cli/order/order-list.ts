import type { OrderId, ServiceId } from "#values/ids.ts";
import { orderOrigins } from "#values/order-origin.ts";
import { viewOrders } from "#views/orders/order-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, id, listOf, moment, oneOf, orderStatus } from "#cli/kit/readers.ts";
import { customerOf, limitOption, providerOf } from "#cli/kit/shared.ts";
import { without } from "#cli/kit/without.ts";

const email = optional("--email <address>", "only this customer's", filledText);
const status = optional(
  "--status <words>",
  "only those that are Pending, Partial, …; several with commas",
  listOf(orderStatus),
);
const service = optional("--service <id>", "only of this service", id<ServiceId>);
const provider = optional("--provider <name>", "only at this provider", filledText);
const origin = optional(
  "--source <word>",
  `only those that came by ${orderOrigins.join(", ")}`,
  oneOf(orderOrigins),
);
const link = optional("--link <text>", "only with this anywhere in their link", filledText);
const providerOrder = optional(
  "--provider-order <number>",
  "only what a provider has under this number",
  filledText,
);
const since = optional("--since <moment>", "only those placed from then on", moment);
const until = optional("--until <moment>", "only those placed before then", moment);
const sort = optional(
  "--sort <word>",
  "newest (if left out) or oldest first",
  oneOf(["newest", "oldest"] as const),
);
const test = flag("--test", "those of test keys, in place of the real ones");
const before = optional("--before <order>", "only orders before this one", id<OrderId>);
const limit = limitOption(100);

export const orderList: CliCommand = {
  name: "order list",
  summary: "Lists orders, newest first.",
  options: [
    email,
    status,
    service,
    provider,
    origin,
    link,
    providerOrder,
    since,
    until,
    sort,
    test,
    before,
    limit,
  ],
  run: async (panel, given) => {
    const open = await panel.open();
    const address = given(email);
    const customer = address === undefined ? undefined : await customerOf(open, address);
    if (customer !== undefined && !customer.ok) return customer;
    const name = given(provider);
    const at = name === undefined ? undefined : await providerOf(open, name);
    if (at !== undefined && !at.ok) return at;
    const page = await viewOrders(open.ctx, open.actor, {
      customerId: customer?.value.accountId,
      statuses: given(status),
      serviceId: given(service),
      providerId: at?.value.id,
      origin: given(origin),
      linkContains: given(link),
      providerOrder: given(providerOrder)?.trim(),
      from: given(since),
      until: given(until),
      sort: given(sort),
      isTest: given(test),
      beforeId: given(before),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const orders = page.value.rows;
    const rows = orders.map((order) => [
      order.order,
      order.customer,
      order.service,
      order.status,
      order.quantity,
      order.remains,
      order.charge,
      shownTime(order.created),
      order.link,
    ]);
    const headers = ["order>", "customer>", "service>", "status", "quantity>", "remains>"];
    return answer(
      orders.map((order) =>
        without(order, "service_name", "source", "held", "email", "provider_alias"),
      ),
      table([...headers, "charge>", "created (UTC)", "link"], rows, "No orders."),
    );
  },
};
