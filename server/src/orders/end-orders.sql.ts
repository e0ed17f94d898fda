import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { moverName } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import type { CancelReason, CancelStatus, RefillStatus } from "./requests.sql.ts";

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

const closeCancelsSql = statement(
  "orders.closeOpenCancels",
  `update cancels c
      set status = $3::text, reason = $4::text, due_at = null, lease = null,
          updated_at = panel_now()
     from unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
    where c.account_id = i.account_id and c.order_id = i.order_id and c.status = 'pending'`,
);

/** Ends the open cancel requests of orders that have ended. */
export async function closeOpenCancels(
  tx: Tx,
  keys: readonly Key[],
  status: CancelStatus,
  reason: CancelReason | undefined,
): Promise<void> {
  await closeCancelsSql.run(tx, ...pairs(keys), status, reason);
}

const endRefillsSql = statement(
  "orders.endRefillsByOrder",
  `update refills r
      set status = $3::text, answer = $4::text, updated_at = panel_now()
     from unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
    where r.account_id = i.account_id and r.refill_order = i.order_id
      and r.status = 'in_progress'`,
);

/** Ends the refills that our own orders delivered, once those orders have ended. */
export async function endRefillsByOrder(
  tx: Tx,
  keys: readonly Key[],
  status: RefillStatus,
  answer: string | undefined,
): Promise<void> {
  await endRefillsSql.run(tx, ...pairs(keys), status, answer);
}

const closeDeskSql = statement(
  "orders.closeDeskOfEnded",
  `update desk_entries d
      set closed_at = panel_now(), closed_by = $3::text, decision = $4::text
     from unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
    where d.account_id = i.account_id and d.order_id = i.order_id and d.closed_at is null
      and d.reason <> 'cost_unclear'`,
);

/** Takes ended orders off the desk. An unclear cost stays there. */
export async function closeDeskOfEnded(
  tx: Tx,
  keys: readonly Key[],
  closing: { readonly by: Mover; readonly decision: string },
): Promise<void> {
  await closeDeskSql.run(tx, ...pairs(keys), moverName(closing.by), closing.decision);
}

function pairs(keys: readonly Key[]): [AccountId[], OrderId[]] {
  return [keys.map((key) => key.accountId), keys.map((key) => key.orderId)];
}
