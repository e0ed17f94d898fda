import { announcePost } from "#orders/schedules/announce-post.ts";
import { parseId } from "#values/ids.ts";
import type { OrderId } from "#values/ids.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { repeatable } from "#http/reseller/call.ts";
import type { Call } from "#http/reseller/call.ts";
import type { Command } from "#http/reseller/request/command.ts";

/**
 * `new_post` (an addition to the documents): a customer announces a post of their subscription. The
 * same post again is `known`, and is not ordered a second time.
 */
export async function newPost(
  { context, key }: Call,
  command: Extract<Command, { kind: "new_post" }>,
): Promise<Answer> {
  const orderId = parseId<OrderId>(command.order.trim());
  if (orderId === undefined) return refusedWith({ code: "order_unknown" });
  const { link, postId, requestId } = command;
  const request = repeatable(key, "new_post", requestId, [orderId, link.trim(), postId]);
  if (!request.ok) return refusedWith(request.refusal);
  const post = { link, postId };
  const taken = await announcePost(context.ctx, key.accountId, orderId, post, request.value);
  return taken.ok ? json({ order: orderId, post: taken.value }) : refusedWith(taken.refusal);
}
