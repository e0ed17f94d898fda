import { muteStuckOrder } from "#orders/reports/stuck.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { viewStuckOrders } from "#views/orders/stuck-orders.ts";
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
    const { orders, counts } = await viewStuckOrders(ctx, actor, {
      providerId: found?.value.id,
      serviceId: given(service),
      isMuted: given(muted),
      limit: given(limit),
    });
    const rows = orders.map((order) => [
      order.order,
      order.service,
      order.provider_alias,
      order.status,
      order.remains,
      shownDuration(order.age_seconds),
      shownDuration(order.quiet_seconds),
      shownDuration(order.limit_seconds) + (order.limit_measured ? "" : " (setting)"),
      order.muted ?? undefined,
    ]);
    const headers = ["order>", "service>", "provider", "status", "remains>", "age>", "quiet>"];
    const countRows = counts.map((each) => [each.provider, each.service, each.orders]);
    return answer(
      { orders, counts },
      orders.length === 0
        ? "No stuck orders."
        : [
            table([...headers, "usual limit", "muted"], rows, ""),
            table(["provider", "service>", "orders>"], countRows, ""),
          ].join("\n\n"),
    );
  },
};
