import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const moveSql = statement(
  "orders.moveToProvider",
  `update orders
      set provider_id = $3::bigint, provider_service = $4::text, cost = $5::numeric,
          note = $6::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Gives a locked order, which nobody has accepted yet, to another provider. */
export async function moveToProvider(
  tx: Tx,
  order: { readonly accountId: AccountId; readonly id: OrderId },
  place: {
    readonly providerId: ProviderId;
    readonly providerService: string | undefined;
    /** In the panel's currency. */
    readonly cost: Amount | undefined;
    readonly note: string | undefined;
  },
): Promise<void> {
  const { providerId, providerService, cost, note } = place;
  const costText = cost === undefined ? null : decimalFromAmount(cost);
  await moveSql.run(tx, order.accountId, order.id, providerId, providerService, costText, note);
}
