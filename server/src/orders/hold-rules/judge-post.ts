import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { systemActor } from "#values/actor.ts";
import { listHoldRules } from "./hold-rules.sql.ts";
import { compileRules } from "./rule.ts";
import type { HoldRule } from "./rule.ts";

/**
 * What the rules for links and hosts, as the database has them now, say against posts that a
 * subscription is to order. The other rules are about the buyer and were judged when the
 * subscription was ordered.
 */
export async function postJudge(
  tx: Tx,
  { serviceId }: Pick<Order, "serviceId">,
): Promise<(link: string) => HoldRule | undefined> {
  const rules = compileRules(await listHoldRules(tx));
  return (link) => rules.onLink(serviceId, link);
}

/** Records that a post got no order. Nobody is notified, but staff can find which rule it was. */
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
