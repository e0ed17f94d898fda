import { viewTimeline } from "#views/orders/order-timeline.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { inOneLine } from "#values/text.ts";

export const orderTimeline: CliCommand = {
  name: "order timeline",
  summary: "Tells everything that happened to an order, oldest first: who, when, and what.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const entries = await viewTimeline(ctx, actor, given(orderId));
    if (entries === undefined) return refuse({ code: "order_unknown" });
    const lines = entries.map(({ at, who, what }) =>
      [shownSecond(at), inOneLine(who), inOneLine(what)].join("  "),
    );
    return answer(entries, lines.join("\n"));
  },
};

/** To the second, in UTC. */
function shownSecond(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
