import { changeFeed } from "#orders/change-feed.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { required } from "#cli/option.ts";
import { orderId } from "#cli/order-id.ts";
import { text } from "#cli/readers.ts";

const feed = required("--feed <url>", 'where new posts are announced; "" for nowhere', text);

export const subscriptionSet: CliCommand = {
  name: "subscription set",
  summary: "Says which feed (RSS, Atom, JSON Feed) announces the posts of a subscription.",
  details:
    "What stands in the feed at its first reading counts as old. The feed is read about every 5 minutes.\n" +
    "Without one, the customer announces posts by action=new_post.",
  options: [orderId, feed],
  positions: [orderId],
  run: async (desk, given) => {
    const { ctx, actor } = await desk.open();
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
