import { viewSubscriptionDossier } from "#views/orders/subscription-dossier.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime } from "#cli/kit/output.ts";
import { runsTable } from "./schedule-output.ts";
import { limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(1000);

export const subscriptionShow: CliCommand = {
  name: "subscription show",
  summary: "Shows a subscription with its feed and the orders of its posts.",
  options: [orderId, limit],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const query = { id: given(orderId), limit: given(limit) };
    const found = await viewSubscriptionDossier(ctx, actor, query);
    if (found === undefined) return refuse({ code: "schedule_unknown", kind: "subscription" });
    const { feed, feed_problem: problem, feed_problem_since: since, upstream_orders = [] } = found;
    const read =
      found.feed_read === null ? "not read yet" : `read ${shownTime(found.feed_read)} UTC`;
    const lines = [
      `Order ${found.order}: ${found.status}, ${found.state}` +
        (found.reason === null ? "." : ` (${found.reason}).`),
      found.upstream
        ? "Its provider runs it."
        : feed === null
          ? "No feed."
          : `Feed ${feed}, ${read}.`,
      ...(problem === null
        ? []
        : [
            since === null
              ? `The last reading failed: ${problem}.`
              : `Unreadable since ${shownTime(since)} UTC: ${problem}.`,
          ]),
      ...(found.feed_skipped === 0
        ? []
        : [`${found.feed_skipped} entries of it name no post that could be ordered.`]),
      `${found.orders.length} posts have an order, ${found.waiting} wait for theirs.`,
      ...upstream_orders.flatMap((post) =>
        post.problem === null
          ? []
          : [`The provider's order ${post.provider_order} is not charged: ${post.problem}.`],
      ),
      "",
      runsTable(found.orders),
    ];
    return answer(found, lines.join("\n"));
  },
};
