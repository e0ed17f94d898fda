import { findStuckOrders, muteStuckOrder } from "#orders/reports/stuck.ts";
import type { StuckOrder } from "#orders/reports/stuck.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownDuration } from "#cli/kit/duration.ts";
import { flag, optional, UsageError } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, id } from "#cli/kit/readers.ts";
import { limitOption, providerOf } from "#cli/kit/shared.ts";

const provider = optional("--provider <name>", "only at this provider", filledText);
const service = optional("--service <id>", "only of this service", id<ServiceId>);
const mute = optional("--mute <order>", "show it no more; with --reason", id<OrderId>);
const unmute = optional("--unmute <order>", "show it again", id<OrderId>);
const reason = optional("--reason <text>", "why it need not be shown", filledText);
const muted = flag("--muted", "those that are not shown otherwise");
const limit = limitOption(100);
const ordersMax = 10_000;

export const orderStuck: CliCommand = {
  name: "order stuck",
  summary: "Lists orders that take too long, the oldest first, and how many there are where.",
  details:
    "Too long is twice what 95 of 100 orders of the same service take (at least an hour), or the\n" +
    "setting stuck_hours where fewer than 20 were seen. An order that moves leaves the list.",
  options: [provider, service, mute, unmute, reason, muted, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const { ctx, actor } = open;
    const changed = given(mute) ?? given(unmute);
    if (changed !== undefined) {
      const why = given(mute) === undefined ? undefined : given(reason);
      if (given(mute) !== undefined && why === undefined)
        throw new UsageError("--reason is missing");
      const done = await muteStuckOrder(ctx, actor, changed, why);
      if (!done.ok) return refuse(done.refusal);
      const words = why === undefined ? "is shown again" : "is not shown any more";
      return answer({ order: changed, muted: why ?? null }, `Order ${changed} ${words}.`);
    }
    const name = given(provider);
    const found = name === undefined ? undefined : await providerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    const orders = await findStuckOrders(ctx.db, {
      providerId: found?.value.id,
      serviceId: given(service),
      isMuted: given(muted),
      limit: ordersMax,
    });
    const aliases = new Map((await listProviders(ctx.db)).map((each) => [each.id, each.alias]));
    const aliasOf = ({ provider_id: from }: StuckOrder) => aliases.get(from) ?? String(from);
    const counts = countBy(orders, aliasOf);
    const rows = orders
      .slice(0, given(limit))
      .map((order) => [
        order.id,
        order.service_id,
        aliasOf(order),
        wireStatus[order.status],
        order.remains,
        shownDuration(order.age_seconds),
        shownDuration(order.quiet_seconds),
        shownDuration(order.limit_seconds) + (order.is_measured ? "" : " (setting)"),
        order.muted ?? undefined,
      ]);
    const headers = ["order>", "service>", "provider", "status", "remains>", "age>", "quiet>"];
    const countRows = counts.map((each) => [each.provider, each.service, each.orders]);
    return answer(
      {
        orders: orders.slice(0, given(limit)).map((order) => stuckJson(order, aliasOf(order))),
        counts,
      },
      orders.length === 0
        ? "No stuck orders."
        : [
            table([...headers, "usual limit", "muted"], rows, ""),
            table(["provider", "service>", "orders>"], countRows, ""),
          ].join("\n\n"),
    );
  },
};

type Count = { readonly provider: string; readonly service: number; readonly orders: number };

/** How many stand at which provider for which service, most first. */
function countBy(
  orders: readonly StuckOrder[],
  aliasOf: (order: StuckOrder) => string,
): readonly Count[] {
  const groups = Map.groupBy(orders, (order) => `${order.provider_id} ${order.service_id}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      return [{ provider: aliasOf(first), service: first.service_id, orders: group.length }];
    })
    .toSorted((a, b) => b.orders - a.orders);
}

function stuckJson(order: StuckOrder, alias: string): Record<string, unknown> {
  return {
    order: order.id,
    customer: order.account_id,
    service: order.service_id,
    provider: order.provider_id,
    provider_alias: alias,
    status: wireStatus[order.status],
    quantity: order.quantity,
    remains: order.remains,
    created: order.created_at,
    age_seconds: Math.round(order.age_seconds),
    quiet_seconds: Math.round(order.quiet_seconds),
    limit_seconds: Math.round(order.limit_seconds),
    limit_measured: order.is_measured,
    muted: order.muted,
  };
}
