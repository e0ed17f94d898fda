import { arrayText, statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Order } from "./orders.sql.ts";

const updateOrdersSql = statement(
  "orders.updateOrders",
  `update orders o
      set status = i.status, start_count = i.start_count, remains = i.remains,
          refunded = i.refunded, note = i.note,
          started_at = case
            when i.status in ('in_progress', 'completed', 'partial')
            then coalesce(o.started_at, panel_now())
            else o.started_at end,
          finished_at = case
            when i.status in ('completed', 'partial', 'canceled')
            then coalesce(o.finished_at, panel_now())
            else o.finished_at end,
          updated_at = panel_now()
     from unnest($1::bigint[], $2::bigint[], $3::order_status[], $4::bigint[], $5::bigint[],
                 $6::numeric[], $7::text[])
          as i (account_id, id, status, start_count, remains, refunded, note)
    where o.account_id = i.account_id and o.id = i.id`,
);

/** Writes where locked orders stand. `refunded` changes only together with its posting. */
export async function updateOrders(
  tx: Tx,
  moves: readonly {
    readonly accountId: AccountId;
    readonly orderId: OrderId;
    readonly after: Pick<Order, "status" | "startCount" | "remains" | "refunded" | "note">;
  }[],
): Promise<void> {
  if (moves.length === 0) return;
  await updateOrdersSql.run(
    tx,
    arrayText(moves.map((move) => move.accountId)),
    arrayText(moves.map((move) => move.orderId)),
    `{${moves.map(({ after }) => after.status).join(",")}}`,
    arrayText(moves.map(({ after }) => after.startCount)),
    arrayText(moves.map(({ after }) => after.remains)),
    `{${moves.map(({ after }) => decimalFromAmount(after.refunded)).join(",")}}`,
    moves.map(({ after }) => after.note),
  );
}
