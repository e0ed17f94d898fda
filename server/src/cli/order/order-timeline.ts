import { findOrder } from "#orders/orders.sql.ts";
import { readTimeline } from "#orders/reports/timeline.ts";
import { listProviders } from "#providers/providers.sql.ts";
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
    const { ctx } = await panel.open();
    const order = await findOrder(ctx.db, given(orderId));
    if (order === undefined) return refuse({ code: "order_unknown" });
    const aliases = new Map((await listProviders(ctx.db)).map(({ id, alias }) => [id, alias]));
    const entries = (await readTimeline(ctx.db, order)).map((entry) => ({
      ...entry,
      who: entry.who.replace(/^provider:(\d+)$/, (all, id: string) => aliasOf(id) ?? all),
    }));
    const lines = entries.map(({ at, who, what }) =>
      [shownSecond(at), inOneLine(who), inOneLine(what)].join("  "),
    );
    return answer(entries, lines.join("\n"));

    function aliasOf(id: string): string | undefined {
      return [...aliases].find(([each]) => String(each) === id)?.[1];
    }
  },
};

/** To the second, in UTC. */
function shownSecond(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
