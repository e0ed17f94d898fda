import { viewDripFeed } from "#views/orders/drip-feed-dossier.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime } from "#cli/kit/output.ts";
import { runsTable } from "./schedule-output.ts";
import { currencyOf, limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(1000);

export const dripfeedShow: CliCommand = {
  name: "dripfeed show",
  summary: "Shows a drip-feed with its runs.",
  options: [orderId, limit],
  positions: [orderId],
  run: async (panel, given) => {
    const open = await panel.open();
    const query = { id: given(orderId), limit: given(limit) };
    const feed = await viewDripFeed(open.ctx, open.actor, query);
    if (feed === undefined) return refuse({ code: "schedule_unknown", kind: "drip_feed" });
    const runs = feed.orders;
    const next = feed.next === null ? "none due" : `the next at ${shownTime(feed.next)} UTC`;
    const lines = [
      `Order ${feed.order}: ${feed.status}, ${feed.state}` +
        (feed.reason === null ? "." : ` (${feed.reason}).`),
      `${runs.length} of ${feed.runs ?? 0} runs made, every ${feed.interval ?? 0} minutes, ${next}.`,
      `${feed.remains} of ${feed.quantity} remain. The charge is ${feed.charge} ` +
        `${await currencyOf(open)}, after ${feed.refunded} refunded.`,
      "",
      runsTable(runs),
    ];
    return answer(feed, lines.join("\n"));
  },
};
