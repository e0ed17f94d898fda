import { changeFeed } from "#orders/schedules/change-feed.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { required } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { text } from "#cli/kit/readers.ts";

const feed = required("--feed <url>", 'where new posts are announced; "" for nowhere', text);

export const subscriptionSet: CliCommand = {
  name: "subscription set",
  summary: "Says which feed (RSS, Atom, JSON Feed) announces the posts of a subscription.",
  details:
    "What stands in the feed at its first reading counts as old. The feed is read about every 5 minutes.\n" +
    "Without one, the customer announces posts by action=new_post.",
  options: [orderId, feed],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const url = given(feed).trim() || undefined;
    const changed = await changeFeed(ctx, actor, given(orderId), url);
    if (!changed.ok) return refuse(changed.refusal);
    return answer(
      { order: given(orderId), feed: url ?? null },
      url === undefined
        ? `Subscription ${given(orderId)} has no feed; its customer announces posts.`
        : `Subscription ${given(orderId)} is read from ${url}.`,
    );
  },
};
