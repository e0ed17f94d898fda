import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { systemActor } from "#values/actor.ts";
import { listHoldRules } from "./hold-rules.sql.ts";
import { compileRules } from "./rule.ts";
import type { HoldRule } from "./rule.ts";

/**
 * What the lists of links and hosts say against posts that a subscription is to order, as they stand
 * in the database now. The other rules ask who buys, which was asked when the subscription was ordered.
 */
export async function postJudge(
  tx: Tx,
  { serviceId }: Pick<Order, "serviceId">,
): Promise<(link: string) => HoldRule | undefined> {
  const rules = compileRules(await listHoldRules(tx));
  return (link) => rules.onLink(serviceId, link);
}

/** Writes that a post got no order: nobody hears of it, but staff find which rule it was. */
export async function auditRefusedPost(
  tx: Tx,
  order: Pick<Order, "id">,
  link: string,
  rule: HoldRule,
): Promise<void> {
  await audit(tx, {
    actor: systemActor("run-schedules"),
    action: "subscription.refuse_post",
    subject: `order:${order.id}`,
    after: { link, rule: rule.id, reason: rule.reason },
  });
}
